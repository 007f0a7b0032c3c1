// Live records on core NATS: sent once, stored nowhere, immediately for subjects that have a listener. A subject without
// one is muted for a second: a record then costs a look into a map. What comes after that second leaves with the next
// block, in the same write, so that trying wakes neither the server nor this program; if it is taken, the subject is
// immediate again. A listener loses no record that is received later than a second after it subscribed.
// Memory is bounded: what the server has not read by then is not waited for, live records are dropped and counted.

import type { Msg, NatsConnection, NatsError } from 'nats'
import { newInbox } from './inbox.ts'
import { type Link, watchUpDown } from './link.ts'
import { liveSubject } from './names.ts'

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
  /** 0 while it may have a listener. */
  mutedUntil: number
}

/** A record of a subject whose mute is over; it leaves with the next block. */
type Waiting = { readonly subject: Subject; readonly record: Uint8Array }

/** A subject without a listener is tried again after this, for every thousand subjects there are. */
const MUTE_MS = 1_000
const SUBJECTS_PER_MUTE = 1_000
/** Subjects remembered; past these all are forgotten, and tried anew. */
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
  readonly #link: Link
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
    this.#link = watchUpDown(options.nc, {
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

  /** Records that somebody may have wanted and that were not sent: the server did not keep up. */
  get dropped(): number {
    return this.#dropped
  }

  /** `encode` makes a block of one record; it is called only if a listener may take it. */
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

  /** A block is about to be written: what waits for that goes before it, for the server may sync the block first. */
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
    this.#link.close()
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

  /** Only the server answers here: nobody takes this subject. */
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
        // The connection went down; `up` starts the count anew.
        () => undefined
      )
      .finally(() => {
        this.#pinging = false
      })
  }
}
