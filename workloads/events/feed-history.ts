// The records of one feed of one archive, in order over groups and days, with the gaps that no line names in their places. The
// next record is known once `fill` has resolved; taking it is synchronous.

import { exchangeOf } from '#archive/read/exchange.ts'
import {
  type KeyedLine,
  type LineFilter,
  type Manifest,
  readManifest,
  readRuns,
} from '#archive/read/reader.ts'
import { SsmdError, toSsmdError } from '#crds/errors.ts'
import { normalizerOf } from '#exchanges/index.ts'
import type { EventBatch } from '#market/columns.ts'
import { FLAG } from '#market/event.ts'
import type { Normalizer } from '#market/normalizer.ts'
import { timeText } from '#market/time.ts'
import { feedsOfDay } from './day-feed.ts'
import { dayGaps, type PlacedGap, underway } from './day-gaps.ts'
import type { Time } from './gap-fold.ts'
import { LineReader } from './line.ts'
import { type EventFilter, eventFields, FeedStage } from './stage.ts'

export type FeedHistoryOptions = EventFilter & {
  readonly root: string
  /** Its name in the archive, and the name that it goes by. */
  readonly feed: string
  readonly label: string
  /** In order. */
  readonly days: readonly string[]
  /** RFC 3339, or the beginning of it: inclusive and exclusive. */
  readonly from?: string | undefined
  readonly to?: string | undefined
  readonly batch: EventBatch
}

const NONE: ReadonlyMap<string, string> = new Map()
/** The events of connections that gaps are made from: read with any choice of types. */
const TOLD = ['open', 'ready', 'close', 'gap', 'drop', 'proof']

export class FeedHistory {
  readonly label: string
  /** Receive time of the next record or gap; empty if it is not known yet. */
  head = ''
  ended = false
  readonly #o: FeedHistoryOptions
  readonly #line = new LineReader()
  #nextDay = 0
  #day = ''
  #runs: AsyncGenerator<readonly KeyedLine[]> | null = null
  #run: readonly KeyedLine[] = []
  #at = 0
  /** In order, before the lines with their keys. */
  #due: PlacedGap[] = []
  #stage: FeedStage | null = null
  #exchange = ''
  #shards: ReadonlyMap<string, number> = new Map()
  #began: ReadonlyMap<string, string> = NONE
  #carried: ReadonlyMap<string, string> = NONE

  /** Of a day with several Feeds: by which of them the frames of a connection are read. */
  readonly #byConnection = new Map<string, Normalizer>()

  constructor(options: FeedHistoryOptions) {
    this.#o = options
    this.label = options.label
  }

  /** Reads until the next record is known, or all were read. */
  async fill(): Promise<void> {
    while (this.head === '' && !this.ended) {
      if (this.#runs === null) {
        // What stands behind the last line of a day, and what a day without lines has.
        if (this.#showHead()) return
        const day = this.#o.days[this.#nextDay]
        if (day === undefined) this.ended = true
        else await this.#openDay(day)
        continue
      }
      const { done, value } = await this.#runs.next()
      if (done) this.#runs = null
      else {
        this.#run = value
        this.#at = 0
        this.#showHead()
      }
    }
  }

  /** Appends the next record or gap to the batch. */
  take(): void {
    const line = this.#run[this.#at]
    const gap = this.#due[0]
    if (gap !== undefined && (line === undefined || isBefore(gap, line))) {
      this.#due.shift()
      this.#tellGap(gap)
    } else {
      this.#at++
      this.#takeLine(line!)
    }
    this.#showHead()
  }

  async close(): Promise<void> {
    await this.#runs?.return(undefined)
  }

  /** False if it is not known. */
  #showHead(): boolean {
    const line = this.#run[this.#at]
    const gap = this.#due[0]
    // While lines may come, they decide whether a gap is next.
    if (line === undefined) this.head = this.#runs === null && gap !== undefined ? gap.recv : ''
    else this.head = gap !== undefined && gap.recv < line.recv ? gap.recv : line.recv
    return this.head !== ''
  }

