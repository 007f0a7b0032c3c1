// What the checks look at, found once: the resources, the data folder, a connection to each NATS, and the cluster, if there is one.

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { NatsConnection } from 'nats'
import type { Environment } from '#crds/environment.gen.ts'
import { SsmdError, toSsmdError } from '#crds/errors.ts'
import { noResources, type Resources } from '#crds/located.ts'
import { loadResources } from '#crds/resources.ts'
import { layoutOf, storageFolder } from '../../operator/local/layout.ts'
import { loopbackAddress } from '../../operator/local/nats-config.ts'
import { isOurs } from '../../operator/local/ours.ts'
import { isFree } from '../../operator/local/ports.ts'
import { seedFile } from '../../operator/local/users.ts'
import { type Cluster, type ClusterFlags, openCluster } from '../cluster.ts'
import { isUpOn } from '../looking/source.ts'
import { findExchanges } from '../repository/folder.ts'
import { dial } from './nats.ts'

export type DoctorFlags = ClusterFlags & {
  readonly path?: string
  readonly data: string
  readonly natsCreds?: string
}

export type Bus = {
  readonly url: string
  readonly isOurs: boolean
  readonly environments: readonly Environment[]
  readonly dialled: { readonly nc: NatsConnection } | { readonly failure: string }
}

export class World {
  readonly flags: DoctorFlags
  readonly layout
  readonly isUp: boolean
  readonly folder: string | undefined
  readonly resources: Resources
  /** Why there are no resources. */
  readonly why: string
  readonly #buses = new Map<string, Promise<Bus>>()
  readonly #stop = new AbortController()
  #cluster: Promise<Cluster | string> | undefined

  private constructor(
    flags: DoctorFlags,
    found: { isUp: boolean; folder: string | undefined; resources: Resources; why: string }
  ) {
    this.flags = flags
    this.layout = layoutOf(flags.data)
    this.isUp = found.isUp
    this.folder = found.folder
    this.resources = found.resources
    this.why = found.why
  }

  static async look(flags: DoctorFlags): Promise<World> {
    const isUp = await isUpOn(layoutOf(flags.data))
    try {
      const folder = await findExchanges(flags.path, process.cwd())
      return new World(flags, { isUp, folder, resources: await loadResources(folder), why: '' })
    } catch (thrown) {
      const error = toSsmdError(thrown)
      // A folder that was named has to exist.
      if (flags.path !== undefined || error.code !== 'SSMD_E_NOT_FOUND') throw thrown
      const nothing = { isUp, folder: undefined, resources: noResources() }
      return new World(flags, { ...nothing, why: error.message })
    }
  }

  /** Environments that are to capture. */
  get environments(): readonly Environment[] {
    return this.resources.environments
      .map(({ resource }) => resource)
      .filter(({ spec }) => !spec.suspend)
  }

  get urls(): readonly string[] {
    return [...new Set(this.environments.map(({ spec }) => spec.transport.url))]
  }

  /** Folders of archives on this computer; the data folder if none is declared. */
  get archives(): readonly string[] {
    const folders = this.resources.archives.flatMap(({ resource: { spec } }) =>
      spec.storage.path === undefined
        ? []
        : [storageFolder(this.layout, spec.storage.path, process.cwd())]
    )
    return folders.length === 0 ? [this.layout.data] : [...new Set(folders)]
  }

  /** A connection to a NATS, shared by the checks. */
  bus(url: string): Promise<Bus> {
    const known = this.#buses.get(url)
    if (known !== undefined) return known
    const environments = this.environments.filter(({ spec }) => spec.transport.url === url)
    const bus = this.#dial(url, environments)
    this.#buses.set(url, bus)
    return bus
  }

  async #dial(url: string, environments: readonly Environment[]): Promise<Bus> {
    const ours = isOurs(url)
    const seed = seedFile(this.layout, 'admin')
    const isThere = ours && (await readText(seed)) !== undefined
    const credentialsFile = this.flags.natsCreds ?? (isThere ? seed : undefined)
    // Nothing listens there, as it has to be while no ssmd up runs.
    const at = this.isUp ? undefined : loopbackAddress(url)
    if (at !== undefined && (await isFree(at.port, at.host))) {
      const dialled = { failure: 'nothing listens there' }
      return { url: shownUrl(url), isOurs: ours, environments, dialled }
    }
    const dialled = await dial({ url, credentialsFile, credentials: undefined }, this.#stop.signal)
    return { url: shownUrl(url), isOurs: ours, environments, dialled }
  }

  /** The cluster, or why there is none: without a kubeconfig that names one, and the caller named none. */
  cluster(): Promise<Cluster | string> {
    this.#cluster ??= openCluster(this.flags).catch((thrown: unknown) => {
      const { flags } = this
      const isAsked = flags.kubeconfig !== undefined || flags.context !== undefined
      if (isAsked || !(thrown instanceof SsmdError)) throw thrown
      return thrown.message
    })
    return this.#cluster
  }

  async close(): Promise<void> {
    this.#stop.abort()
    for (const bus of this.#buses.values()) {
      const { dialled } = await bus
      if ('nc' in dialled) await dialled.nc.close()
    }
    const cluster = await this.#cluster?.catch(() => undefined)
    if (typeof cluster === 'object') cluster.close()
  }
}

/** Without a password. */
function shownUrl(text: string): string {
  const url = URL.parse(text)
  return url === null || url.username === '' ? text : `${url.protocol}//${url.host}`
}

export const readText = (path: string): Promise<string | undefined> =>
  readFile(path, 'utf8').catch((thrown: NodeJS.ErrnoException) => {
    if (thrown.code === 'ENOENT') return undefined
    throw thrown
  })

export const localSecret = ({ layout }: World, name: string, field: string) =>
  readText(join(layout.secrets, name, field))
