// The last step of live: a record of a feed becomes rows of a batch: its market events, or the gaps that it names. What comes out is
// a function of the records and their order; history makes the same rows from tables.

import type { EventBatch } from '#market/columns.ts'
import { EVENT_NAMES, type EventName, MarketEvent } from '#market/event.ts'
import type { Normalizer } from '#market/normalizer.ts'
import { GapFold, type GapFoldOptions } from './gap-fold.ts'

/** Which events to take. Gaps are always taken, so that no reader overlooks one. */
export type EventFilter = {
  /** The exchange's names of instruments. @default all */
  readonly symbols?: readonly string[] | undefined
  /** The exchange's message types. @default all */
  readonly types?: readonly string[] | undefined
}

/** What live can leave out beside that. */
export type LiveFilter = EventFilter & {
  /** Kinds of market events. @default all */
  readonly events?: readonly EventName[] | undefined
  /** True for instruments to take. @default all */
  readonly isWanted?: ((symbol: string) => boolean) | undefined
}

/** What is known of a frame beside its bytes; reused for the next one. */
type Header = {
  recvMs: number
  recvNs: number
  readonly feed: string
  type: string
  symbol: string
}

export class FeedStage {
  readonly feed: string
  readonly gaps: GapFold
  readonly #batch: EventBatch
  #normalizer: Normalizer
  readonly #types: ReadonlySet<string> | null
  readonly #header: Header
  readonly #take: (event: MarketEvent) => void
  /** Of the record whose frame is read. */
  #connection = ''
  #number = 0
  #row = 0

  /** Rows are appended to `batch`; `feed` is the name that they carry. */
  constructor(
    feed: string,
    batch: EventBatch,
    normalizer: Normalizer,
    { symbols, types, events, isWanted }: LiveFilter,
    gaps: GapFoldOptions
  ) {
    this.feed = feed
    this.#batch = batch
    this.#normalizer = normalizer
    const named = symbols === undefined ? null : new Set(symbols)
    const isTaken = (symbol: string): boolean =>
      (named === null || named.has(symbol)) && (isWanted === undefined || isWanted(symbol))
    this.#types = types === undefined ? null : new Set(types)
    this.#header = { recvMs: 0, recvNs: 0, feed, type: '', symbol: '' }
    const kinds = EVENT_NAMES.map((name) => events?.includes(name) ?? true)
    this.#take = (event) => {
      const row = this.#row++
      if (!kinds[event.kind] || !isTaken(event.symbol)) return
      event.connection = this.#connection
      event.number = this.#number
      event.row = row
      batch.append(event)
    }
    const row = new MarketEvent()
    row.feed = feed
    this.gaps = new GapFold(gaps, row, (gap) => {
      if (gap.symbol === '' || isTaken(gap.symbol)) batch.append(gap)
    })
  }

  get batch(): EventBatch {
    return this.#batch
  }

  /** From here on frames are read by this one. */
  use(normalizer: Normalizer): void {
    this.#normalizer = normalizer
  }

  /** Appends the events of a record's frame. */
  frame(
    connection: string,
    number: number,
    ms: number,
    ns: number,
    type: string,
    symbol: string,
    payload: Uint8Array
  ): void {
    if (this.#types !== null && !this.#types.has(type)) return
    this.#connection = connection
    this.#number = number
    this.#row = 0
    const header = this.#header
    header.recvMs = ms
    header.recvNs = ns
    header.type = type
    header.symbol = symbol
    this.#normalizer.normalize(payload, header, this.#take)
  }
}

/** The event of an event record; undefined if it is no JSON object. */
export function eventFields(payload: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  try {
    const event: unknown = JSON.parse(Buffer.from(payload).toString('utf8'))
    if (typeof event !== 'object' || event === null || Array.isArray(event)) return undefined
    return event as Record<string, unknown>
  } catch {
    // The connector's fault; the archive keeps the bytes.
    return undefined
  }
}
