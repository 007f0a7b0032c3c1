// Requests to the API server over kept connections: bounded in time, throttled, retried where a repetition is
// harmless, and refused before a byte is sent where this process may not write. It knows HTTP and `Status`
// objects, and nothing of kinds. Node's own https is used: 500 calls make one TLS handshake, where
// client-node makes 500 (client-node#2893).

import http from 'node:http'
import https from 'node:https'
import { backoffMs } from './backoff.ts'
import type { Connection, Credentials } from './config.ts'
import { ApiError, isTransient, isUnauthorized, type Status } from './errors.ts'
import { ConnectionPools, type PoolName } from './pools.ts'
import { PRIORITY } from './queue.ts'
import { Throttle } from './throttle.ts'
import { sleep, type Timers } from './timers.ts'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

export type Call = {
  readonly method: Method
  readonly path: string
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>
  readonly body?: unknown
  readonly contentType?: string
  /** Default `calls`. */
  readonly pool?: PoolName
  /** For one attempt; default 10 s. */
  readonly timeoutMs?: number
  /** Attempts in all; default 5, and 1 for what must not be repeated. */
  readonly attempts?: number
  readonly signal?: AbortSignal | undefined
  /** Who goes first where calls have to wait, as in the queue; default 0. `unlimited`: it waits for none. */
  readonly priority?: number | 'unlimited' | undefined
  /** How the answer is read; default as JSON. The bytes are the reader's own. */
  readonly read?: (bytes: Buffer) => unknown
}

export type Answer = { readonly status: number; readonly body: unknown }

/** A response without an end: chunks as they arrive, until it ends or `close`. */
export type Stream = { readonly chunks: AsyncIterable<Buffer>; close(): void }

/** Told of every attempt: status 0 where no answer came. */
export type Observe = (seen: {
  readonly method: Method
  readonly host: string
  readonly status: number
  readonly seconds: number
  readonly retry: boolean
}) => void

export type TransportOptions = {
  readonly connection: Connection
  readonly userAgent: string
  readonly timers: Timers
  readonly random: () => number
  readonly observe?: Observe
  /** Default 100 calls a second after a burst of 200, and twice that for edits; lists, watches and the Lease are exempt. */
  readonly perSecond?: number
  readonly burst?: number
}

const ATTEMPT_MS = 10_000
const ATTEMPTS = 5
const BACKOFF = { baseMs: 100, maxMs: 5000 }
// A longer Retry-After is left to the caller: a worker must not sleep on a key for a minute.
const LONGEST_WAIT_MS = 5000
const CREDENTIALS_MS = 30_000
const MAX_ANSWER_BYTES = 256 * 1024 * 1024

export class Transport {
  readonly #options: TransportOptions
  readonly #server: URL
  readonly #pools: ConnectionPools
  readonly #throttle: Throttle
  readonly #guards: ((call: Call) => void)[] = []
  #writes = new AbortController()
  #credentials: { readonly at: number; readonly value: Credentials } | undefined
  #loading: Promise<Credentials> | undefined

