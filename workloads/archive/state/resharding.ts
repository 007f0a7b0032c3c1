// Where the symbols of a connection went when the number of shards changed. A connection that is over is followed in its
// slot as long as the number stays; with another number its slot may be gone, and some or all of its symbols belong to
// other connectors. Then capture has continued once each of these has said that all its connections are ready. No event
// has to announce it: what the new connectors say is enough, so that a crash in the middle leaves the gap open.

import { heirsOf, SLOTS_PER_SHARD, shardOfSlot } from '#wire/shards.ts'
import type { ConnectionState } from './connection.ts'

/** When capture continued; `order` is that of the block that said so, or SEAMLESS. */
export type Resumption = { readonly at: bigint; readonly order: number }

/** Instead of an order: capture never paused. */
export const SEAMLESS = -1

export const numberOfShards = ({ shards }: ConnectionState): number => shards ?? 1

export class Resharding {
  /** By number of shards: the order of the last connection that was opened with it. */
  readonly #newest = new Map<number, number>()
  /** By number of shards and shard: connections that were the last of their connector to be ready. */
  readonly #complete = new Map<string, ConnectionState[]>()
  /** By shard: the connections that opened it again. */
  readonly #opened = new Map<number, ConnectionState[]>()
  readonly #endOf: (connection: ConnectionState) => bigint

  constructor(
    connections: Iterable<ConnectionState>,
    endOf: (connection: ConnectionState) => bigint
  ) {
    this.#endOf = endOf
    for (const connection of connections) {
      const of = numberOfShards(connection)
      this.#newest.set(of, Math.max(this.#newest.get(of) ?? 0, connection.firstOrder))
      const shard = shardOfSlot(connection.shard)
      listOf(this.#opened, shard).push(connection)
      if (connection.readyAt !== null && (connection.isComplete || isOld(connection)))
        listOf(this.#complete, `${of}/${shard}`).push(connection)
    }
    for (const list of this.#complete.values()) list.sort((a, b) => a.readyOrder - b.readyOrder)
  }

  /** Other numbers of shards that came after a connection. */
  numbersAfter(ended: ConnectionState): number[] {
    const before = numberOfShards(ended)
    return [...this.#newest].flatMap(([of, order]) =>
      of !== before && order > ended.firstOrder ? [of] : []
    )
  }

  /** The shards that have the symbols of `ended` with that number of shards. */
  heirs(ended: ConnectionState, now: number): readonly number[] {
    return heirsOf({ index: shardOfSlot(ended.shard), of: numberOfShards(ended) }, now)
  }

  /** When all these shards captured what `ended` had; null if one has not yet. */
  resumed(ended: ConnectionState, shards: readonly number[], of: number): Resumption | null {
    let last: Resumption = { at: this.#endOf(ended), order: SEAMLESS }
    for (const shard of shards) {
      const one = this.#resumedIn(ended, shard, of)
      if (one === null) return null
      if (one.order > last.order) last = one
    }
    return last
  }

  /** When its connector, restarted with the same number of shards, had all its symbols, wherever they are now. */
  restarted(ended: ConnectionState): Resumption | null {
    const list = this.#complete.get(`${numberOfShards(ended)}/${shardOfSlot(ended.shard)}`) ?? []
    const next = list.find((one) => one.isComplete && one.readyOrder > ended.lastOrder)
    return next === undefined ? null : { at: next.readyAt!, order: next.readyOrder }
  }

  /** Where symbols of `ended` went, for people. */
  describe(ended: ConnectionState, shards: readonly number[], now: number): string {
    const before = numberOfShards(ended)
    const from = `shard ${shardOfSlot(ended.shard)} of ${before}`
    const to = `shard${shards.length === 1 ? '' : 's'} ${shards.join(', ')} of ${now}`
    if (now < before)
      return `all ${ended.symbols || ''} symbols of the connection, of ${from}, went to ${to}`.replace(
        '  ',
        ' '
      )
    const slots = new Map<number, number>()
    for (const shard of shards) {
      for (const one of this.#opened.get(shard) ?? []) {
        if (numberOfShards(one) !== now || one.readyAt === null) continue
        if (!slots.has(one.shard)) slots.set(one.shard, one.symbols)
      }
    }
    const sum = [...slots.values()].reduce((total, symbols) => total + symbols, 0)
    const has = shards.length === 1 ? 'has' : 'have'
    return `symbols of ${from} went to ${to}${sum === 0 ? '' : `, which ${has} ${sum}`}`
  }

  #resumedIn(ended: ConnectionState, shard: number, of: number): Resumption | null {
    const list = this.#complete.get(`${of}/${shard}`) ?? []
    const end = this.#endOf(ended)
    let standing: ConnectionState | undefined
    for (const one of list) {
      // As everywhere: only if the stream and the times agree was it there before.
      if (one.readyOrder <= ended.lastOrder && one.readyAt! <= end) standing = one
      else
        return (
          this.#stands(standing, ended, shard, of) ?? { at: one.readyAt!, order: one.readyOrder }
        )
    }
    return this.#stands(standing, ended, shard, of)
  }

  /** It captured when `ended` ended, if no connector with another number had taken its place. What it lost itself is its own gap. */
  #stands(
    standing: ConnectionState | undefined,
    ended: ConnectionState,
    shard: number,
    of: number
  ): Resumption | null {
    if (standing === undefined) return null
    const isReplaced = (this.#opened.get(shard) ?? []).some(
      (other) =>
        numberOfShards(other) !== of &&
        other.firstOrder > standing.firstOrder &&
        other.firstOrder <= ended.lastOrder
    )
    return isReplaced ? null : { at: this.#endOf(ended), order: SEAMLESS }
  }
}

/** Of a connector that knew no shards and did not say when it was complete: its first connection has to do. */
const isOld = ({ shards, shard }: ConnectionState): boolean =>
  shards === null && shard % SLOTS_PER_SHARD === 0

function listOf<K>(lists: Map<K, ConnectionState[]>, key: K): ConnectionState[] {
  const known = lists.get(key)
  if (known !== undefined) return known
  const list: ConnectionState[] = []
  lists.set(key, list)
  return list
}
