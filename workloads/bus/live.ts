// Live records on core NATS: sent once and not stored, immediately for subjects that have a subscriber. A subject without one is
// muted for a second, so that a record costs one look-up in a map. Records after that second leave with the next block, in the
// same write, so that the retry wakes neither the server nor this program; if a subscriber takes them, the subject is immediate
// again. A subscriber loses no record that is received later than a second after it subscribed (up to 1,000 subjects).
// Memory is bounded: if the server does not keep up, live records are dropped and counted.

import type { Msg, NatsConnection, NatsError } from 'nats'
import { newInbox } from './inbox.ts'
import { liveSubject } from './names.ts'
import { type StatusWatch, watchUpDown } from './status-watch.ts'

export type LiveOptions = {
  readonly nc: NatsConnection
  readonly environment: string
  readonly feed: string
  /** Default Date.now. */
  readonly nowMs?: () => number
}

type Subject = {
  readonly name: string
  readonly token: string
  /** 0 while it may have a subscriber. */
  mutedUntil: number
}

/** A record of a subject whose mute is over; it leaves with the next block. */
type Waiting = { readonly subject: Subject; readonly record: Uint8Array }

/** A subject without a subscriber is retried after this time per thousand subjects. */
const MUTE_MS = 1_000
const SUBJECTS_PER_MUTE = 1_000
/** Bound on remembered subjects; beyond it all are forgotten and retried. */
const MAX_SUBJECTS = 100_000
/** Bytes on the socket that no ping has confirmed: a ping at the first, drops from the second on. */
const PING_BYTES = 256 * 1024
const MAX_BYTES = 4 * 1024 * 1024

export class LivePublisher {
  readonly #nc: NatsConnection
  readonly #environment: string
  readonly #feed: string
  readonly #nowMs: () => number
  readonly #inbox: string
  readonly #sub: { unsubscribe(): void }
  readonly #statusWatch: StatusWatch
  readonly #byType = new Map<string, Map<string, Subject>>()
  #byToken: Subject[] = []
  /** In the order of receipt; no more than the blocks being filled hold. */
  #waiting: Waiting[] = []
  #up = true
  #unconfirmed = 0
  #pinging = false
  #sent = 0
  #dropped = 0

  constructor(options: LiveOptions) {
    this.#nc = options.nc
    this.#inbox = newInbox(options.nc)
    this.#environment = options.environment
    this.#feed = options.feed
    this.#nowMs = options.nowMs ?? Date.now
    this.#sub = options.nc.subscribe(`${this.#inbox}.*`, {
      callback: (error, msg) => this.#onNobody(error, msg),
    })
    this.#statusWatch = watchUpDown(options.nc, {
      down: () => {
        this.#up = false
        this.#waiting = []
      },
      up: () => {
        this.#up = true
        this.#unconfirmed = 0
      },
    })
  }

  /** Records handed to NATS, heard or not. */
  get sent(): number {
    return this.#sent
  }

  /** Records that were dropped although a subscriber may exist, because the server did not keep up. */
  get dropped(): number {
    return this.#dropped
  }

  /** Calls `encode` only if there may be a subscriber: it makes a block of one record. */
  publish(type: string, symbol: string, encode: () => Uint8Array): void {
    if (!this.#up || this.#nc.isClosed()) return
    const subject = this.#subject(type, symbol)
    if (subject.mutedUntil > 0) {
      if (this.#nowMs() < subject.mutedUntil) return
      this.#waiting.push({ subject, record: encode() })
      return
    }
    if (this.#unconfirmed > MAX_BYTES) {
      this.#dropped++
      return
    }
    this.#send(subject, encode())
  }

  /** A block is about to be published: writes the waiting records before it, because the server may sync the block first. */
  blockLeaves(): void {
    if (this.#waiting.length === 0) return
    const waiting = this.#waiting
    this.#waiting = []
    if (this.#nc.isClosed()) return
    for (const { subject, record } of waiting) {
      subject.mutedUntil = 0
      if (this.#unconfirmed > MAX_BYTES) this.#dropped++
      else this.#send(subject, record)
    }
  }

  #send(subject: Subject, record: Uint8Array): void {
    try {
      this.#nc.publish(subject.name, record, { reply: subject.token })
    } catch {
      // Larger than the server takes, or the connection is being closed: no reason to stop a capture.
      this.#dropped++
      return
    }
    this.#sent++
    this.#unconfirmed += record.length
    if (this.#unconfirmed > PING_BYTES && !this.#pinging) this.#ping()
  }

  close(): void {
    this.#up = false
    this.#statusWatch.close()
    if (!this.#nc.isClosed()) this.#sub.unsubscribe()
  }

  #subject(type: string, symbol: string): Subject {
    let symbols = this.#byType.get(type)
    if (!symbols) {
      symbols = new Map()
      this.#byType.set(type, symbols)
    }
    return symbols.get(symbol) ?? this.#newSubject(type, symbol)
  }

  #newSubject(type: string, symbol: string): Subject {
    if (this.#byToken.length >= MAX_SUBJECTS) {
      this.#byToken = []
      this.#byType.clear()
      // Their tokens belong to others from now on.
      this.#waiting = []
    }
    const subject = {
      name: liveSubject(this.#environment, this.#feed, type, symbol),
      token: `${this.#inbox}.${this.#byToken.length}`,
      mutedUntil: 0,
    }
    this.#byToken.push(subject)
    const symbols = this.#byType.get(type) ?? new Map<string, Subject>()
    symbols.set(symbol, subject)
    this.#byType.set(type, symbols)
    return subject
  }

  /** Only the server answers here: this subject has no subscriber. */
  #onNobody(error: NatsError | null, msg: Msg): void {
    if (error || msg.headers?.code !== 503) return
    const subject = this.#byToken[Number(msg.subject.slice(this.#inbox.length + 1))]
    if (!subject) return
    const share = Math.max(1, this.#byToken.length / SUBJECTS_PER_MUTE)
    subject.mutedUntil = this.#nowMs() + MUTE_MS * share
  }

  /** What was sent before a ping that came back is off the socket. */
  #ping(): void {
    this.#pinging = true
    const before = this.#unconfirmed
    this.#nc
      .flush()
      .then(
        () => {
          this.#unconfirmed = Math.max(0, this.#unconfirmed - before)
        },
        // The NATS connection went down; `up` restarts the count.
        () => undefined
      )
      .finally(() => {
        this.#pinging = false
      })
  }
}