  constructor(options: TransportOptions) {
    this.#options = options
    this.#server = new URL(options.connection.server)
    this.#pools = new ConnectionPools(this.#server.protocol === 'https:')
    this.#throttle = new Throttle({
      timers: options.timers,
      perSecond: options.perSecond ?? 100,
      burst: options.burst ?? 200,
    })
  }

  get openSockets(): number {
    return this.#pools.openSockets
  }

  /** `guard` runs before every attempt that could change something, in the tick that sends it; it throws to refuse. */
  guardWrites(guard: (call: Call) => void): void {
    this.#guards.push(guard)
  }

  /** Aborts every write in flight and refuses later ones, once this process must not write any more. */
  abortWrites(reason: unknown): void {
    this.#writes.abort(reason)
  }

  close(): void {
    this.#pools.close()
  }

  async request(call: Call): Promise<Answer> {
    const attempts = call.attempts ?? (isRepeatable(call) ? ATTEMPTS : 1)
    let fresh = false
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#attempt(call, attempt > 1, fresh)
      } catch (thrown) {
        call.signal?.throwIfAborted()
        if (isUnauthorized(thrown) && !fresh) {
          // Tokens and certificates rotate under us; once, read them again and repeat.
          fresh = true
          continue
        }
        if (attempt >= attempts || !isTransient(thrown)) throw thrown
        const wait = Math.max(
          (thrown as ApiError).retryAfterMs ?? 0,
          backoffMs(attempt, { ...BACKOFF, random: this.#options.random })
        )
        if (wait > LONGEST_WAIT_MS) throw thrown
        await sleep(this.#options.timers, wait, call.signal)
      }
    }
  }

  /** Opens a response without an end: a watch. No retries and no deadline: the caller watches over it. */
  async stream(call: Call): Promise<Stream> {
    let fresh = false
    for (;;) {
      try {
        const response = await this.#send(
          { pool: 'watches', priority: 'unlimited', ...call },
          false,
          fresh
        )
        // A half-open connection shows as a failed probe after a while, besides the caller's own timer.
        response.socket.setKeepAlive(true, 15_000)
        return { chunks: response, close: () => response.destroy() }
      } catch (thrown) {
        if (!isUnauthorized(thrown) || fresh) throw thrown
        fresh = true
      }
    }
  }

  async #attempt(call: Call, retry: boolean, fresh: boolean): Promise<Answer> {
    const response = await this.#send(call, retry, fresh)
    const chunks: Buffer[] = []
    let bytes = 0
    try {
      for await (const chunk of response as AsyncIterable<Buffer>) {
        bytes += chunk.length
        if (bytes > MAX_ANSWER_BYTES)
          throw new Error(`answer of more than ${MAX_ANSWER_BYTES} bytes`)
        chunks.push(chunk)
      }
      return {
        status: response.statusCode ?? 0,
        body: bytes === 0 ? undefined : (call.read ?? readJson)(Buffer.concat(chunks)),
      }
    } catch (cause) {
      throw connectionError(call, cause)
    }
  }

  /** One attempt up to the head of the answer; an answer beyond 299 is read and thrown. */
  async #send(call: Call, retry: boolean, fresh: boolean): Promise<http.IncomingMessage> {
    const { priority = PRIORITY.event } = call
    if (call.pool !== 'lease' && priority !== 'unlimited')
      await this.#throttle.take(priority, call.signal)
    const credentials = await this.#load(fresh)
    const writes = isWrite(call)
    const signals: AbortSignal[] = []
    if (call.signal) signals.push(call.signal)
    if (writes && call.pool !== 'lease') signals.push(this.#writes.signal)
    // After the response head, the reader of a watch enforces its deadline.
    const opening = new AbortController()
    const deadline = this.#options.timers.after(call.timeoutMs ?? ATTEMPT_MS, () =>
      opening.abort(deadlineError(call))
    )
    signals.push(opening.signal)
    const signal = AbortSignal.any(signals)
    signal.throwIfAborted()
    const body = call.body === undefined ? undefined : Buffer.from(JSON.stringify(call.body))
    // Nothing may come between this check and the bytes.
    if (writes) for (const guard of this.#guards) guard(call)
    const started = performance.now()
    let status = 0
    try {
      const response = await this.#head(call, credentials, body, signal)
      status = response.statusCode ?? 0
      if (call.pool === 'watches') deadline.cancel()
      else response.once('close', () => deadline.cancel())
      if (status >= 200 && status < 300) return response
      throw await errorOf(call, response)
    } catch (thrown) {
      deadline.cancel()
      if (signal.aborted && !(thrown instanceof ApiError)) throw signal.reason
      throw thrown instanceof ApiError ? thrown : connectionError(call, thrown)
    } finally {
      this.#options.observe?.({
        method: call.method,
        host: this.#server.host,
        status,
        seconds: (performance.now() - started) / 1000,
        retry,
      })
    }
  }

  #head(
    call: Call,
    credentials: Credentials,
    body: Buffer | undefined,
    signal: AbortSignal
  ): Promise<http.IncomingMessage> {
    const secure = this.#server.protocol === 'https:'
    return new Promise((resolve, reject) => {
      const request = (secure ? https : http).request({
        host: this.#server.hostname.replace(/^\[(.*)\]$/, '$1'),
        port: this.#server.port || (secure ? 443 : 80),
        method: call.method,
        path: `${this.#server.pathname.replace(/\/$/, '')}${call.path}${queryOf(call)}`,
        agent: this.#pools.agent(call.pool ?? 'calls', credentials.tls),
        ...(credentials.tls.servername ? { servername: credentials.tls.servername } : {}),
        headers: {
          ...credentials.headers,
          accept: 'application/json',
          'user-agent': this.#options.userAgent,
          ...(body
            ? {
                'content-type': call.contentType ?? 'application/json',
                'content-length': body.length,
              }
            : {}),
        },
        signal,
      })
      request.once('response', resolve)
      request.once('error', reject)
      request.end(body)
    })
  }

  async #load(fresh: boolean): Promise<Credentials> {
    const now = this.#options.timers.now()
    const held = this.#credentials
    if (held && !fresh && now - held.at < CREDENTIALS_MS) return held.value
    // Many calls meet the same expiry: they share one load.
    this.#loading ??= this.#options.connection.credentials({ fresh }).finally(() => {
      this.#loading = undefined
    })
    const value = await this.#loading
    this.#credentials = { at: now, value }
    return value
  }
}

