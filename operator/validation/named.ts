// Resources by their names, found once for all that asks of the same set: among ten thousand, looking through the list each time would be
// millions of comparisons. Pure.

import { posix } from 'node:path'
import type { Archive } from '#crds/archive.gen.ts'
import type { Environment } from '#crds/environment.gen.ts'
import { feedsOf } from '#crds/environments.ts'
import type { Feed } from '#crds/feed.gen.ts'
import type { Resources } from '#crds/located.ts'
import { remember } from '../kube/remember.ts'

type Indexed<T> = { readonly resource: T; readonly index: number }

const feedsByName = remember(
  ({ feeds }: Resources): ReadonlyMap<string, Indexed<Feed>> =>
    new Map(feeds.map(({ resource }, index) => [resource.metadata.name, { resource, index }]))
)

const environmentsByName = remember(
  ({ environments }: Resources): ReadonlyMap<string, Environment> =>
    new Map(environments.map(({ resource }) => [resource.metadata.name, resource]))
)

export const feedNamed = (resources: Resources, name: string): Feed | undefined =>
  feedsByName(resources).get(name)?.resource

export const environmentNamed = (resources: Resources, name: string): Environment | undefined =>
  environmentsByName(resources).get(name)

/** The feeds that the environment captures, in the order of the resources. */
export function capturedFeeds(environment: Environment, resources: Resources): Feed[] {
  const byName = feedsByName(resources)
  const { feeds } = environment.spec
  const named = feeds.includes('*')
    ? [...byName.values()]
    : feeds.flatMap((name) => byName.get(name) ?? []).sort((a, b) => a.index - b.index)
  return feedsOf(
    environment,
    named.map(({ resource }) => resource)
  )
}

/** Of each folder or claim and feed, the first archive that keeps the feed there. */
export const firstKeepers = remember(({ archives }: Resources): ReadonlyMap<string, Archive> => {
  const keepers = new Map<string, Archive>()
  for (const { resource } of archives) {
    const root = rootOf(resource)
    for (const feed of root === undefined ? [] : resource.spec.feeds) {
      const key = keeperKey(root, feed)
      if (!keepers.has(key)) keepers.set(key, resource)
    }
  }
  return keepers
})

export const keeperKey = (root: string | undefined, feed: string): string => `${feed} in ${root}`

/** The folder or claim of the archive if another archive can name it too; a claim that we create belongs to one archive. */
export function rootOf(archive: Archive): string | undefined {
  const { path, claim } = archive.spec.storage
  if (path !== undefined) return `path ${posix.normalize(`${path}/`).replace(/(?<=.)\/$/, '')}`
  return claim?.name === undefined ? undefined : `claim ${claim.name}`
}
