// Reads a stream's blocks strictly in stream order, each once, from a sequence on: a durable pull consumer with
// AckPolicy.All. It recovers automatically: after a lost NATS connection, a lost delivery or a deleted consumer, it recreates
// the consumer behind its last block. A bound limits the bytes that are requested, held here and in the caller's hands.

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
import { endOf, PullBudget, pullRequest } from './pull.ts'
import { SETTLE_MS } from './remake.ts'
import { type StatusWatch, watchUpDown } from './status-watch.ts'
import { type Restart, restartError, restartOf, type StreamFacts, streamFacts } from './stream.ts'
import type { Metadata } from './stream-config.ts'

export type { StreamBlock } from './held.ts'

export type ConsumerOptions = {
  readonly stream: string
  readonly durable: string
  /** The first sequence to deliver: behind the last committed one. */
  readonly startSequence: number
  /** `created` of the stream that `startSequence` belongs to; if the stream was recreated, see `onRestart`. */
  readonly created?: string | undefined
  readonly log: Logger
  readonly signal: AbortSignal
  readonly maxBytesInFlight: number
  /** Default Math.random. */
  readonly random?: () => number
  /** Interval of JetStream's heartbeats while there are no blocks. Default 5 s. */
  readonly heartbeatMs?: number
  /** After the last block, gathers new blocks for this time before the next request, unless `ask` comes before. Default 250 ms. */
  readonly gatherMs?: number
  /**
   * The stream's sequences start again. Called between two batches: all earlier blocks were taken, and the next batch is of
   * the stream that `facts` describe. Without it the iteration ends with SSMD_E_STREAM.
   */
  readonly onRestart?: (facts: StreamFacts, why: Restart) => void
  /** These sequences are no longer in the stream (aged, or removed by hand). Called before the batch behind them. */
  readonly onSkipped?: (from: number, to: number) => void
  /** Called while the stream is missing, to recreate it: `ensureStream`. */
  readonly restoreStream?: () => Promise<unknown>
}

/** The client's messages know their size as JetStream counts it (subject, reply, headers, payload); its type omits it. */
type SizedMsg = Msg & { size(): number }

/** Bytes that JetStream counts beside the payload: subject and reply. */
const MESSAGE_ROOM = 4 * 1024
/** In addition to two missed heartbeats: then the requested blocks are lost. */
const SILENCE_MS = 1_000
const ACK_TIMEOUT_MS = 5_000
const RETRY = { baseMs: 100, capMs: 5_000 }

export class BlockConsumer implements AsyncIterable<readonly StreamBlock[]> {
  readonly #nc: NatsConnection
  readonly #o: ConsumerOptions
  readonly #random: () => number
  readonly #heartbeatMs: number
  readonly #statusWatch: StatusWatch
  readonly #watchdog: NodeJS.Timeout
  readonly #budget: PullBudget
  #created: string
  /** The next sequence to take in. */
  #want: number
  #facts: StreamFacts
  /** Metadata of the durable, kept to recreate one that was deleted by hand. */
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
    this.#statusWatch = watchUpDown(nc, {
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

  /** Creates the durable consumer, and replaces one of the same name; the stream must exist. */
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

  /** Blocks of the stream that were not handed out yet, as far as known. */
  pending(): number {
    return this.#pending + this.#held.count
  }

  /** Requests the gathered blocks, and resolves once they were handed out or a short wait is over. */
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
   * Acknowledges everything up to `sequence`; resolves once the server confirmed it, or once the consumer was recreated
   * behind it. Works after the signal too, for the last commit, but then without a retry.
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

  /** Ends everything; blocks that were not acknowledged are delivered again later. */
  close(): Promise<void> {
    this.#end()
    this.#closing.abort()
    this.#endLife()
    return Promise.resolve()
  }

  /** Ends the iteration; acknowledging remains possible. */
  #end(): void {
    if (this.#ended) return
    this.#ended = true
    clearInterval(this.#watchdog)
    this.#statusWatch.close()
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
    // The caller is done with the previous batch: it requests another.
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

  /** Forgets the previous consumer: its subscription, its requests, its replies. */
  #endLife(): void {
    this.#life++
    this.#unsubscribe()
    this.#acks.clear()
  }

  /** Recreates the consumer behind the last block, with retries. */
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
      // Pause, because another reader of the same name would make us loop.
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

  /** False if the NATS connection went down meanwhile: then the consumer must be recreated. */
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
    // The NATS connection went down meanwhile, or the caller closed: ignore the new consumer.
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

  /** Starts over if the stream's sequences do. */
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