const readJson = (bytes: Buffer): unknown => JSON.parse(bytes.toString('utf8'))

/** A call that may change something. What only asks (`dryRun=All`) may not. */
export const isWrite = (call: Call): boolean =>
  call.method !== 'GET' && call.query?.dryRun === undefined

/** A POST that lets the server choose the name makes another object each time. */
function isRepeatable(call: Call): boolean {
  if (call.method !== 'POST') return true
  const { metadata } = (call.body ?? {}) as { metadata?: { name?: string } }
  return metadata?.name !== undefined
}

function queryOf(call: Call): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(call.query ?? {}))
    if (value !== undefined) query.set(name, String(value))
  const text = query.toString()
  return text === '' ? '' : `?${text}`
}

async function errorOf(call: Call, response: http.IncomingMessage): Promise<ApiError> {
  const chunks: Buffer[] = []
  for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk)
  const text = Buffer.concat(chunks).toString('utf8')
  let body: Status
  try {
    body = JSON.parse(text) as Status
  } catch {
    // The answer of a proxy or load balancer is no `Status`.
    body = { message: text.slice(0, 200) }
  }
  const retryAfterMs = retryAfter(response.headers['retry-after'])
  return new ApiError(call, {
    status: response.statusCode ?? 0,
    body,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  })
}

/** `Retry-After` in seconds or as a date. */
export function retryAfter(header: string | undefined, wallMs = Date.now()): number | undefined {
  if (header === undefined) return undefined
  if (/^\d+$/.test(header)) return Number(header) * 1000
  const at = Date.parse(header)
  return Number.isNaN(at) ? undefined : Math.max(0, at - wallMs)
}

const connectionError = (call: Call, cause: unknown): ApiError =>
  cause instanceof ApiError
    ? cause
    : new ApiError(call, { status: 0, reason: 'ConnectionFailed' }, cause)

const deadlineError = (call: Call): ApiError =>
  new ApiError(
    call,
    { status: 0, reason: 'DeadlineExceeded' },
    new Error(`no answer within ${call.timeoutMs ?? ATTEMPT_MS} ms`)
  )
