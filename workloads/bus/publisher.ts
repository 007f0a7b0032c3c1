// Publishes blocks until JetStream has them: each is sent with its id, and resent with the same bytes until it is
// acknowledged. Blocks wait until there is a NATS connection (`attach`). One reply inbox, no promise per block, a bounded
// window on the socket. A publisher cannot prevent that the server loses acknowledged blocks in a power cut; `sync_interval:
// always` does.

import { setTimeout as sleep } from 'node:timers/promises'
import { headers, type Msg, type NatsConnection, type NatsError } from 'nats'
import type { Logger } from 'pino'
import { SsmdError } from '#crds/errors.ts'
import { backoffMs } from '#role/backoff.ts'
import { newInbox } from './inbox.ts'
import { SETTLE_MS } from './remake.ts'
import { type BlockMaker, type Pending, SendQueue } from './send-queue.ts'
import { type StatusWatch, watchUpDown } from './status-watch.ts'

export type { BlockMaker, IdentifiedBlock } from './send-queue.ts'

export type AckedBlock = {
  readonly id: string
  readonly bytes: number
  /** From the receipt of its first record to the acknowledgement. */
  readonly recvToAckMs: number
  /** From `publish` to the acknowledgement. */
  readonly latencyMs: number
  /** The stream had it already: an earlier attempt had arrived. */
  readonly duplicate: boolean
}

export type PublisherOptions = {
  readonly log: Logger
  readonly random: () => number
  readonly nowMs: () => number
  onAcked(block: AckedBlock): void
  /** Called at each change with what blocks publishing, for a person, or with null once it continues. */
  onTrouble(message: string | null): void
  /** Called before the next attempt while no stream takes the subject, to recreate it: `ensureStream`. */
  readonly restoreStream?: (nc: NatsConnection) => Promise<unknown>
}

/** The largest block that the connected server takes: its max_payload less room for the id. */
export const maxBlockBytes = (nc: NatsConnection): number =>
  (nc.info?.max_payload ?? 1024 * 1024) - HEADER_ROOM

const HEADER_ROOM = 256
const TIMEOUT_MS = 5_000
const CHECK_MS = 500
const RETRY = { baseMs: 100, capMs: 5_000 }

/** JetStream's codes that refuse one message and not the stream: message too large, header too large. */
const ABOUT_THE_BLOCK: ReadonlySet<number> = new Set([10_054, 10_097])

type PubAck = {
  readonly seq?: number
  readonly duplicate?: boolean
  readonly error?: { readonly err_code?: number; readonly description?: string }
}

/**
 * `open`: a window of blocks is in flight. `probing`: after a refusal, only the oldest block is sent, with back-off, until one
 * is accepted. `down`: no NATS connection, or none yet; nothing is sent.
 */
type Mode = 'open' | 'probing' | 'down' | 'closed'

export class BlockPublisher {
  readonly #o: PublisherOptions
  #nc: NatsConnection | null = null
  #inbox = ''
  #sub: { unsubscribe(): void } | undefined
  #statusWatch: StatusWatch | undefined
  #checker: NodeJS.Timeout | undefined
  readonly #queue = new SendQueue()
  #mode: Mode = 'down'
  #attempt = 0
  #retry: NodeJS.Timeout | undefined
  #probe: Pending | undefined
  #noStream = false
  #checking = false
  /** Blocks that are refused individually, and wait for their next attempt. */
  #aside = 0
  #trouble: string | null = null
  /** A block is being made smaller: what its maker publishes meanwhile waits for its turn. */
  #replacing = false
  #acked = 0
  #lastSequence = 0
  #idle: { resolve(): void; reject(error: Error): void }[] = []

  constructor(options: PublisherOptions) {
    this.#o = options
  }

