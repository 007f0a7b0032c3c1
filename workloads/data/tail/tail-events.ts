// Market events of feeds as they are captured, in the total order of history, from their streams (mode `log`). Each event's id is
// its receive time and its place among the rows of that time, so that a reader continues exactly behind it.

import type { NatsConnection } from 'nats'
import type { StreamFacts } from '#bus/stream.ts'
import { type LiveFeed, live } from '#events/live.ts'
import type { EventBatch } from '#market/columns.ts'
import { EVENT, type MarketEvent } from '#market/event.ts'
import { timeText } from '#market/time.ts'
import { EventLines } from './event-json.ts'
import { gapOf, NOT_HELD, type TailGap, tailGap } from './gap-json.ts'
import { knownStream } from './known-stream.ts'
import { type EventPosition, eventPositionText } from './position.ts'
import { eventText, type Tail } from './sse.ts'

export type TailEventsOptions = {
  readonly nc: NatsConnection
  readonly environment: string
  readonly feeds: readonly LiveFeed[]
  /** Names of market events. @default all */
  readonly events?: ReadonlySet<number> | undefined
  readonly types?: readonly string[] | undefined
  readonly symbols?: readonly string[] | undefined
  /** Behind which event to continue; null: what comes from now on. */
  readonly after: EventPosition | null
  readonly nowMs: () => number
  readonly signal: AbortSignal
}

/** A block is stored this long after its first record at most, by clocks that differ. */
const STORED_MS = 30_000
/** Bytes of blocks held of each feed. */
const HELD_BYTES = 8 * 1024 * 1024

/** Opens the reading. Rejects with SSMD_E_STREAM if a feed has no stream. */
export async function tailEvents(o: TailEventsOptions): Promise<Tail> {
  const gaps: TailGap[] = []
  for (const { name } of o.feeds) {
    const facts = await knownStream(o.nc, o.environment, name)
    const gap = o.after === null ? null : missedOf(name, facts, o.after)
    if (gap !== null) gaps.push(gap)
  }
  const rows = new EventRows(o.after, o.events, o.nowMs())
  return { position: () => eventPositionText(rows.at), texts: textsOf(o, gaps, rows) }
}

async function* textsOf(
  o: TailEventsOptions,
  gaps: readonly TailGap[],
  rows: EventRows
): AsyncGenerator<string, void> {
  yield gaps.map(gapText).join('')
  const batches = live({
    nc: o.nc,
    environment: o.environment,
    feeds: o.feeds,
    mode: 'log',
    start: o.after === null ? 'new' : new Date(o.after.ms - STORED_MS),
    types: o.types,
    symbols: o.symbols,
    maxBytes: HELD_BYTES,
    signal: o.signal,
  })
  try {
    for await (const batch of batches) yield rows.text(batch)
  } catch (thrown) {
    if (!o.signal.aborted) throw thrown
  }
}

const gapText = (gap: TailGap): string => eventText({ event: 'gap', data: JSON.stringify(gap) })

/** What a reader who was `after` misses of a stream, because NATS holds it no longer. Pure. */
export function missedOf(feed: string, facts: StreamFacts, after: EventPosition): TailGap | null {
  const { firstSequence, firstTime, lastTime, created } = facts
  const isWhole = firstSequence === 1 && Date.parse(created) <= after.ms
  if (isWhole) return null
  // Of an empty stream: when it was emptied at the earliest.
  const since = firstTime || lastTime || created
  if (Date.parse(since) <= after.ms) return null
  return tailGap(feed, NOT_HELD, timeText(after.ms, after.ns), since)
}

/** Turns batches into events with ids, without those that were delivered before. */
export class EventRows {
  /** Of the last row in order. */
  at: EventPosition
  /** Up to here all was delivered before. */
  readonly #until: EventPosition
  readonly #events: ReadonlySet<number> | undefined
  readonly #lines = new EventLines()
  /** Rows of the receive time of the last row, delivered before or now. */
  #ms = -1
  #ns = 0
  #rows = 0

  /** `nowMs` is where a reader is who continues behind nothing. */
  constructor(after: EventPosition | null, events: ReadonlySet<number> | undefined, nowMs: number) {
    this.at = after ?? { ms: nowMs, ns: 0, rows: 0 }
    this.#until = after ?? { ms: -1, ns: 0, rows: 0 }
    this.#events = events
  }

  text(batch: EventBatch): string {
    // Ids, and of gaps their text.
    const rows: { readonly id: string; readonly gap: string | null }[] = []
    batch.each((event) => {
      const isKnown = batch.ordered && this.#count(event)
      if (isKnown || !this.#isWanted(event)) return
      // One that came too late for its place has no id: a reader that continues gets it in its place.
      const id = batch.ordered ? eventPositionText(this.at) : ''
      const gap = event.kind === EVENT.gap ? JSON.stringify(gapOf(event)) : null
      if (gap === null) this.#lines.add(event)
      rows.push({ id, gap })
    })
    const lines = this.#lines.take()[Symbol.iterator]()
    let text = ''
    for (const { id, gap } of rows) {
      text += eventText({
        ...(id === '' ? {} : { id }),
        ...(gap === null ? {} : { event: 'gap' }),
        data: gap ?? String(lines.next().value),
      })
    }
    return text
  }

  #isWanted({ kind }: MarketEvent): boolean {
    return kind === EVENT.gap || this.#events === undefined || this.#events.has(kind)
  }

  /** True if the row was delivered before; moves the position to it otherwise. */
  #count({ recvMs, recvNs }: MarketEvent): boolean {
    if (recvMs !== this.#ms || recvNs !== this.#ns) {
      this.#ms = recvMs
      this.#ns = recvNs
      this.#rows = 0
    }
    this.#rows++
    const { ms, ns, rows } = this.#until
    const isBefore = recvMs !== ms ? recvMs < ms : recvNs !== ns ? recvNs < ns : this.#rows <= rows
    if (!isBefore) this.at = { ms: recvMs, ns: recvNs, rows: this.#rows }
    return isBefore
  }
}
