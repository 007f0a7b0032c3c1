// One connection to NATS for each Environment: retried without limit, and replaced for a new address or new credentials. It
// receives the reports of workloads, and creates their streams and consumers. No secret is logged.

import type { NatsConnection } from 'nats'
import type { Logger } from 'pino'
import { connectBus } from '#bus/connect.ts'
import { deleteDurable, ensureDurable } from '#bus/durable.ts'
import { reportSubjects } from '#bus/names.ts'
import { type Durable, idleDurables } from '#bus/orphans.ts'
import { SETTLE_MS } from '#bus/remake.ts'
import { watchUpDown } from '#bus/status-watch.ts'
import { ensureStream, streamFacts, streamNames } from '#bus/stream.ts'
import type { Metadata, StreamWant } from '#bus/stream-config.ts'
import { toSsmdError } from '#crds/errors.ts'
import { pause } from '#role/backoff.ts'
import type { StreamVerdict } from './context.ts'

export type LinksOptions = {
  readonly log: Logger
  readonly nowMs: () => number
  /** Creates and removes nothing. */
  readonly readOnly?: boolean
  /** A report, not validated. */
  readonly onReport: (environment: string, data: unknown) => void
  /** A connection was opened or lost. */
  readonly onChange: (environment: string) => void
}

type Target = { readonly url: string; readonly credentials: string | undefined }

type Link = {
  readonly target: Target
  readonly stop: AbortController
  nc: NatsConnection | undefined
  connected: boolean
  why: string
  /** Streams and consumers that were found good, and when: they are not checked again for a while. */
  readonly checked: Map<string, number>
  /** Names of existing streams, listed if there are too many to check one by one. */
  names: { readonly at: number; readonly known: Promise<ReadonlySet<string>> } | undefined
}

/** A deleted stream is recreated within this time plus that of a pass. */
const CHECKED_MS = 20_000
const RETRY_MS = 1000
/** From this many streams on, their existence is checked with one list, and each configuration only every EACH_MS. */
const MANY = 64
const EACH_MS = 300_000

export class NatsLinks {
  readonly #options: LinksOptions
  readonly #links = new Map<string, Link>()

  constructor(options: LinksOptions) {
    this.#options = options
  }

  want(environment: string, target: Target): void {
    const known = this.#links.get(environment)
    if (known?.target.url === target.url && known.target.credentials === target.credentials) return
    if (known) this.drop(environment)
    const link: Link = {
      target,
      stop: new AbortController(),
      nc: undefined,
      connected: false,
      why: 'connecting',
      checked: new Map(),
      names: undefined,
    }
    this.#links.set(environment, link)
    void this.#keep(environment, link)
  }

  drop(environment: string): void {
    const link = this.#links.get(environment)
    if (!link) return
    this.#links.delete(environment)
    link.stop.abort()
    void link.nc?.close().catch(() => {})
  }

  status(environment: string): { readonly connected: boolean; readonly why: string } {
    const link = this.#links.get(environment)
    return { connected: link?.connected ?? false, why: link?.why ?? 'not connected yet' }
  }

  async ensureStream(environment: string, want: StreamWant): Promise<StreamVerdict> {
    const link = this.#links.get(environment)
    if (link?.connected && (await this.#isThere(environment, link, want))) return GOOD
    return this.#once(environment, idOf(want), async (nc, was) => {
      // JetStream deletes the files of a stream after its name; usually a workload recreates the stream first.
      if (was === 'there' && !(await streamFacts(nc, want.name)))
        await pause(2 * SETTLE_MS, link?.stop.signal ?? AbortSignal.abort())
      await ensureStream(nc, want)
    })
  }