  /** Sends blocks over this NATS connection from now on, in the order in which they waited. */
  attach(nc: NatsConnection): void {
    if (this.#mode === 'closed') return
    this.#nc = nc
    this.#inbox = newInbox(nc)
    this.#sub = nc.subscribe(`${this.#inbox}.*`, {
      callback: (error, msg) => this.#onReply(error, msg),
    })
    this.#statusWatch = watchUpDown(nc, { down: () => this.#onDown(), up: () => this.#onUp() })
    this.#checker = setInterval(() => this.#checkTimeouts(), CHECK_MS)
    this.#checker.unref()
    this.#open()
    this.#pump()
  }

  /** Bytes of blocks not acknowledged: what the caller bounds. */
  get pendingBytes(): number {
    return this.#queue.bytes
  }

  get pendingBlocks(): number {
    return this.#queue.size
  }

  /** Blocks acknowledged so far. */
  get acked(): number {
    return this.#acked
  }

  /** Where in the stream the last block was put that was acknowledged; 0 before the first. */
  get lastSequence(): number {
    return this.#lastSequence
  }

  /** The largest block that can be published; Infinity while no server is connected, because blocks of any size wait. */
  get maxBlockBytes(): number {
    const nc = this.#nc
    return nc === null || this.#mode === 'down' ? Number.POSITIVE_INFINITY : maxBlockBytes(nc)
  }

  /** Age of the oldest block that is not acknowledged, by the receipt of its first record; 0 if there is none. */
  unackedMs(): number {
    const { oldest } = this.#queue
    return oldest === undefined ? 0 : Math.max(0, this.#o.nowMs() - oldest.receivedMs)
  }

  /** Age of the earliest record that is not acknowledged; 0 if there is none. Looks at every block. */
  earliestUnackedMs(): number {
    return this.#queue.size === 0 ? 0 : Math.max(0, this.#o.nowMs() - this.#queue.earliestMs())
  }

  /** Takes the block, which must not change any more; `ageMs`: since its first record was received. Throws once it is closed. */
  publish(subject: string, id: string, block: Uint8Array, ageMs: number, maker: BlockMaker): void {
    if (this.#mode === 'closed') {
      throw new SsmdError('SSMD_E_INTERNAL', `block ${id}: the publisher is closed`)
    }
    const since = this.#o.nowMs()
    this.#queue.add({ subject, id, block, receivedMs: since - ageMs, maker, since })
    if (this.#mode === 'open' && !this.#replacing) this.#pump()
  }

  /** Resolves when every block is acknowledged; rejects when the publisher is closed before. */
  idle(): Promise<void> {
    if (this.#queue.size === 0) return Promise.resolve()
    if (this.#mode === 'closed') return Promise.reject(this.#leftBehind())
    return new Promise((resolve, reject) => this.#idle.push({ resolve, reject }))
  }

  /** Ends everything; blocks that are not acknowledged by now are given up. */
  close(): void {
    if (this.#mode === 'closed') return
    this.#mode = 'closed'
    clearInterval(this.#checker)
    clearTimeout(this.#retry)
    this.#statusWatch?.close()
    if (!this.#nc?.isClosed()) this.#sub?.unsubscribe()
    for (const { reject } of this.#idle.splice(0)) reject(this.#leftBehind())
  }

  #leftBehind(): SsmdError {
    const what = `${this.#queue.size} blocks were not acknowledged when the publisher was closed`
    return new SsmdError('SSMD_E_NATS', what)
  }

  /** Sends as much as the window allows, failed blocks first. */
  #pump(): void {
    while (this.#mode === 'open' && this.#queue.hasRoom) {
      const next = this.#next()
      if (!next) return
      this.#send(next)
    }
  }

  /** The oldest block that is not on the socket and that this server takes. */
  #next(): Pending | undefined {
    // Another server may be connected than when the block was made.
    const limit = maxBlockBytes(this.#nc!)
    for (;;) {
      const next = this.#queue.take()
      if (!next || next.block.length <= limit) return next
      this.#giveUp(next, limit)
    }
  }

  #giveUp(pending: Pending, limit: number): void {
    this.#replacing = true
    const smaller = pending.maker.tooLarge(pending.block, limit)
    this.#queue.replace(pending, smaller, this.#o.nowMs())
    this.#replacing = false
    if (this.#queue.size === 0) this.#show(null)
    this.#resolveIdle()
  }

  #resolveIdle(): void {
    if (this.#queue.size === 0) for (const { resolve } of this.#idle.splice(0)) resolve()
  }

  #send(pending: Pending): void {
    this.#queue.onSocket(pending, this.#o.nowMs())
    const fields = headers()
    fields.set('Nats-Msg-Id', pending.id)
    try {
      this.#nc!.publish(pending.subject, pending.block, {
        headers: fields,
        reply: `${this.#inbox}.${pending.serial}`,
      })
    } catch (error) {
      // A payload that the server no longer takes, or a closed connection.
      this.#fail(pending, (error as Error).message)
    }
  }

  #onReply(error: NatsError | null, msg: Msg): void {
    if (error) {
      this.#show(`NATS refuses the answers of JetStream: ${error.message}`)
      return
    }
    const pending = this.#queue.get(Number(msg.subject.slice(this.#inbox.length + 1)))
    // Answered already: this is the answer to another attempt.
    if (!pending) return
    if (msg.data.length === 0) {
      this.#noStream = true
      this.#fail(pending, `no stream takes ${pending.subject}`)
      return
    }
    const answer = msg.json<PubAck>()
    if (!answer.error) {
      // A block that was there already may stand before others.
      if (answer.duplicate !== true) this.#lastSequence = answer.seq ?? 0
      this.#settle(pending, answer.duplicate === true)
      return
    }
    const { err_code: code = 0, description = 'unknown error' } = answer.error
    const message = `JetStream refuses blocks: ${description}`
    if (ABOUT_THE_BLOCK.has(code)) this.#setAside(pending, message)
    else this.#fail(pending, message)
  }

  #settle(pending: Pending, duplicate: boolean): void {
    const bytes = pending.block.length
    this.#queue.forget(pending)
    this.#acked++
    if (this.#mode === 'probing') this.#open()
    this.#show(null)
    const now = this.#o.nowMs()
    const latencyMs = now - pending.since
    const recvToAckMs = Math.max(0, now - pending.receivedMs)
    this.#o.onAcked({ id: pending.id, bytes, recvToAckMs, latencyMs, duplicate })
    this.#resolveIdle()
    this.#pump()
  }

  #fail(pending: Pending, message: string): void {
    if (pending.phase !== 'sent') return
    this.#queue.again(pending)
    this.#show(message)
    if (this.#mode === 'open') {
      this.#mode = 'probing'
      this.#attempt = 0
      this.#scheduleProbe()
    } else if (this.#mode === 'probing' && pending === this.#probe) {
      this.#attempt++
      this.#scheduleProbe()
    }
  }

  /** Only this block is refused: the others continue, and it is retried at intervals. */
  #setAside(pending: Pending, message: string): void {
    if (pending.phase !== 'sent') return
    this.#queue.offSocket(pending)
    pending.phase = 'queued'
    this.#show(`${message} (block ${pending.id})`)
    this.#aside++
    setTimeout(() => {
      this.#aside--
      if (this.#mode === 'closed' || !this.#queue.get(pending.serial)) return
      this.#queue.again(pending)
      this.#pump()
    }, RETRY.capMs).unref()
    if (pending === this.#probe) this.#scheduleProbe()
  }

  #scheduleProbe(): void {
    this.#probe = undefined
    clearTimeout(this.#retry)
    const wait = backoffMs(this.#attempt, RETRY, this.#o.random)
    this.#retry = setTimeout(() => void this.#tryProbe(), wait)
  }

  async #tryProbe(): Promise<void> {
    const restore = this.#o.restoreStream
    if (this.#noStream && restore) {
      this.#noStream = false
      try {
        // The server may still be at its removal.
        await sleep(SETTLE_MS, undefined, { ref: false })
        if (this.#mode === 'probing') await restore(this.#nc!)
      } catch (error) {
        this.#show((error as Error).message)
      }
    }
    if (this.#mode !== 'probing' || this.#probe) return
    this.#probe = this.#next()
    if (this.#probe) {
      this.#send(this.#probe)
      return
    }
    this.#open()
    this.#show(null)
  }

  #open(): void {
    clearTimeout(this.#retry)
    this.#mode = 'open'
    this.#attempt = 0
    this.#probe = undefined
    this.#noStream = false
  }

  #onDown(): void {
    if (this.#mode === 'closed') return
    clearTimeout(this.#retry)
    this.#mode = 'down'
    this.#probe = undefined
    for (const pending of [...this.#queue.sent]) this.#queue.again(pending)
    this.#show('the connection to NATS is down')
  }

  #onUp(): void {
    if (this.#mode === 'closed') return
    this.#open()
    // With blocks to send, wait for the first acknowledgement instead.
    if (this.#queue.size === 0) this.#show(null)
    this.#pump()
  }

  /**
   * A block without an answer is sent again only once a ping behind it came back: before that the server has not
   * read it, and another copy would only fill the socket's memory.
   */
  #checkTimeouts(): void {
    const oldest = this.#queue.oldestSent
    if (!oldest || this.#checking || this.#nc!.isClosed()) return
    if (this.#o.nowMs() - oldest.sentAt < TIMEOUT_MS) return
    this.#checking = true
    const message = `JetStream has not answered for ${TIMEOUT_MS / 1000} s`
    this.#show(message)
    const late = [...this.#queue.sent].map((pending) => ({ pending, sentAt: pending.sentAt }))
    this.#nc!.flush()
      .then(
        () => {
          for (const { pending, sentAt } of late) {
            const waited = this.#o.nowMs() - sentAt >= TIMEOUT_MS
            if (waited && pending.sentAt === sentAt) this.#fail(pending, message)
          }
        },
        // The NATS connection went down meanwhile: `down` has requeued everything.
        () => undefined
      )
      .finally(() => {
        this.#checking = false
      })
  }

  #show(message: string | null): void {
    if (message === this.#trouble || (message === null && this.#aside > 0)) return
    this.#trouble = message
    if (message === null) this.#o.log.info('publishing continues')
    else this.#o.log.warn({ reason: message, blocks: this.#queue.size }, 'publishing is blocked')
    this.#o.onTrouble(message)
  }
}
