// The feed of what a signal fires: each fire is a record of its own block, published until JetStream has it, and sent to its live subject.
//
// Connection, number and bytes of a fire follow from the fires before it, and are kept with the engine's state: a runner that does the same
// events again publishes the same blocks under the same ids, and neither JetStream nor the archive takes one twice. A program that is
// changed fires on a connection of its own, which replaces the one before without a gap.

import type { LivePublisher } from '#bus/live.ts'
import { logSubject } from '#bus/names.ts'
import type { BlockPublisher } from '#bus/publisher.ts'
import { FIRES_EXCHANGE } from '#crds/signals.ts'
import { timeNanos } from '#market/time.ts'
import { BlockWriter } from '#wire/block-writer.ts'
import type { CloseEvent, OpenEvent, ReadyEvent } from '#wire/events.ts'
import { FORM, type Form } from '#wire/form.ts'

export type FireFeedState = {
  readonly connection: string
  /** The number of the next record, from 1. */
  readonly next: number
  /** Receive time of the last record, unix nanoseconds as text. */
  readonly recv: string
  /** The connection that this one replaces with its first record. */
  readonly before: { readonly connection: string; readonly next: number } | null
}

/** A new connection behind another one. */
export const nextConnection = (
  connection: string,
  before: FireFeedState | undefined
): FireFeedState => ({
  connection,
  next: 1,
  recv: before?.recv ?? '0',
  // One that never had a record is none.
  before: before === undefined || before.next === 1 ? (before?.before ?? null) : before,
})

export type FireFeedOptions = {
  readonly environment: string
  readonly feed: string
  readonly simulated: boolean
  readonly publisher: Pick<BlockPublisher, 'publish'>
  readonly live: Pick<LivePublisher, 'publish' | 'blockLeaves'>
  /** Blocks that the stream has already, by id. */
  readonly known: ReadonlySet<string>
}

export const blockId = (connection: string, number: number): string => `${connection}:${number}`

export class FireFeed {
  readonly #o: FireFeedOptions
  #writer: BlockWriter
  #state: FireFeedState

  constructor(options: FireFeedOptions, state: FireFeedState) {
    this.#o = options
    this.#state = state
    this.#writer = this.#writerOf(state.connection)
  }

  get state(): FireFeedState {
    return this.#state
  }

  /** Publishes a fire of an event that was received then. Returns its number. */
  add(symbol: string, line: string, recvMs: number, recvNs: number): number {
    const at = timeNanos(recvMs, recvNs)
    // An event that came late does not lead the feed back.
    const before = BigInt(this.#state.recv)
    const recv = at > before ? at : before
    if (this.#state.next === 1) this.#begin(recv)
    return this.#put(recv, 'fire', symbol, FORM.json, line)
  }

  #begin(recv: bigint): void {
    const { connection, before } = this.#state
    if (before !== null) this.#replace(before, recv)
    const open: OpenEvent = {
      kind: 'open',
      exchange: FIRES_EXCHANGE,
      endpoint: '',
      adapter: FIRES_EXCHANGE,
      symbols: 0,
      ...(before === null ? {} : { replaces: before.connection }),
    }
    const ready: ReadyEvent = { kind: 'ready', symbols: 0, complete: true }
    this.#put(recv, 'open', '', FORM.event, JSON.stringify(open))
    this.#put(recv, 'ready', '', FORM.event, JSON.stringify(ready))
    this.#state = { ...this.#state, connection, before: null }
  }

  #replace({ connection, next }: NonNullable<FireFeedState['before']>, recv: bigint): void {
    const close: CloseEvent = {
      kind: 'close',
      cause: 'connector-stopped',
      fault: 'user',
      code: 0,
      reason: 'the program of the signal was changed',
      replacedBy: this.#state.connection,
    }
    const now = this.#state
    this.#state = { ...now, connection, next }
    this.#writer = this.#writerOf(connection)
    this.#put(recv, 'close', '', FORM.event, JSON.stringify(close))
    this.#state = now
    this.#writer = this.#writerOf(now.connection)
  }

  #put(recv: bigint, type: string, symbol: string, form: Form, text: string): number {
    const { environment, feed, publisher, live, known } = this.#o
    const { connection, next: number } = this.#state
    const writer = this.#writer
    const group = form === FORM.event ? 'connection' : 'fires'
    const [ref, name] = [writer.type(type, group), writer.symbol(symbol)]
    writer.add(recv, number, ref, name, form, -1, 0, Buffer.from(text))
    const block = writer.finish()
    this.#state = { ...this.#state, next: number + 1, recv: String(recv) }
    const id = blockId(connection, number)
    if (known.has(id)) return number
    live.publish(type, symbol, () => block)
    live.blockLeaves()
    const maker = { tooLarge: () => [] }
    publisher.publish(logSubject(environment, feed, 0), id, block, 0, maker)
    return number
  }

  #writerOf(connection: string): BlockWriter {
    const { environment, feed, simulated } = this.#o
    return new BlockWriter({ environment, feed, connection, shard: 0, simulated })
  }
}
