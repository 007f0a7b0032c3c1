// Reads a stream's blocks strictly in stream order, each once, from a sequence on: a durable pull consumer with
// AckPolicy.All. It heals itself: after a lost connection, a lost delivery or a deleted consumer it makes the consumer
// anew behind the last block it has. Memory is bounded: what was asked for, waits here and is in the caller's hands.

import type { Msg, NatsConnection } from 'nats'
import type { Logger } from 'pino'
import { SsmdError } from '#crds/errors.ts'
import { backoffMs, pause } from '#role/backoff.ts'
import { Acks, parseDelivery } from './ack.ts'
import { toBusError } from './api.ts'
import { replaceDurable } from './durable.ts'
import { Gathering } from './gathering.ts'
import { HeldBlocks, type StreamBlock } from './held.ts'
import { newInbox } from './inbox.ts'
import { type Link, watchUpDown } from './link.ts'
import { endOf, PullBudget, pullRequest } from './pull.ts'
import { SETTLE_MS } from './remake.ts'
import { type Restart, restartError, restartOf, type StreamFacts, streamFacts } from './stream.ts'
import type { Metadata } from './stream-config.ts'

export type { StreamBlock } from './held.ts'

export type ConsumerOptions = {
  readonly stream: string
  readonly durable: string
  /** The first sequence to deliver: behind the last committed one. */
  readonly startSequence: number
  /** `created` of the stream that `startSequence` belongs to; where the stream is another by now, see `onRestart`. */
  readonly created?: string | undefined
  readonly log: Logger
  readonly signal: AbortSignal
  readonly maxBytesInFlight: number
  /** Default Math.random. */
  readonly random?: () => number
  /** How often JetStream says that it is there while there are no blocks. Default 5 s. */
  readonly heartbeatMs?: number
  /** Once everything was taken, what comes within this time is asked for together, unless `ask` comes before. Default 250 ms. */
  readonly gatherMs?: number
  /**
   * The stream's sequences start again. Called between two batches: everything before was taken, the next batch is
   * of the stream as `facts` say. Without it the iteration ends with SSMD_E_STREAM instead.
   */
  readonly onRestart?: (facts: StreamFacts, why: Restart) => void
  /** These sequences are no longer in the stream (aged, or removed by hand). Called before the batch behind them. */
  readonly onSkipped?: (from: number, to: number) => void
  /** Called while the stream is not there: `ensureStream`, so that it is made again. */
  readonly restoreStream?: () => Promise<unknown>
}

/** The client's messages know their size as JetStream counts it (subject, reply, headers, payload); its type omits it. */
type SizedMsg = Msg & { size(): number }

/** Bytes that JetStream counts beside the payload: subject and reply. */
const MESSAGE_ROOM = 4 * 1024
/** On top of two missed heartbeats: then whatever was asked for is not coming. */
const SILENCE_MS = 1_000
const ACK_TIMEOUT_MS = 5_000
const RETRY = { baseMs: 100, capMs: 5_000 }

export class BlockConsumer implements AsyncIterable<readonly StreamBlock[]> {
  readonly #nc: NatsConnection
  readonly #o: ConsumerOptions
  readonly #random: () => number
  readonly #heartbeatMs: number
  readonly #link: Link
  readonly #watchdog: NodeJS.Timeout
  readonly #budget: PullBudget
  #created: string
  /** The next sequence to take in. */
  #want: number
  #facts: StreamFacts
  /** Of the durable: one that is deleted by hand is made again with it. */
  #metadata: Metadata = {}
  readonly #held = new HeldBlocks()
  #inHandBytes = 0
  /** Of the consumer as it is now. */
  readonly #acks = new Acks()
  #pending = 0
  /** Counts the consumers made; what belongs to an earlier one is ignored. */
  #life = 0
  #nextConsumerSequence = 1
  #sub: { unsubscribe(): void } | undefined
  #inbox = ''
  #healing = false
  #healAgain = false
  #lastHeard = 0
  readonly #gathering: Gathering
  #wake: (() => void) | undefined
  #failure: Error | undefined
  /** Set by the caller's signal or by `close`: nothing more is handed out. */
  #ended = false
  /** Set by `close`: nothing more is acknowledged either. */
  readonly #closing = new AbortController()

