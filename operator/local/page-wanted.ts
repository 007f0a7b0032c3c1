// What the data API of `ssmd up` serves: every root that its archives write, and the Environments that run. Pure.

import { basename, join } from 'node:path'
import { feedsOf, isSimulated } from '#crds/environments.ts'
import { EXCHANGES } from '#crds/exchanges.gen.ts'
import type { Feed } from '#crds/feed.gen.ts'
import type { Declared } from '../desired.ts'
import { archiverName } from '../render/names.ts'
import { type Layout, storageFolder } from './layout.ts'
import { isOurs } from './ours.ts'
import { PAGE, seedFile } from './users.ts'

export type PageWanted = {
  readonly roots: readonly { readonly name: string; readonly folder: string }[]
  /** Each as the documents of a file. */
  readonly environments: readonly { readonly name: string; readonly documents: readonly object[] }[]
  /** Folders to link into that of its keys. */
  readonly keys: readonly { readonly path: string; readonly target: string }[]
  /** Changes only if the program must be started again: an edit of what it does not use leaves it alone. */
  readonly key: string
}

const NAME = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/

/** Undefined without an archive: there is nothing to serve. */
export function wantedPage(
  declared: Declared,
  layout: Layout,
  current: string
): PageWanted | undefined {
  const running = declared.environments.filter(({ spec }) => !spec.suspend)
  const roots = rootsOf(declared, layout, current)
  if (roots.length === 0) return undefined
  const keys: { path: string; target: string }[] = []
  const environments = running.map((environment) => {
    const { apiVersion, kind, metadata, spec } = environment
    const feeds = feedsOf(environment, declared.feeds)
    const names = feeds.map((feed) => feed.metadata.name)
    const simulated = feeds.filter((feed) => isSimulated(environment, feed))
    const { url, credentialsRef } = spec.transport
    const ref = isOurs(url) ? PAGE : credentialsRef?.name
    if (isOurs(url)) keys.push({ path: join(PAGE, 'nats.creds'), target: seedFile(layout, PAGE) })
    else if (ref !== undefined) keys.push({ path: ref, target: join(layout.secrets, ref) })
    const resolved = {
      apiVersion,
      kind,
      metadata: { name: metadata.name },
      spec: {
        feeds: names,
        transport: { url, ...(ref === undefined ? {} : { credentialsRef: { name: ref } }) },
        ...(simulated.length === 0
          ? {}
          : { simulator: { feeds: simulated.map((feed) => feed.metadata.name) } }),
      },
    }
    return { name: metadata.name, documents: [resolved, ...feeds.map(plainFeed)], resolved, feeds }
  })
  const key = JSON.stringify([
    roots,
    environments.map(({ resolved, feeds }) => [resolved, feeds.map(usedOf)]),
  ])
  return {
    roots,
    environments: environments.map(({ name, documents }) => ({ name, documents })),
    keys: [...new Map(keys.map((one) => [one.path, one])).values()],
    key,
  }
}

/** Folders of the archives of Environments that run, each once; the feeds of all but the first go by a name in front. */
function rootsOf(declared: Declared, layout: Layout, current: string): PageWanted['roots'] {
  const running = new Set(
    declared.environments.filter(({ spec }) => !spec.suspend).map(({ metadata }) => metadata.name)
  )
  const folders = declared.archives
    .filter(({ spec }) => running.has(spec.environmentRef.name))
    .map(({ metadata, spec: { storage } }) =>
      storage.path === undefined
        ? join(layout.claims, storage.claim?.name ?? archiverName(metadata.name))
        : storageFolder(layout, storage.path, current)
    )
  const names = new Set<string>()
  return [...new Set(folders)].sort().map((folder, i) => {
    if (i === 0) return { name: '', folder }
    const last = basename(folder)
    const name = NAME.test(last) && !names.has(last) ? last : `archive-${i + 1}`
    names.add(name)
    return { name, folder }
  })
}

/** Whether frames of an exchange can be read without its Feed. */
const isKnown = (exchange: string): boolean => (EXCHANGES[exchange]?.channels ?? null) !== null

const usedOf = ({ metadata, spec }: Feed): unknown =>
  isKnown(spec.exchange) ? [metadata.name, spec.exchange] : [metadata.name, spec]

const plainFeed = ({ apiVersion, kind, metadata, spec }: Feed): object => ({
  apiVersion,
  kind,
  metadata: { name: metadata.name },
  spec,
})
