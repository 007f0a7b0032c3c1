// `ssmd data-api`: the HTTP API over archives, and the page. This file puts the parts together: archives, keys, the server, health
// and metrics.

import { stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { SsmdError, usageError } from '#crds/errors.ts'
import { BuildPool } from '#events/tables/build-pool.ts'
import { TableCache } from '#events/tables/cache.ts'
import { cacheDirOf } from '#events/tables/cache-dir.ts'
import { parseAddress } from '#role/health.ts'
import { announceReady, type Logger, runRole, stopped } from '#role/run.ts'
import { startApi } from './api/server.ts'
import { allowAll, withKeys } from './http/access.ts'
import { isLoopbackName } from './http/host.ts'
import { EVERYTHING } from './keys/api-key.ts'
import type { KeyRing } from './keys/authenticate.ts'
import { isKeyId } from './keys/format.ts'
import { KeyStore } from './keys/store.ts'
import { readLiveEnvironments } from './live/environments.ts'
import { Links } from './live/links.ts'
import { ManifestCache } from './model/manifests.ts'
import { Holdings } from './read/holdings.ts'
import { readRoots } from './read/roots.ts'

export type DataApiOptions = {
  /** As given: `<folder>` or `<name>=<folder>`. */
  readonly paths: readonly string[]
  /** Serves the archive of recordings that comes with ssmd. */
  readonly demo?: boolean
  readonly listen: string
  /** Of ssmd. */
  readonly version: string
  readonly cacheDir?: string
  readonly healthAddr?: string
  /** Files or folders of what is live: an Environment each, with the Feeds that it names. */
  readonly environmentFiles?: readonly string[]
  /** Where Secrets are mounted; default /etc/ssmd/keys. */
  readonly keysDir?: string
  /** Of this program on NATS, instead of `transport.credentialsRef`. */
  readonly natsCredentials?: string
  /** A single key for everything, as `SSMD_API_KEY` gives it. */
  readonly apiKey?: string
  /** Folder of API keys, as `ssmd api-key` keeps it, or a mounted Secret. */
  readonly apiKeys?: string
}

/** Of tables of segments that grow: the program keeps within some hundred megabytes. */
const OPEN_TABLES_BYTES = 64 * 1024 * 1024
const DEMO = join(import.meta.dirname, 'demo')

/** Runs until SIGTERM. */
export async function runDataApi(options: DataApiOptions): Promise<void> {
  await runRole({ name: 'data-api', healthAddr: options.healthAddr }, async (role) => {
    const { log, metrics, signal, clock } = role
    const { host, port } = parseAddress(options.listen)
    const store = options.apiKeys ? new KeyStore(options.apiKeys) : undefined
    const ring = keyRing(store, options.apiKey)
    const isLoopbackOnly = ring === undefined
    if (isLoopbackOnly && !isLoopbackName(host)) throw openToAll(options.listen)
    const paths = options.demo ? [...options.paths, withName(DEMO, options.paths)] : options.paths
    if (paths.length === 0) throw nothingToServe()
    const roots = readRoots(paths)
    for (const { path } of roots) await refuseMissing(path)
    // Two archives with a feed of one name are refused now, not with the first request.
    await new Holdings({ roots, grant: EVERYTHING }).feeds()
    const cacheDir = cacheDirOf(options.cacheDir, process.env)
    const cache = await TableCache.open({
      dir: cacheDir,
      archives: roots.map(({ path }) => path),
      maxMemory: OPEN_TABLES_BYTES,
      onTrouble: ({ code, message, hint }) => log.warn({ code, hint }, message),
    })
    await using pool = new BuildPool()
    const { environmentFiles: files = [], keysDir, natsCredentials } = options
    const environments = await readLiveEnvironments({ files, keysDir, natsCredentials })
    await using ends = new AsyncDisposableStack()
    const live = files.length === 0 ? undefined : new Links({ environments, log })
    ends.defer(() => live?.close())
    let isSaid = false
    const noteUse = (id: string): void => {
      if (!isKeyId(id)) return
      void store?.noteUse(id, clock.nowMs()).catch((error: unknown) => {
        // A mounted Secret takes no writes: said once, as no trouble.
        if (!isSaid) log.info({ reason: String(error) }, 'the last use of API keys is not noted')
        isSaid = true
      })
    }
    const api = await startApi({
      live,
      roots,
      cacheDir,
      cache,
      pool,
      nowMs: clock.nowMs,
      manifests: new ManifestCache(),
      log,
      version: options.version,
      signal,
      metrics,
      host,
      port,
      authorize: ring ? withKeys(ring, { nowMs: clock.nowMs, onUse: noteUse }) : allowAll,
      isLoopbackOnly,
    })
    if (store) await sayKeys(store, options.apiKeys!, log)
    announceReady(role, {
      address: `http://${api.address}/`,
      paths: roots.map(({ path }) => resolve(path)),
      keys: !isLoopbackOnly,
    })
    await stopped(role)
    await api.close()
  })
}

/** The feeds of the demo go by their own names, unless other archives are served beside it. */
const withName = (demo: string, others: readonly string[]): string =>
  others.length === 0 ? demo : `demo=${demo}`

/** Undefined if there are no keys: a store without one is still a store, and lets no caller in. */
const keyRing = (store: KeyStore | undefined, single: string | undefined): KeyRing | undefined =>
  store || single ? { ...(store ? { store } : {}), ...(single ? { single } : {}) } : undefined

/** What is wrong with the keys, at the start: each request is refused in the same words. */
async function sayKeys(store: KeyStore, folder: string, log: Logger): Promise<void> {
  const { keys, damaged } = await store.list()
  for (const { code, message, hint } of damaged) log.error({ code, hint }, message)
  if (keys.length === 0)
    log.warn({ hint: `ssmd api-key create <name> --store ${folder}` }, `${folder} holds no API key`)
}

const nothingToServe = (): SsmdError =>
  usageError(
    'no archive is named',
    'give its root with --path, set SSMD_DATA_PATH, or look at recordings with --demo'
  )

const openToAll = (listen: string): SsmdError =>
  usageError(
    `--listen ${listen} can be reached from other computers, and there is no API key`,
    'create one with ssmd api-key create and give their folder with --api-keys, or listen on 127.0.0.1'
  )

/** Only at the start: a folder that is missing later may come back, and the other archives are answered meanwhile. */
async function refuseMissing(path: string): Promise<void> {
  const stats = await stat(path).catch(() => undefined)
  if (stats?.isDirectory()) return
  throw new SsmdError(
    'SSMD_E_NOT_FOUND',
    stats === undefined
      ? `there is no archive at ${path}`
      : `${path} is no folder, so it is no archive`,
    { hint: 'give the root of an archive with --path, or try ssmd data-api --demo' }
  )
}
