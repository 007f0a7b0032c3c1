// The way to JetStream: connects for as long as it takes, makes the stream if it is missing, and says at any time what
// stands in the way. Capture continues meanwhile.

import type { NatsConnection } from 'nats'
import { connectBus } from '#bus/connect.ts'
import { lastBlocks } from '#bus/last-blocks.ts'
import { LivePublisher } from '#bus/live.ts'
import { logSubjects } from '#bus/names.ts'
import { type AckedBlock, BlockPublisher } from '#bus/publisher.ts'
import { ensureStream, type StreamWant } from '#bus/stream.ts'
import { type Announcement, TimeAnnouncer } from '#bus/times.ts'
import { describeError, SsmdError } from '#crds/errors.ts'
import { rfc3339 } from '#crds/rfc3339.ts'
import { pause } from '#role/backoff.ts'
import type { Logger } from '#role/run.ts'
import type { Predecessor } from '#wire/events.ts'
import type { Live } from './live-records.ts'

export type LinkOptions = {
  readonly url: string
  readonly environment: string
  readonly feed: string
  /** Of the Deployment: its user on NATS. */
  readonly user: string
  readonly stream: StreamWant
  readonly credentialsFile: string | undefined
  readonly log: Logger
  readonly random: () => number
  readonly steadyMs: () => number
  onAcked(block: AckedBlock): void
  /** `message` changed. */
  onChange(): void
  onConnected(nc: NatsConnection): void
  /** What to tell readers, once there is something; `sequence` is the link's. */
  announcement?(sequence: number): Announcement | null
}

const RETRY_MS = 2_000

export class Link {
  readonly #o: LinkOptions
  /** Takes blocks from the beginning; they leave once the stream is ready. */
  readonly publisher: BlockPublisher
  #nc: NatsConnection | null = null
  #live: LivePublisher | null = null
  #times: TimeAnnouncer | null = null
  #sequence = 0
  #message = 'NATS is not connected yet'
  /** By slot: the last connection in the stream before this process wrote into it. */
  readonly #predecessors = new Map<number, Predecessor>()

  constructor(options: LinkOptions) {
    this.#o = options
    const { log, random, steadyMs, stream, onAcked } = options
    this.publisher = new BlockPublisher({
      log,
      random,
      nowMs: steadyMs,
      onAcked,
      onTrouble: (message) => this.#say(message ?? ''),
      restoreStream: (nc) => ensureStream(nc, stream),
    })
  }

  /** Of the last block in the stream, of this process or, before its first one, of those before it. */
  get sequence(): number {
    return this.publisher.lastSequence || this.#sequence
  }

  /** What stands in the way; empty where nothing does. */
  get message(): string {
    return this.#message
  }

  /** The connection of a slot before this process, once the stream has told it; null where there is none. */
  predecessorOf(slot: number): Predecessor | null {
    return this.#predecessors.get(slot) ?? null
  }

  /** Sends records to subscribers, once it is connected. */
  readonly live: Live = {
    publish: (type, symbol, encode) => this.#live?.publish(type, symbol, encode),
    blockLeaves: () => this.#live?.blockLeaves(),
  }

  /** Something begins that readers have to wait for. */
  announce(): void {
    this.#times?.announce()
  }

  /** Resolves once blocks flow; rejects where they never will, or when `signal` aborts. */
  async open(signal: AbortSignal): Promise<void> {
    const { url, environment, feed, user, log, random, steadyMs, credentialsFile } = this.#o
    const name = `ssmd connector ${environment}/${feed}`
    const nc = await connectBus({
      url,
      name,
      log,
      signal,
      credentialsFile,
      random,
      user,
    })
    this.#nc = nc
    this.#o.onConnected(nc)
    await this.#makeStream(nc, signal)
    await this.#findPredecessors(nc)
    this.#live = new LivePublisher({ nc, environment, feed, nowMs: steadyMs })
    const { announcement } = this.#o
    if (announcement !== undefined) {
      const position = () => announcement(this.sequence)
      this.#times = new TimeAnnouncer({ nc, environment, feed, position })
    }
    this.#say('')
    this.publisher.attach(nc)
  }

  /** Ends it; what is not acknowledged by now is left behind. */
  async close(): Promise<void> {
    this.#live?.close()
    this.#times?.close()
    this.publisher.close()
    const nc = this.#nc
    if (nc === null || nc.isClosed()) return
    // While NATS cannot be reached, no goodbye can be sent.
    await Promise.race([nc.drain(), pause(RETRY_MS, new AbortController().signal)]).catch(
      (thrown) => this.#o.log.warn({ reason: describeError(thrown) }, 'leaving NATS')
    )
  }

  async #makeStream(nc: NatsConnection, signal: AbortSignal): Promise<void> {
    const { log, stream } = this.#o
    while (!signal.aborted) {
      try {
        const facts = await ensureStream(nc, stream)
        this.#sequence = facts.lastSequence
        log.info({ stream: facts.name, created: facts.created }, 'stream found')
        return
      } catch (thrown) {
        const message = describeError(thrown)
        if (message !== this.#message) {
          const code = thrown instanceof SsmdError ? thrown.code : undefined
          log.error({ stream: stream.name, code, reason: message }, 'stream cannot be used')
        }
        this.#say(message)
        await pause(RETRY_MS, signal)
      }
    }
    signal.throwIfAborted()
  }

  /** Before anything of this process is in the stream. Without an answer the order of the stream has to tell. */
  async #findPredecessors(nc: NatsConnection): Promise<void> {
    const { environment, feed, stream, log } = this.#o
    try {
      for (const block of await lastBlocks(nc, stream.name, logSubjects(environment, feed))) {
        if (block.length === 0) continue
        const { connection, shard, length } = block
        const recv = rfc3339(block.recv(length - 1))
        this.#predecessors.set(shard, { connection, number: block.number(length - 1), recv })
      }
    } catch (thrown) {
      log.warn({ stream: stream.name, reason: describeError(thrown) }, 'predecessors not found')
    }
  }

  #say(message: string): void {
    if (message === this.#message) return
    this.#message = message
    this.#o.onChange()
  }
}
