// Raw records of feeds as they are captured, from their streams: each feed in the order of its stream, several as their blocks come.
// Gaps are told where they become known, and so is what NATS no longer holds.

import type { NatsConnection } from 'nats'
import type { StreamFacts } from '#bus/stream.ts'
import { type TailBlock, tailStream } from '#bus/tail.ts'
import { SsmdError } from '#crds/errors.ts'
import { GapFold } from '#events/gap-fold.ts'
import { eventFields } from '#events/stage.ts'
import { MarketEvent } from '#market/event.ts'
import { Block } from '#wire/block.ts'
import { FORM } from '#wire/form.ts'
import { asTheyCome } from './as-they-come.ts'
import { gapOf, NOT_HELD, STREAM_RESTARTED, type TailGap, tailGap } from './gap-json.ts'
import { knownStream } from './known-stream.ts'
import { type RecordPosition, recordPositionText } from './position.ts'
import { RecordJson } from './record-json.ts'
import { eventText, type Tail } from './sse.ts'

export type RecordFilter = {
  /** The exchange's message types. @default all */
  readonly types?: ReadonlySet<string> | undefined
  /** The exchange's names of instruments. @default all */
  readonly symbols?: ReadonlySet<string> | undefined
}

export type TailRecordsOptions = {
  readonly nc: NatsConnection
  readonly environment: string
  readonly feeds: readonly string[]
  readonly filter: RecordFilter
  /** Behind which records to continue, by feed; a feed that is not named begins with what comes. */
  readonly after: ReadonlyMap<string, RecordPosition>
  /** Ends the reading. */
  readonly signal: AbortSignal
}

/** Requested of each stream at a time: more than the largest block. */
const REQUEST_BYTES = 2 * 1024 * 1024

/**
 * Opens the streams, and reads them until the signal. Rejects with SSMD_E_STREAM if a feed has no stream; the events end with it
 * if a stream was replaced meanwhile.
 */
export async function tailRecords(o: TailRecordsOptions): Promise<Tail> {
  const stop = new AbortController()
  const signal = AbortSignal.any([o.signal, stop.signal])
  const positions = new Map<string, RecordPosition>()
  const opened: OpenFeed[] = []
  try {
    for (const feed of o.feeds) opened.push(await openFeed(o, feed, signal))
  } catch (thrown) {
    stop.abort()
    throw thrown
  }
  for (const { feed, at } of opened) positions.set(feed, at)
  const position = (): string => recordPositionText(positions)
  return { position, texts: textsOf(o, opened, positions, stop) }
}

async function* textsOf(
  o: TailRecordsOptions,
  opened: readonly OpenFeed[],
  positions: Map<string, RecordPosition>,
  stop: AbortController
): AsyncGenerator<string, void> {
  const readers = opened.map(({ feed, at }) => new FeedRecords(feed, o.filter, positions, at))
  yield opened.map(({ gap }) => (gap === null ? '' : gapText(gap))).join('')
  const blocks = asTheyCome(
    opened.map((feed) => feed.blocks),
    () => stop.abort()
  )
  for await (const { source, value } of blocks) yield readers[source]!.block(value)
  if (o.signal.aborted) return
  throw new SsmdError('SSMD_E_NATS', 'the reading of the streams has ended', {
    hint: 'connect again with the last event id',
  })
}

const gapText = (gap: TailGap): string => eventText({ event: 'gap', data: JSON.stringify(gap) })

type OpenFeed = {
  readonly feed: string
  /** What its reader misses. */
  readonly gap: TailGap | null
  readonly blocks: AsyncIterable<TailBlock>
  readonly at: RecordPosition
}

/** Opens the stream of a feed where its reader was, or at its end. */
async function openFeed(
  o: TailRecordsOptions,
  feed: string,
  signal: AbortSignal
): Promise<OpenFeed> {
  const facts = await knownStream(o.nc, o.environment, feed)
  const { from, gap } = beginOf(feed, facts, o.after.get(feed))
  const { sequence, blocks } = await tailStream(o.nc, {
    stream: facts.name,
    from,
    maxBytes: REQUEST_BYTES,
    signal,
  })
  const created = Date.parse(facts.created)
  const before = o.after.get(feed)
  const at = before !== undefined && gap === null ? before : { created, sequence, index: WHOLE }
  return { feed, gap, blocks, at }
}

