// Decides which numbers of a block are new, and what a jump of them means. An evicted connection is restored from the
// manifests of its days, so a record is never taken twice, however late its block arrives again.

import { dayOfNanos } from '../format/time.ts'
import { ConnectionState, type StreamLoss } from '../state/connection.ts'
import type { CommitRecord } from '../state/journal-record.ts'
import type { NumberSpan, Range } from '../state/number-ranges.ts'
import type { Additions } from './additions.ts'
import type { BlockView } from './block-view.ts'

export type DedupOptions = {
  /** The ranges of an evicted connection's numbers in a day; none if the day does not know it. */
  heldNumbers(id: string, day: string): readonly Range[]
  /** Makes a day known before something is written into it. */
  ensureDay(day: string): void
}

export type Claim = {
  readonly connection: ConnectionState
  /** Numbers of the block that are new, ascending. */
  readonly fresh: readonly NumberSpan[]
  readonly records: number
  /** True if the block comes behind a higher number of its connection. */
  readonly late: boolean
}

export class Dedup {
  readonly #options: DedupOptions
  readonly #known = new Map<string, ConnectionState>()
  #touched = new Set<ConnectionState>()
  #filled: CommitRecord['filled'][number][] = []
  /** Counts blocks that brought something new. */
  #serial = 0
  /** The last loss in the stream: jumps of connections that were not known then are owed to it, too. */
  loss: StreamLoss | null

  constructor(options: DedupOptions, known: Iterable<ConnectionState>, loss: StreamLoss | null) {
    this.#options = options
    this.loss = loss
    for (const connection of known) {
      this.#known.set(connection.id, ConnectionState.fromJSON(connection.toJSON()))
      this.#serial = Math.max(this.#serial, connection.firstOrder, connection.lastOrder)
    }
  }

  get touched(): Iterable<string> {
    return [...this.#touched].map((connection) => connection.id)
  }

  forget(ids: readonly string[]): void {
    for (const id of ids) this.#known.delete(id)
  }

  /** The stream lost blocks: the next jump of every connection is owed to that. */
  suspectAll(cause: StreamLoss): void {
    this.loss = cause
    for (const connection of this.#known.values()) {
      connection.suspect = cause
      this.#touched.add(connection)
    }
  }

  /** Claims the numbers of a block. */
  claim(block: BlockView, additions: Additions): Claim {
    const connection = this.#get(block)
    const before = connection.numbers.last
    const fresh = connection.numbers.claim(block.first, block.last, (number) =>
      block.recv(number - block.first)
    )
    let records = 0
    for (const { first, last } of fresh) records += last - first + 1
    if (records > 0) {
      connection.arrived(++this.#serial, block.last <= before)
      this.#touched.add(connection)
      if (connection.revived === null) judgeJump(connection, before, block.first)
      else this.#fillOldGaps(connection, before, block, fresh, additions)
    }
    return { connection, fresh, records, late: block.first <= before }
  }

  /** Hands over what changed since the last call. */
  cut(): Pick<CommitRecord, 'connections' | 'filled' | 'loss'> {
    const connections = [...this.#touched].map((connection) => connection.toJSON())
    const filled = this.#filled
    this.#touched = new Set()
    this.#filled = []
    return { connections, filled, loss: this.loss }
  }

  #get(block: BlockView): ConnectionState {
    const id = block.connection
    const known = this.#known.get(id)
    if (known !== undefined && known.revived === null) return known
    const connection = known ?? new ConnectionState(id, block.shard, block.simulated)
    for (const at of [block.recv(0), block.recv(block.length - 1)]) {
      this.#revive(connection, dayOfNanos(at))
    }
    if (known === undefined && connection.revived === null && block.first > 1) {
      connection.suspect = this.loss
    }
    this.#known.set(id, connection)
    return connection
  }

  /** Adds what a day says of the connection's numbers. */
  #revive(connection: ConnectionState, day: string): void {
    if (connection.revived?.has(day)) return
    const held = this.#options.heldNumbers(connection.id, day)
    if (held.length === 0 && connection.revived === null) return
    connection.revived ??= new Set()
    connection.revived.add(day)
    for (const { first, last, from, to } of held) {
      connection.numbers.claim(first, last, (number) => (number === first ? from : to))
    }
  }

  /** The gaps of a connection that came back stand in its days: they shrink, and a new one is written there. */
  #fillOldGaps(
    { id, shard }: ConnectionState,
    before: number,
    block: BlockView,
    fresh: readonly NumberSpan[],
    additions: Additions
  ): void {
    for (const { first, last } of fresh) {
      this.#filled.push({ connection: id, numbers: [first, last] })
    }
    if (block.first <= before + 1) return
    const at = block.recv(0)
    additions.gap(
      {
        cause: 'number-hole',
        fault: 'unknown',
        from: at,
        to: at,
        connection: id,
        shard,
        missing: block.first - before - 1,
        numbers: [before + 1, block.first - 1],
        detail: 'these numbers of the connection never arrived',
      },
      this.#options.ensureDay
    )
  }
}

/** After a loss in the stream the first jump of a connection's numbers is owed to it. */
function judgeJump(connection: ConnectionState, before: number, first: number): void {
  const { suspect } = connection
  if (suspect === null) return
  connection.suspect = null
  if (first > before + 1) {
    connection.lost(suspect, { first: before + 1, last: first - 1 })
  }
}