  private constructor(nc: NatsConnection, options: ConsumerOptions, facts: StreamFacts) {
    this.#nc = nc
    this.#o = options
    this.#random = options.random ?? Math.random
    this.#heartbeatMs = options.heartbeatMs ?? 5_000
    this.#facts = facts
    this.#created = options.created ?? facts.created
    this.#want = options.startSequence
    const largest = (nc.info?.max_payload ?? 1024 * 1024) + MESSAGE_ROOM
    this.#budget = new PullBudget(options.maxBytesInFlight, largest)
    this.#gathering = new Gathering(options.gatherMs ?? 250, () => this.#pull())
    this.#link = watchUpDown(nc, {
      down: () => this.#endLife(),
      up: () => this.#heal('the connection was lost'),
    })
    this.#watchdog = setInterval(() => this.#watch(), this.#heartbeatMs)
    this.#watchdog.unref()
    const end = (): void => this.#end()
    void nc.closed().then(end)
    options.signal.addEventListener('abort', end, { once: true })
    this.#closing.signal.addEventListener('abort', () => {
      options.signal.removeEventListener('abort', end)
    })
    if (options.signal.aborted) end()
  }

  /** Makes the durable consumer, in place of one of its name; the stream must be there. */
  static async open(nc: NatsConnection, options: ConsumerOptions): Promise<BlockConsumer> {
    const facts = await streamFacts(nc, options.stream)
    if (!facts) {
      throw new SsmdError('SSMD_E_STREAM', `stream ${options.stream} does not exist`)
    }
    const consumer = new BlockConsumer(nc, options, facts)
    try {
      await consumer.#makeConsumer(facts)
    } catch (error) {
      await consumer.close()
      throw error
    }
    return consumer
  }

  /** The stream as it was when the consumer was last made. */
  get facts(): StreamFacts {
    return this.#facts
  }

  /** Blocks of the stream that were not yet handed out, as far as is known. */
  pending(): number {
    return this.#pending + this.#held.count
  }

  /** Asks for the blocks that have gathered, and resolves once they were handed out; at most a moment later. */
  ask(): Promise<void> {
    return this.#gathering.ask()
  }

  [Symbol.asyncIterator](): AsyncIterator<readonly StreamBlock[]> {
    return {
      next: () => this.#next(),
      // Leaving the loop ends the reading; what was read can still be acknowledged, until `close`.
      return: async () => {
        this.#end()
        return { done: true, value: undefined }
      },
    }
  }

  /**
   * Acknowledges everything up to `sequence`; resolves once the server confirmed it, or once the consumer was made anew
   * behind it. Works after the signal too, for the last commit, but then it is tried only once.
   */
  async acknowledge(sequence: number): Promise<void> {
    const life = this.#life
    const reply = this.#acks.take(sequence)
    if (!reply) return
    const { log, stream } = this.#o
    for (let attempt = 0; this.#life === life; attempt++) {
      try {
        await this.#nc.request(reply, '+ACK', { timeout: ACK_TIMEOUT_MS })
        return
      } catch (error) {
        if (this.#life !== life) return
        const problem = toBusError(error, `acknowledging ${sequence} of stream ${stream}`)
        if (this.#ended) throw problem
        if (attempt === 0) log.warn({ stream, reason: problem.message }, 'not acknowledged yet')
        await pause(backoffMs(attempt, RETRY, this.#random), this.#closing.signal)
      }
    }
  }

  /** Ends everything; blocks that were not acknowledged come again another time. */
  close(): Promise<void> {
    this.#end()
    this.#closing.abort()
    this.#endLife()
    return Promise.resolve()
  }

  /** Ends the iteration, and leaves what can be acknowledged. */
  #end(): void {
    if (this.#ended) return
    this.#ended = true
    clearInterval(this.#watchdog)
    this.#link.close()
    this.#unsubscribe()
    this.#held.clear()
    this.#wake?.()
  }

  #unsubscribe(): void {
    if (this.#sub && !this.#nc.isClosed()) this.#sub.unsubscribe()
    this.#sub = undefined
    this.#budget.ended()
    this.#gathering.end()
  }

  async #next(): Promise<IteratorResult<readonly StreamBlock[]>> {
    // The batch before is done with: the caller asks for another.
    this.#inHandBytes = 0
    for (;;) {
      if (this.#failure) {
        this.#end()
        throw this.#failure
      }
      if (this.#ended) return { done: true, value: undefined }
      // A quarter at most: the rest of the bound keeps the server busy meanwhile.
      const batch = this.#held.take(this.#o.maxBytesInFlight / 4)
      for (const block of batch) this.#inHandBytes += block.data.length
      this.#pull()
      if (batch.length > 0) return { done: false, value: batch }
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
      this.#wake = undefined
    }
  }

  #pull(): void {
    if (this.#healing || this.#gathering.active || !this.#sub || this.#nc.isClosed()) return
    const bytes = this.#budget.next(this.#held.bytes + this.#inHandBytes)
    if (bytes === 0) return
    const { stream, durable } = this.#o
    const request = pullRequest(bytes, this.#heartbeatMs)
    this.#lastHeard = performance.now()
    this.#nc.publish(`$JS.API.CONSUMER.MSG.NEXT.${stream}.${durable}`, request, {
      reply: this.#inbox,
    })
  }

  #onMessage(error: Error | null, msg: Msg): void {
    if (error) {
      this.#heal(error.message)
      return
    }
    this.#lastHeard = performance.now()
    const { reply } = msg
    const delivery = reply ? parseDelivery(reply) : undefined
    if (!delivery) {
      this.#onStatus(msg)
      return
    }
    const { data } = msg
    this.#budget.received((msg as SizedMsg).size())
    if (delivery.consumerSequence !== this.#nextConsumerSequence) {
      this.#heal(`delivery ${this.#nextConsumerSequence} was lost`)
      return
    }
    this.#nextConsumerSequence++
    const { sequence } = delivery
    // Delivered again because it was not acknowledged in time: we have it.
    if (sequence < this.#want) return
    if (sequence > this.#want) this.#skip(this.#want, sequence - 1)
    this.#want = sequence + 1
    this.#pending = delivery.pending
    this.#acks.add(sequence, reply!)
    this.#held.add({ sequence, data })
    this.#wake?.()
    this.#pull()
  }

  #skip(from: number, to: number): void {
    this.#o.log.warn(
      { stream: this.#o.stream, from, to },
      'the stream no longer holds these blocks'
    )
    const { onSkipped } = this.#o
    if (onSkipped) this.#held.addNotice(() => onSkipped(from, to))
  }

  /** A message without data: the end of a request, a heartbeat, or the end of the consumer. */
  #onStatus(msg: Msg): void {
    const end = endOf(msg)
    if (end.kind === 'heartbeat') return
    if (end.kind === 'tooSmall') this.#budget.tooSmall(end.leftOver)
    else this.#budget.ended()
    if (end.kind === 'broken') this.#heal(end.reason)
    else if (end.kind === 'drained') this.#gathering.begin()
    else this.#pull()
  }

  #watch(): void {
    if (this.#healing || this.#budget.requested === 0) return
    const silence = performance.now() - this.#lastHeard
    if (silence > 2 * this.#heartbeatMs + SILENCE_MS) this.#heal('JetStream stopped answering')
  }

  /** Forgets the consumer as it was: its subscription, its requests, its replies. */
  #endLife(): void {
    this.#life++
    this.#unsubscribe()
    this.#acks.clear()
  }

  /** Makes the consumer anew behind the last block, trying until it stands. */
  #heal(reason: string): void {
    if (this.#ended) return
    this.#endLife()
    if (this.#healing) {
      this.#healAgain = true
      return
    }
    this.#healing = true
    this.#o.log.warn({ stream: this.#o.stream, reason }, 'recreating the consumer')
    void this.#healUntilDone()
  }

  async #healUntilDone(): Promise<void> {
    const { log, stream, signal } = this.#o
    let shown = ''
    for (let attempt = 0; !this.#ended && !this.#failure; attempt++) {
      this.#healAgain = false
      try {
        const made = await this.#makeConsumer(await this.#findStream())
        if (made && !this.#healAgain) {
          this.#healing = false
          log.info({ stream, from: this.#want }, 'consuming again')
          this.#pull()
          return
        }
      } catch (error) {
        const reason = toBusError(error, 'recreating the consumer').message
        if (reason !== shown) log.warn({ stream, reason }, 'retrying')
        shown = reason
      }
      // Another reader under our name would otherwise make us spin.
      await pause(backoffMs(attempt, RETRY, this.#random), signal)
    }
    this.#healing = false
  }

  async #findStream(): Promise<StreamFacts> {
    const { stream, restoreStream } = this.#o
    const facts = await streamFacts(this.#nc, stream)
    if (facts) return facts
    // The server may still be at its removal.
    if (restoreStream) await pause(SETTLE_MS, this.#closing.signal)
    if (!this.#ended) await restoreStream?.()
    const restored = restoreStream && (await streamFacts(this.#nc, stream))
    if (restored) return restored
    throw new SsmdError('SSMD_E_STREAM', `stream ${stream} does not exist`)
  }

  /** False where the connection went down in between: the consumer then has to be made again. */
  async #makeConsumer(facts: StreamFacts): Promise<boolean> {
    const { stream, durable } = this.#o
    this.#endLife()
    const life = this.#life
    this.#noticeRestart(facts)
    if (this.#failure) return true
    const startSequence = this.#want
    const want = { stream, durable, startSequence, metadata: this.#metadata }
    const { pending, metadata } = await replaceDurable(this.#nc, want)
    this.#metadata = metadata
    // The connection went down meanwhile, or the caller closed: what was made is not ours any more.
    if (life !== this.#life || this.#ended) return false
    this.#facts = facts
    this.#pending = pending
    this.#nextConsumerSequence = 1
    this.#inbox = newInbox(this.#nc)
    this.#sub = this.#nc.subscribe(this.#inbox, {
      callback: (error, msg) => this.#onMessage(error, msg),
    })
    this.#lastHeard = performance.now()
    return true
  }

  /** Starts over where the stream's sequences do. */
  #noticeRestart(facts: StreamFacts): void {
    const why = restartOf(facts, this.#created, this.#want)
    if (!why) return
    const { log, onRestart, stream } = this.#o
    const { created, firstSequence, lastSequence } = facts
    log.warn({ stream, why, created, want: this.#want, lastSequence }, 'the stream starts again')
    this.#created = created
    this.#want = firstSequence
    if (onRestart) this.#held.addNotice(() => onRestart(facts, why))
    else this.#failure = restartError(facts, why)
    this.#wake?.()
  }
}