  ensureConsumer(
    environment: string,
    stream: string,
    durable: string,
    metadata: Metadata
  ): Promise<StreamVerdict> {
    return this.#once(environment, `${stream} ${durable}`, (nc) =>
      ensureDurable(nc, { stream, durable, metadata })
    )
  }

  /** Durables of an Environment without a reader; undefined if NATS does not answer. */
  async idleDurables(environment: string, uid: string): Promise<readonly Durable[] | undefined> {
    const nc = this.#open(environment)
    if (!nc) return undefined
    const name = environment.slice(environment.indexOf('/') + 1)
    return idleDurables(nc, name, uid).catch(() => undefined)
  }

  /** True if it was removed. */
  async removeDurable(environment: string, durable: Durable): Promise<boolean> {
    const nc = this.#open(environment)
    if (!nc || this.#options.readOnly) return false
    return deleteDurable(nc, durable).then(
      () => true,
      () => false
    )
  }

  async close(): Promise<void> {
    const open = [...this.#links.values()]
    for (const environment of [...this.#links.keys()]) this.drop(environment)
    await Promise.allSettled(open.map(async (link) => link.nc?.closed()))
  }

  #open(environment: string): NatsConnection | undefined {
    const link = this.#links.get(environment)
    return link?.connected ? link.nc : undefined
  }

  /** With many streams: whether it was good recently and still exists. */
  async #isThere(environment: string, link: Link, want: StreamWant): Promise<boolean> {
    const { nc, checked } = link
    const at = checked.get(idOf(want))
    if (!nc || at === undefined || checked.size < MANY) return false
    const now = this.#options.nowMs()
    if (now - at >= EACH_MS * spread(want.name)) return false
    if (!link.names || now - link.names.at >= CHECKED_MS) {
      const name = environment.slice(environment.indexOf('/') + 1)
      link.names = { at: now, known: streamNames(nc, `${name}.>`) }
    }
    try {
      const known = await link.names.known
      // Expire the entry instead of deleting it: it must be checked now, and it is known to have existed.
      if (!known.has(want.name)) checked.set(idOf(want), Number.NEGATIVE_INFINITY)
      return known.has(want.name)
    } catch {
      // Check each stream alone: its error says what is wrong.
      return false
    }
  }

  async #once(
    environment: string,
    id: string,
    make: (nc: NatsConnection, was: 'there' | 'unknown') => Promise<unknown>
  ): Promise<StreamVerdict> {
    const link = this.#links.get(environment)
    if (!link?.nc || !link.connected) return { kind: 'away', why: this.status(environment).why }
    if (this.#options.readOnly) return { kind: 'good' }
    const now = this.#options.nowMs()
    const at = link.checked.get(id)
    if (at !== undefined && now - at < CHECKED_MS) return GOOD
    try {
      await make(link.nc, at === undefined ? 'unknown' : 'there')
      if (link.checked.size > 20_000) link.checked.clear()
      link.checked.set(id, now)
      return GOOD
    } catch (thrown) {
      link.checked.delete(id)
      const { code, message, hint } = toSsmdError(thrown)
      const why = hint === undefined ? message : `${message}; ${hint}`
      return { kind: code === 'SSMD_E_STREAM' ? 'refused' : 'away', why }
    }
  }

  async #keep(environment: string, link: Link): Promise<void> {
    const { signal } = link.stop
    while (!signal.aborted) {
      try {
        const nc = await this.#dial(environment, link)
        link.nc = nc
        watchUpDown(nc, {
          up: () => this.#connected(environment, link),
          down: () => this.#away(environment, link, 'the connection was lost'),
        })
        this.#listen(environment, nc)
        this.#connected(environment, link)
        await nc.closed()
      } catch (thrown) {
        if (!signal.aborted) this.#away(environment, link, toSsmdError(thrown).message)
      }
      link.connected = false
      await pause(RETRY_MS, signal)
    }
  }

  #dial(environment: string, link: Link): Promise<NatsConnection> {
    const { url, credentials } = link.target
    return connectBus({
      url,
      credentials,
      name: 'ssmd operator',
      log: this.#options.log.child({ environment }),
      signal: link.stop.signal,
      onFailure: (reason) => this.#away(environment, link, reason),
    })
  }

  #away(environment: string, link: Link, why: string): void {
    if (link.stop.signal.aborted || (!link.connected && link.why === why)) return
    link.connected = false
    link.why = why
    this.#options.onChange(environment)
  }

  #connected(environment: string, link: Link): void {
    if (link.stop.signal.aborted) return
    link.connected = true
    link.why = ''
    // After a reconnect it may be another server, or one that lost its streams.
    link.checked.clear()
    link.names = undefined
    this.#options.onChange(environment)
  }

  #listen(environment: string, nc: NatsConnection): void {
    const name = environment.slice(environment.indexOf('/') + 1)
    nc.subscribe(reportSubjects(name), {
      callback: (error, message) => {
        if (error) return
        let data: unknown
        try {
          data = JSON.parse(Buffer.from(message.data).toString('utf8'))
        } catch {
          // Not a report: another client publishes on our subject.
          return
        }
        this.#options.onReport(environment, data)
      },
    })
  }
}

/** Short: there may be ten thousand. The subjects follow from the name. */
const idOf = (want: StreamWant): string =>
  [want.name, want.maxAgeMs, want.maxBytes, want.replicas, want.duplicateWindowMs].join(' ')

/** A factor from 0.5 to 1.5, fixed for a name, so that thousands of streams are not checked at one moment. */
const spread = (name: string): number => {
  let sum = 0
  for (let i = 0; i < name.length; i++) sum = (sum * 31 + name.charCodeAt(i)) % 1024
  return 0.5 + sum / 1024
}

const GOOD = { kind: 'good' } as const
