// Up to which time a feed is known: what a connector has received until then is in the stream, up to a sequence. Readers that put
// several shards into one order wait for it. Connectors announce every 100 ms, idle too, but only while a reader has asked for it
// lately: without readers it costs nothing. Core NATS, not stored.

import type { NatsConnection } from 'nats'
import { timeAskSubject, timeSubject } from './names.ts'

export type Announcement = {
  /** Shards that the connector captures. */
  readonly shards: readonly number[]
  /** Unix nanoseconds: all records of these shards that were received until then are in the stream. */
  readonly recv: bigint
  /** The last sequence of the stream that they have, or a later one. */
  readonly sequence: number
  /** The connector stops in an orderly way: nothing of it follows, and its close events say so. */
  readonly ends?: boolean
}

export type AnnouncerOptions = {
  readonly nc: NatsConnection
  readonly environment: string
  readonly feed: string
  /** Null: there is nothing to say yet. */
  position(): Announcement | null
}

/** Unix nanoseconds as decimal text. */
const NANOS = /^\d{1,20}$/
const PERIOD_MS = 100
/** Readers ask again within this time. */
const LEASE_MS = 3_000
const ASK_MS = 1_000

export class TimeAnnouncer {
  readonly #o: AnnouncerOptions
  readonly #sub: { unsubscribe(): void }
  #timer: NodeJS.Timeout | undefined
  #until = 0

  /** Begins announcing: a reader that is there does not know of this connector yet. */
  constructor(options: AnnouncerOptions) {
    this.#o = options
    const { nc, environment, feed } = options
    this.#sub = nc.subscribe(timeAskSubject(environment, feed), { callback: () => this.#asked() })
    this.#asked()
  }

  /** Announces immediately if a reader listens: a shard has begun. */
  announce(): void {
    if (this.#timer !== undefined) this.#send()
  }

  /** Announces a last time, so that readers wait for this connector no longer. */
  close(): void {
    if (this.#timer !== undefined) this.#send(true)
    clearInterval(this.#timer)
    this.#timer = undefined
    if (!this.#o.nc.isClosed()) this.#sub.unsubscribe()
  }

  #asked(): void {
    this.#until = performance.now() + LEASE_MS
    if (this.#timer !== undefined) return
    this.#timer = setInterval(() => this.#tick(), PERIOD_MS)
    this.#timer.unref()
    this.#send()
  }

  #tick(): void {
    if (performance.now() < this.#until) this.#send()
    else {
      clearInterval(this.#timer)
      this.#timer = undefined
    }
  }

  #send(ends = false): void {
    const { nc, environment, feed, position } = this.#o
    const found = nc.isClosed() ? null : position()
    if (found === null) return
    const { shards, recv, sequence } = found
    const text = JSON.stringify({ shards, recv: String(recv), sequence, ...(ends ? { ends } : {}) })
    nc.publish(timeSubject(environment, feed), Buffer.from(text))
  }
}

/** Hears what the connectors of a feed announce, and asks them to, until it is disposed. */
export function listenTimes(
  nc: NatsConnection,
  environment: string,
  feed: string,
  onTime: (announcement: Announcement) => void
): Disposable {
  const sub = nc.subscribe(timeSubject(environment, feed), {
    callback: (error, msg) => {
      const announcement = error ? undefined : parse(msg.data)
      if (announcement !== undefined) onTime(announcement)
    },
  })
  const ask = (): void => {
    if (!nc.isClosed()) nc.publish(timeAskSubject(environment, feed))
  }
  ask()
  const timer = setInterval(ask, ASK_MS)
  return {
    [Symbol.dispose]() {
      clearInterval(timer)
      if (!nc.isClosed()) sub.unsubscribe()
    },
  }
}

/** Undefined if a connector did not write it. */
function parse(bytes: Uint8Array): Announcement | undefined {
  try {
    const { shards, recv, sequence, ends } = JSON.parse(Buffer.from(bytes).toString('utf8')) as {
      readonly shards?: unknown
      readonly recv?: unknown
      readonly sequence?: unknown
      readonly ends?: unknown
    }
    if (typeof recv !== 'string' || !NANOS.test(recv)) return
    if (!Number.isSafeInteger(sequence) || !Array.isArray(shards)) return
    const indices = shards.filter((one): one is number => Number.isSafeInteger(one))
    return {
      shards: indices,
      recv: BigInt(recv),
      sequence: sequence as number,
      ends: ends === true,
    }
  } catch {
    // Anybody may publish here; a reader waits for what it understands.
    return undefined
  }
}