/** All of a block. */
const WHOLE = 999_999_999

/** Where to begin in a stream as it is now, and what a reader who was `after` misses. Pure. */
export function beginOf(
  feed: string,
  facts: StreamFacts,
  after: RecordPosition | undefined
): { from: 'new' | number; gap: TailGap | null } {
  if (after === undefined) return { from: 'new', gap: null }
  if (after.created !== Date.parse(facts.created))
    return {
      from: facts.firstSequence,
      gap: tailGap(feed, STREAM_RESTARTED, '', facts.firstTime || facts.created),
    }
  if (after.sequence > facts.lastSequence)
    return { from: 'new', gap: tailGap(feed, STREAM_RESTARTED, '', facts.lastTime) }
  // The block that was read in part may be gone: what it held behind its record is missing then.
  const want = after.index === WHOLE ? after.sequence + 1 : after.sequence
  if (want < facts.firstSequence)
    return { from: facts.firstSequence, gap: tailGap(feed, NOT_HELD, '', facts.firstTime) }
  return { from: want, gap: null }
}

/** Turns the blocks of one feed into events. */
class FeedRecords {
  readonly #feed: string
  readonly #filter: RecordFilter
  readonly #positions: Map<string, RecordPosition>
  readonly #fold: GapFold
  #created: number
  #gaps: TailGap[] = []
  /** Delivered before: of the first block that comes again. */
  #before: RecordPosition
  #last: number

  constructor(
    feed: string,
    filter: RecordFilter,
    positions: Map<string, RecordPosition>,
    at: RecordPosition
  ) {
    this.#feed = feed
    this.#filter = filter
    this.#positions = positions
    this.#created = at.created
    this.#before = at
    this.#last = at.index === WHOLE ? at.sequence : at.sequence - 1
    const row = new MarketEvent()
    row.feed = feed
    this.#fold = new GapFold({ countsNumbers: true }, row, (gap) => this.#gaps.push(gapOf(gap)))
  }

  block({ sequence, data }: TailBlock): string {
    let text = ''
    if (sequence > this.#last + 1) {
      text += gapText(tailGap(this.#feed, NOT_HELD, '', ''))
    }
    this.#last = sequence
    const block = readBlock(data)
    const seen = sequence === this.#before.sequence ? this.#before.index : -1
    if (block === null) {
      this.#to(sequence, WHOLE)
      return text
    }
    const json = new RecordJson(this.#feed, block)
    for (let i = 0; i < block.length; i++) {
      const isEvent = block.form(i) === FORM.event
      this.#gaps = []
      this.#fill(block, i, isEvent)
      if (i <= seen) continue
      for (const gap of this.#gaps) text += gapText(gap)
      if (!isEvent && !this.#isWanted(block, i)) continue
      this.#to(sequence, i === block.length - 1 ? WHOLE : i)
      text += eventText({
        id: recordPositionText(this.#positions),
        ...(isEvent ? { event: 'connection' } : {}),
        data: json.text(i),
      })
    }
    this.#to(sequence, WHOLE)
    return text
  }

  #fill(block: Block, i: number, isEvent: boolean): void {
    const { connection, shard } = block
    const number = block.number(i)
    const [ms, ns] = [block.recvMs(i), block.recvNs(i)]
    if (isEvent) this.#fold.event(connection, shard, number, ms, ns, eventFields(block.payload(i)))
    else this.#fold.frame(connection, shard, number, ms, ns)
  }

  #isWanted(block: Block, i: number): boolean {
    const { types, symbols } = this.#filter
    if (types !== undefined && !types.has(block.type(i))) return false
    return symbols === undefined || symbols.has(block.symbol(i))
  }

  #to(sequence: number, index: number): void {
    this.#positions.set(this.#feed, { created: this.#created, sequence, index })
  }
}

/** Null if it is none: its numbers are then a hole, as in the archive. */
function readBlock(data: Uint8Array): Block | null {
  try {
    return Block.read(data)
  } catch (thrown) {
    if (thrown instanceof SsmdError && thrown.code === 'SSMD_E_BLOCK') return null
    throw thrown
  }
}
