// One connection to NATS for each Environment: dialled for ever, dialled anew for another address or other credentials. It
// hears what the workloads say of themselves, and makes their streams and consumers. No secret is logged.

import { connect, credsAuthenticator, Events, type NatsConnection } from 'nats'
import type { Logger } from 'pino'
import { toSsmdError } from '#crds/errors.ts'
import { reportSubjects } from '#crds/names.ts'
import type { Metadata, StreamWant } from '#crds/streams.ts'
import { ensureConsumer, ensureStream, streamNames } from './api.ts'
import { type Durable, idleDurables, removeDurable } from './durables.ts'

export type LinkVerdict =
  | { readonly state: 'good' }
  | { readonly state: 'away'; readonly why: string }
  | { readonly state: 'refused'; readonly why: string }

export type LinksOptions = {
  readonly log: Logger
  readonly nowMs: () => number
  /** Makes and removes nothing. */
  readonly readOnly?: boolean
  /** A report, or whatever came in its place. */
  readonly onReport: (environment: string, data: unknown) => void
  /** A connection came or went. */
  readonly onState: (environment: string) => void
}

type Target = { readonly url: string; readonly credentials: string | undefined }

type Link = {
  readonly target: Target
  readonly stop: AbortController
  nc: NatsConnection | undefined
  connected: boolean
  why: string
  /** What was found good, and when: not asked again for a while. */
  readonly checked: Map<string, number>
  /** Streams that are there, where there are too many to be looked at one by one. */
  names: { readonly at: number; readonly known: Promise<ReadonlySet<string>> } | undefined
}

/** A stream that somebody deletes is made again within this time and that of a pass. */
const CHECKED_MS = 20_000
const RETRY_MS = 1000
/** From so many streams on, whether they are there is asked of all at once, and each by itself this often. */
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

  state(environment: string): { readonly connected: boolean; readonly why: string } {
    const link = this.#links.get(environment)
    return { connected: link?.connected ?? false, why: link?.why ?? 'not connected yet' }
  }

  async ensureStream(environment: string, want: StreamWant): Promise<LinkVerdict> {
    const link = this.#links.get(environment)
    if (link?.connected && (await this.#isThere(environment, link, want))) return GOOD
    return this.#once(environment, idOf(want), (nc, was) => ensureStream(nc, want, was))
  }

  ensureConsumer(
    environment: string,
    stream: string,
    durable: string,
    metadata: Metadata
  ): Promise<LinkVerdict> {
    return this.#once(environment, `${stream} ${durable}`, (nc) =>
      ensureConsumer(nc, stream, durable, metadata)
    )
  }

  /** Durables of an Environment that nobody reads; undefined where NATS does not say. */
  async idleDurables(environment: string, uid: string): Promise<readonly Durable[] | undefined> {
    const nc = this.#open(environment)
    if (!nc) return undefined
    const name = environment.slice(environment.indexOf('/') + 1)
    return idleDurables(nc, name, uid).catch(() => undefined)
  }

  /** True where it is gone. */
  async removeDurable(environment: string, durable: Durable): Promise<boolean> {
    const nc = this.#open(environment)
    if (!nc || this.#options.readOnly) return false
    return removeDurable(nc, durable).then(
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

  /** Among many: it was good not long ago, and is still there. */
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
      // It is asked for now, and known to have been there.
      if (!known.has(want.name)) checked.set(idOf(want), Number.NEGATIVE_INFINITY)
      return known.has(want.name)
    } catch {
      // Each is asked for by itself, and says what is wrong.
      return false
    }
  }

  async #once(
    environment: string,
    id: string,
    make: (nc: NatsConnection, was: 'there' | 'unknown') => Promise<void>
  ): Promise<LinkVerdict> {
    const link = this.#links.get(environment)
    if (!link?.nc || !link.connected) return { state: 'away', why: this.state(environment).why }
    if (this.#options.readOnly) return { state: 'good' }
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
      const { code, message } = toSsmdError(thrown)
      return code === 'SSMD_E_STREAM'
        ? { state: 'refused', why: message }
        : { state: 'away', why: 'JetStream does not answer' }
    }
  }

  async #keep(environment: string, link: Link): Promise<void> {
    const { log, onState } = this.#options
    const { signal } = link.stop
    while (!signal.aborted) {
      try {
        const nc = await this.#dial(link)
        if (signal.aborted) {
          await nc.close()
          return
        }
        link.nc = nc
        this.#connected(environment, link)
        void this.#watch(environment, link, nc)
        this.#listen(environment, nc)
        await nc.closed()
      } catch (thrown) {
        const why = thrown instanceof Error ? thrown.message : String(thrown)
        if (why !== link.why) {
          link.why = why
          log.warn({ environment, why }, 'NATS cannot be reached; retrying')
          onState(environment)
        }
      }
      link.connected = false
      await pause(RETRY_MS, signal)
    }
  }

  #dial({ target }: Link): Promise<NatsConnection> {
    const { url, credentials } = target
    const urls = url.split(',')
    const parsed = URL.parse(urls[0] ?? '')
    return connect({
      servers: urls.map((text) => URL.parse(text)?.host || text),
      name: 'ssmd operator',
      timeout: 5_000,
      maxReconnectAttempts: -1,
      reconnectTimeWait: 500,
      reconnectJitter: 500,
      ignoreAuthErrorAbort: true,
      pingInterval: 10_000,
      maxPingOut: 2,
      noAsyncTraces: true,
      ...(parsed?.protocol === 'tls:' ? { tls: {} } : {}),
      ...userOf(parsed),
      ...(credentials === undefined
        ? {}
        : { authenticator: credsAuthenticator(Buffer.from(credentials)) }),
    })
  }

  #connected(environment: string, link: Link): void {
    link.connected = true
    link.why = ''
    // It may be another server, or one that lost its streams.
    link.checked.clear()
    link.names = undefined
    this.#options.log.info({ environment }, 'connected to NATS')
    this.#options.onState(environment)
  }

  async #watch(environment: string, link: Link, nc: NatsConnection): Promise<void> {
    for await (const { type } of nc.status()) {
      if (link.nc !== nc || link.stop.signal.aborted) return
      if (type === Events.Reconnect) this.#connected(environment, link)
      if (type !== Events.Disconnect || !link.connected) continue
      link.connected = false
      link.why = 'the connection was lost'
      this.#options.log.warn({ environment }, 'connection to NATS lost')
      this.#options.onState(environment)
    }
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
          // Somebody else speaks on our subject.
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

/** Between a half and one and a half, and the same for each name: thousands were checked at one moment. */
const spread = (name: string): number => {
  let sum = 0
  for (let i = 0; i < name.length; i++) sum = (sum * 31 + name.charCodeAt(i)) % 1024
  return 0.5 + sum / 1024
}

const GOOD = { state: 'good' } as const

function userOf(url: URL | null): { user?: string; pass?: string; token?: string } {
  if (!url?.username) return {}
  const user = decodeURIComponent(url.username)
  return url.password ? { user, pass: decodeURIComponent(url.password) } : { token: user }
}

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const timer = setTimeout(done, ms)
    timer.unref()
    signal.addEventListener('abort', done, { once: true })
    function done(): void {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
  })