  #takeLine(line: KeyedLine): void {
    const stage = this.#stage!
    const read = this.#line
    if (!read.read(line)) {
      throw new SsmdError(
        'SSMD_E_ARCHIVE_INVALID',
        `${this.#o.feed}/${this.#day}: ${line.connection} ${line.number} is no line of format 1 or 2`,
        { hint: 'see `ssmd data verify`' }
      )
    }
    const shard = this.#shards.get(line.connection) ?? 0
    const { ms, ns, payload } = read
    if (read.isEvent) {
      stage.gaps.event(line.connection, shard, line.number, ms, ns, eventFields(payload))
      return
    }
    const normalizer = this.#byConnection.get(line.connection)
    if (normalizer !== undefined) stage.use(normalizer)
    stage.gaps.frame(line.connection, shard, line.number, ms, ns)
    stage.frame(ms, ns, read.type, read.symbol, payload)
  }

  #tellGap({ recv, reason, from, to, shard, connection }: PlacedGap): void {
    const { gaps } = this.#stage!
    const at = this.#timeOf(recv)
    if (shard !== null && connection === '') gaps.lasts(shard, reason, this.#timeOf(from), at)
    else {
      const until = to === null ? null : this.#timeOf(to)
      gaps.tell(reason, this.#timeOf(from), until, at, FLAG.first | (to === null ? 0 : FLAG.last))
    }
  }

  async #openDay(day: string): Promise<void> {
    const { root, feed, from, to, symbols, types } = this.#o
    const before = this.#day
    this.#nextDay++
    this.#day = day
    this.#run = []
    this.#at = 0
    let manifest: Manifest
    try {
      manifest = await readManifest(root, feed, day)
    } catch (thrown) {
      const damage = toSsmdError(thrown)
      // Without anything of the feed there is no normaliser to tell it by.
      if (damage.code === 'SSMD_E_NOT_FOUND' || this.#stage === null) throw damage
      this.#damaged(damage, { from: `${day}${MIDNIGHT}`, to: endOf(day) })
      return
    }
    await this.#prepare(manifest)
    const midnight = `${day}${MIDNIGHT}`
    const isFirst = before === '' || endOf(before) !== midnight
    const start = from !== undefined && from > midnight ? padded(from) : midnight
    const end = endOf(day)
    const { placed, began, carried } = dayGaps(manifest, {
      start: isFirst ? start : null,
      end: end.startsWith(this.#o.days[this.#nextDay] ?? '-') ? end : null,
      carried: isFirst ? NONE : this.#carried,
    })
    this.#carried = carried
    if (isFirst) {
      for (const { id, shard } of underway(manifest.connections, start)) {
        this.#stage!.gaps.underway(id, shard)
      }
    }
    this.#began = began
    this.#shards = new Map(manifest.connections.map(({ id, shard }) => [id, shard]))
    this.#due = placed.filter(
      ({ recv }) => (from === undefined || recv >= from) && (to === undefined || recv < to)
    )
    const filter: LineFilter = {
      from,
      to,
      ...(types === undefined ? {} : { types: [...types, ...TOLD] }),
      // Frames of several symbols have none in their line.
      ...(symbols === undefined ? {} : { symbols: [...symbols, ''] }),
      onDamage: (error, span) => this.#damaged(error, span),
    }
    this.#runs = readRuns(root, feed, day, filter)
  }

  #damaged(error: SsmdError, { from, to }: { readonly from: string; readonly to: string }): void {
    const gap: PlacedGap = {
      recv: from,
      connection: '',
      number: 0,
      reason: `damaged: ${error.message}`,
      from,
      to,
      shard: null,
    }
    const at = this.#due.findIndex((other) => other.recv > from)
    this.#due.splice(at < 0 ? this.#due.length : at, 0, gap)
  }

  /** A stage for the exchange of the day: as a rule the same as before. */
  async #prepare(manifest: Manifest): Promise<void> {
    const { root, feed, label, batch } = this.#o
    const { day } = manifest
    const exchange = (await exchangeOf(root, manifest)) ?? this.#exchange
    if (exchange === '') {
      throw new SsmdError(
        'SSMD_E_ARCHIVE_INVALID',
        `${root}: neither the manifest nor a line of ${feed}/${day} names its exchange`,
        { hint: 'its frames cannot be read as market events; ssmd data sample shows them' }
      )
    }
    const feeds = await feedsOfDay(root, manifest)
    this.#byConnection.clear()
    if (this.#stage !== null && exchange === this.#exchange && feeds.size === 0) return
    const where = `${root}: ${feed}/${day}`
    const normalizers = new Map<string, Normalizer>()
    for (const [name, resource] of feeds) {
      normalizers.set(name, await knownNormalizer(exchange, resource, where))
    }
    for (const { id, feed: name } of manifest.connections) {
      const own = name === undefined ? undefined : normalizers.get(name)
      if (own !== undefined && feeds.size > 1) this.#byConnection.set(id, own)
    }
    const [first] = normalizers.values()
    const normalizer = first ?? (await knownNormalizer(exchange, null, where))
    this.#exchange = exchange
    this.#stage = new FeedStage(label, batch, normalizer, this.#o, {
      began: (connection, at) => this.#beganAt(connection, at),
      countsNumbers: false,
    })
  }

  #beganAt(connection: string, at: Time | null): Time | undefined {
    const key = at === null ? connection : `${connection} ${timeText(at.ms, at.ns)}`
    const from = this.#began.get(key)
    return from === undefined ? undefined : this.#timeOf(from)
  }

  #timeOf(text: string): Time {
    const { ms, ns } = this.#line
    this.#line.time(text)
    const time = { ms: this.#line.ms, ns: this.#line.ns }
    this.#line.ms = ms
    this.#line.ns = ns
    return time
  }
}

/** Rejects with SSMD_E_RESOURCE_INVALID if there is none. */
export async function knownNormalizer(
  exchange: string,
  feed: unknown,
  what: string
): Promise<Normalizer> {
  const normalizer = await normalizerOf(exchange, feed)
  if (normalizer !== null) return normalizer
  throw new SsmdError(
    'SSMD_E_RESOURCE_INVALID',
    `${what}: frames of exchange ${exchange} cannot be read as market events`,
    { hint: 'this version of ssmd has no normalize.ts for it; ssmd data sample shows the frames' }
  )
}

/** A gap stands before the record that it names, and before all others of its time if it names none. */
function isBefore(gap: PlacedGap, line: KeyedLine): boolean {
  if (gap.recv !== line.recv) return gap.recv < line.recv
  if (gap.connection !== line.connection) return gap.connection < line.connection
  return gap.number <= line.number
}

const DAY_MS = 86_400_000

/** The midnight that ends a day. */
const endOf = (day: string): string =>
  `${new Date(Date.parse(`${day}T00:00:00Z`) + DAY_MS).toISOString().slice(0, 10)}${MIDNIGHT}`

const MIDNIGHT = 'T00:00:00.000000000Z'

/** The first time that begins with a text such as `2026-11-24T15:30`. */
const padded = (text: string): string =>
  text.length >= 30
    ? text
    : `${text.replace(/Z$/, '')}${'0000-01-01T00:00:00.000000000Z'.slice(text.replace(/Z$/, '').length)}`
