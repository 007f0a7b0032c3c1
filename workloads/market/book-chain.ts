// For exchanges whose changes of a book form a chain, and whose snapshots are fetched beside the stream: a change stands
// for the updates from `id` to `sequence` (Binance: U and u), a snapshot for all up to its `sequence`. Changes are kept until
// a snapshot fits, those that it holds already are left out, and a hole in the chain makes the book suspect.

import { wholeNumber } from './bytes.ts'
import { EventBatch } from './columns.ts'
import { EVENT, FLAG, MarketEvent } from './event.ts'
import type { Keeper } from './keep.ts'

/** Rows kept while there is no snapshot: minutes of a busy book. Then they are forgotten, and a newer snapshot is needed. */
const LIMIT = 1 << 17

export type ChainTarget = {
  /** Takes the event into the book. */
  readonly apply: (event: MarketEvent) => void
  /** Updates are missing. */
  readonly suspect: () => void
}

export class BookChain {
  readonly #target: ChainTarget
  readonly #limit: number
  /** A snapshot and all updates since are in the book. */
  #isWhole = false
  /** The last update in the book. */
  #last = -1
  /** Changes that wait for a snapshot, without a hole between them: from #keptFirst to #keptLast, -1 if there are none. */
  readonly #kept = new EventBatch()
  #keptFirst = -1
  #keptLast = -1
  /** The snapshot that is being read does not fit. */
  #isSkipped = false

  /** `limit`: rows kept while there is no snapshot. */
  constructor(target: ChainTarget, limit = LIMIT) {
    this.#target = target
    this.#limit = limit
  }

  take(event: MarketEvent): void {
    if (event.kind === EVENT.bookChange) this.#change(event)
    else if (event.kind === EVENT.bookSnapshot) this.#restore(event)
    else {
      // Numbers may even begin again behind it.
      if (event.kind === EVENT.gap) this.#break()
      this.#target.apply(event)
    }
  }

  #change(event: MarketEvent): void {
    const first = wholeNumber(event.bytes, event.idStart, event.idEnd)
    const last = wholeNumber(event.bytes, event.sequenceStart, event.sequenceEnd)
    const isEnd = (event.flags & FLAG.last) !== 0
    if (this.#isWhole) {
      // Two connections may have brought it, or the snapshot.
      if (last <= this.#last) return
      if (first <= this.#last + 1) {
        this.#target.apply(event)
        if (isEnd) this.#last = last
        return
      }
      this.#break()
      this.#target.suspect()
    }
    if (last <= this.#keptLast) return
    if (this.#keptLast >= 0 && first > this.#keptLast + 1) this.#forget()
    if (this.#kept.length === 0) this.#keptFirst = first
    this.#kept.append(event)
    if (!isEnd) return
    this.#keptLast = last
    if (this.#kept.length > this.#limit) this.#kept.clear()
  }

  #restore(event: MarketEvent): void {
    const last = wholeNumber(event.bytes, event.sequenceStart, event.sequenceEnd)
    if ((event.flags & FLAG.first) !== 0) {
      const isTooOld = this.#kept.length > 0 ? this.#keptFirst > last + 1 : this.#keptLast > last
      this.#isSkipped = this.#isWhole || isTooOld
    }
    if (this.#isSkipped) return
    this.#target.apply(event)
    if ((event.flags & FLAG.last) === 0) return
    this.#isWhole = true
    this.#last = last
    this.#kept.each((row) => this.#change(row))
    this.#forget()
  }

  keep(keeper: Keeper): void {
    this.#isWhole = keeper.flag(this.#isWhole)
    this.#last = keeper.number(this.#last)
    this.#keptFirst = keeper.number(this.#keptFirst)
    this.#keptLast = keeper.number(this.#keptLast)
    this.#isSkipped = keeper.flag(this.#isSkipped)
    const kept = this.#kept
    const rows = keeper.number(kept.length)
    const event = new MarketEvent()
    // What is restored is appended to those that exist.
    for (let i = 0; i < rows; i++) {
      const isThere = i < kept.length
      if (isThere) kept.read(i, event)
      keepEvent(keeper, event)
      if (!isThere) kept.append(event)
    }
  }

  #break(): void {
    this.#isWhole = false
    this.#forget()
  }

  #forget(): void {
    this.#kept.clear()
    this.#keptFirst = -1
    this.#keptLast = -1
  }
}

const CHANGE_NUMBERS = [
  ...(['kind', 'recvMs', 'recvNs', 'timeMs', 'timeNs', 'side', 'flags'] as const),
  ...(['price', 'priceScale', 'size', 'sizeScale', 'number', 'row'] as const),
  ...(['sequenceStart', 'sequenceEnd', 'idStart', 'idEnd'] as const),
] as const

/** A change of a book. */
function keepEvent(keeper: Keeper, event: MarketEvent): void {
  const start = Math.min(event.sequenceStart, event.idStart)
  const bytes = event.bytes.slice(start, Math.max(event.sequenceEnd, event.idEnd))
  event.bytes = keeper.bytes(bytes)
  for (const field of ['sequenceStart', 'sequenceEnd', 'idStart', 'idEnd'] as const) {
    event[field] -= start
  }
  for (const field of CHANGE_NUMBERS) event[field] = keeper.number(event[field])
  event.feed = keeper.text(event.feed)
  event.symbol = keeper.text(event.symbol)
  event.type = keeper.text(event.type)
  event.connection = keeper.text(event.connection)
}
