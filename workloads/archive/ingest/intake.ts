// Takes in blocks: drops duplicates, builds lines, and collects what the next commit writes. Every decision follows from the
// blocks and their order, never from the clock or from the moment of a commit.

import { createHash } from 'node:crypto'
import { SsmdError } from '#crds/errors.ts'
import { NANOS_PER_SECOND } from '#crds/rfc3339.ts'
import { FORM } from '#wire/form.ts'
import { LineHead } from '../format/line.ts'
import { isConnectionId, isGroupName } from '../format/names.ts'
import { dayOfSecond, minNanos, SECONDS_PER_DAY } from '../format/time.ts'
import type { ConnectionState, StreamLoss } from '../state/connection.ts'
import { applyConnectionEvent, lateFacts, parseConnectionEvent } from '../state/connection-event.ts'
import type { FeedState, InPlay } from '../state/feed-state.ts'
import type { CommitRecord } from '../state/journal-record.ts'
import { type Account, Additions } from './additions.ts'
import type { BlockView } from './block-view.ts'
import { type Claim, Dedup, type DedupOptions } from './dedup.ts'
import { LineParts, type PartsOfBlock } from './line-parts.ts'
import {
  type CutMember,
  SegmentBuilder,
  type SegmentBuilderOptions,
  type SymbolsOfSegments,
  type Target,
} from './segment-builder.ts'
import { SETTLE_SECONDS } from './segment-plan.ts'

/** What a gap may cost until it is committed, on the safe side: a storm of them makes commits come sooner. */
const GAP_BYTES = 2048

/** What a commit has to write, cut off from what comes in meanwhile. */
export type Cut = Omit<CommitRecord, 'kind' | 'bookmark' | 'newest' | 'days' | 'members'> & {
  readonly members: readonly CutMember[]
  readonly newest: bigint | null
}

export type IntakeOptions = DedupOptions &
  SegmentBuilderOptions & {
    readonly feed: string
    readonly environment: string
    /** Message types to keep; all if undefined. */
    readonly types: ReadonlySet<string> | undefined
    /** A resource as the text of a file. */
    readonly resourceText: (resource: object) => string
  }

export class Intake {
  readonly #options: IntakeOptions
  readonly #dedup: Dedup
  readonly #segments: SegmentBuilder
  /** Feeds whose texts are committed. */
  readonly #feeds: ReadonlyMap<string, unknown>
  readonly #heads = new Map<string, LineHead>()
  readonly #parts = new LineParts()
  #additions = new Additions()
  #changed = false
  #newest: bigint | null
  #settled: number
  readonly counts = { records: 0, duplicates: 0, late: 0, skipped: 0 }

  /** Continues from what was committed before. */
  constructor(options: IntakeOptions, state: FeedState, symbols: SymbolsOfSegments) {
    this.#options = options
    this.#newest = state.newest
    this.#settled = state.settled
    this.#feeds = state.feeds
    this.#dedup = new Dedup(options, state.connections.values(), state.loss)
    this.#segments = new SegmentBuilder(options, state, symbols)
  }

  forget(connections: readonly string[]): void {
    this.#dedup.forget(connections)
    for (const id of connections) this.#heads.delete(id)
  }

  get bufferedBytes(): number {
    return this.#segments.bufferedBytes + this.#additions.entries * GAP_BYTES
  }

  /** True if a commit would have something to say. */
  get hasChanges(): boolean {
    return this.#changed || this.#segments.hasChanges
  }

  /** Days and connections that the next commit will speak of. */
  get inPlay(): InPlay {
    return {
      days: new Set([...this.#additions.days, ...this.#segments.days]),
      connections: new Set(this.#dedup.touched),
      feeds: new Set(this.#additions.feeds),
    }
  }

  /** From now on jumps of numbers are owed to a loss in the stream; names it as a gap of its own, too. */
  streamLost(cause: StreamLoss, detail: string, at: bigint): void {
    this.#dedup.suspectAll(cause)
    const fault = cause === 'stream-aged' ? 'ours' : 'user'
    this.#gap({ cause, fault, from: minNanos(this.#newest ?? at, at), to: at, detail })
  }

  /** A block that cannot be read: its numbers show as a hole, and the day says why. */
  unreadable(now: bigint, detail: string): void {
    const at = this.#newest ?? now
    this.#gap({ cause: 'number-hole', fault: 'ours', from: at, to: at, detail })
  }

  /** Takes the records of a block that are new. SSMD_E_BLOCK leaves everything as it was. */
  add(block: BlockView, sequence: number): void {
    this.#changed = true
    if (block.length === 0) return
    this.#check(block)
    const claim = this.#dedup.claim(block, this.#additions)
    this.counts.duplicates += block.length - claim.records
    if (claim.records === 0) return
    const newest = this.#newestSecond()
    const parts = this.#parts.of(block)
    for (const { first, last } of claim.fresh) {
      const end = last - block.first + 1
      for (let from = first - block.first; from < end; ) {
        from = this.#addRun(block, parts, from, end, claim, sequence, newest)
      }
    }
    this.#segments.endOfBlock()
    const last = block.recv(block.length - 1)
    if (this.#newest === null || last > this.#newest) this.#newest = last
    this.#segments.endBefore(this.#newestSecond())
  }

  /** Ends by the clock what nothing came after; only for when all blocks of the stream are in. */
  settle(second: number): void {
    const settled = second - SETTLE_SECONDS
    if (settled <= this.#settled) return
    const midnight = settled - (settled % SECONDS_PER_DAY)
    // Noted only when it matters, so that an idle archive writes nothing.
    if (!this.#segments.endBefore(settled) && midnight <= this.#settled) return
    this.#settled = settled
    this.#changed = true
  }

  /** Hands over everything that came in since the last cut. */
  cut(): Cut {
    const cut = {
      ...this.#segments.cut(),
      ...this.#dedup.cut(),
      added: this.#additions.toJSON(),
      takenBack: this.#additions.takenBack,
      feeds: this.#additions.newFeeds,
      newest: this.#newest,
      settled: this.#settled,
    }
    this.#additions = new Additions()
    this.#changed = false
    return cut
  }

  /** Notes the number of compressed bytes that were written. */
  written(bytes: number): void {
    this.#segments.written(bytes)
  }

  #newestSecond(): number {
    const newest = this.#newest === null ? 0 : Number(this.#newest / NANOS_PER_SECOND)
    return Math.max(newest, this.#settled)
  }

  #gap(
    gap: Pick<Parameters<Additions['gap']>[0], 'cause' | 'fault' | 'from' | 'to' | 'detail'>
  ): void {
    this.#changed = true
    const nobody = { connection: null, shard: null, missing: null }
    this.#additions.gap({ ...gap, ...nobody }, this.#options.ensureDay)
  }

  #check(block: BlockView): void {
    const { feed, environment } = this.#options
    const refuse = (what: string): never => {
      throw new SsmdError('SSMD_E_BLOCK', what)
    }
    if (block.feed !== feed || block.environment !== environment) {
      const found = `${block.environment}.${block.feed}`
      refuse(`a block of ${found} in the stream of ${environment}.${feed}`)
    }
    if (!isConnectionId(block.connection)) {
      refuse(`connection ${JSON.stringify(block.connection)} is not an id`)
    }
    for (const { group } of block.types) {
      if (!isGroupName(group)) refuse(`group ${JSON.stringify(group)} is not a file name`)
    }
  }

  /** Adds records of one second: day, slice and the text of the second are the same. Returns where it stopped. */
  #addRun(
    block: BlockView,
    parts: PartsOfBlock,
    from: number,
    end: number,
    { connection, late }: Claim,
    sequence: number,
    newest: number
  ): number {
    const { types: keep, ensureDay } = this.#options
    const second = Number(block.recv(from) / NANOS_PER_SECOND)
    const base = BigInt(second) * NANOS_PER_SECOND
    const day = dayOfSecond(second)
    const head = this.#head(connection.id)
    head.second = second
    ensureDay(day)
    const account = this.#additions.account(day, connection)
    const targets = new Array<Target | undefined>(block.types.length)
    const byGroup = new Map<string, Target>()
    let skipped = 0
    let closed = false
    let seen = -1
    let i = from
    for (; i < end; i++) {
      const nanos = Number(block.recv(i) - base)
      if (nanos < 0 || nanos >= 1e9) break
      const form = block.form(i)
      const typeIndex = block.typeIndex(i)
      if (form === FORM.event && this.#event(block, i, connection, account)) closed = true
      else seen = i
      if (keep !== undefined && form !== FORM.event && !keep.has(block.types[typeIndex]!.name)) {
        account.skip(block.types[typeIndex]!.name)
        skipped++
        continue
      }
      let target = targets[typeIndex]
      if (target === undefined) {
        const { group } = block.types[typeIndex]!
        const symbols = block.symbols.length
        target = byGroup.get(group) ?? this.#segments.target(group, day, second, newest, symbols)
        byGroup.set(group, target)
        targets[typeIndex] = target
      }
      const symbolIndex = block.symbolIndex(i)
      target.member.buffer.append(
        head,
        nanos,
        block.first + i,
        parts.types[typeIndex]!,
        parts.symbols[symbolIndex]!,
        form,
        block.bytes,
        block.payloadStart(i),
        block.payloadLength(i)
      )
      if (target.lines === 0) target.first = i
      target.last = i
      target.lines++
      target.types[typeIndex] = (target.types[typeIndex] ?? 0) + 1
      if (target.seen[symbolIndex] !== target.mark) {
        target.seen[symbolIndex] = target.mark
        target.member.symbols.add(target.segment.symbols.numberOf(block.symbols[symbolIndex]!))
      }
      const number = block.sequence(i)
      if (number >= 0) account.sequence(block.scope(i), target.segment.group, number)
    }
    if (seen >= 0) connection.seen(block.recv(seen))
    const kept = i - from - skipped
    this.counts.records += kept
    this.counts.skipped += skipped
    if (late) this.counts.late += kept
    account.records({
      first: block.first + from,
      last: block.first + i - 1,
      records: kept,
      skipped,
      from: block.recv(from),
      to: block.recv(i - 1),
      closed,
    })
    for (const target of byGroup.values()) this.#segments.note(block, target, sequence, late)
    return i
  }

  /** Applies the event of a record; true for a close event. */
  #event(block: BlockView, i: number, connection: ConnectionState, account: Account): boolean {
    const start = block.payloadStart(i)
    const event = parseConnectionEvent(block.bytes.subarray(start, start + block.payloadLength(i)))
    if (event === undefined) return false
    const at = block.recv(i)
    const before = i > 0 ? block.recv(i - 1) : (connection.lastAt ?? at)
    for (const gap of applyConnectionEvent(connection, event, at, before)) {
      this.#additions.gap(gap, this.#options.ensureDay)
    }
    if (event.kind === 'late') {
      const { scope, channel, filled, late, repeated } = lateFacts(event)
      account.outOfOrder(late, repeated)
      for (const sequences of filled) {
        this.#additions.takeBack({ connection: connection.id, scope, channel, sequences })
      }
    }
    if (event.kind === 'open') this.#takeFeed(connection, event.feed)
    if (event.kind === 'counts') {
      const { kind: _kind, ...counts } = event
      account.count(counts)
    }
    return event.kind === 'close'
  }

  /** Keeps the Feed of an `open` event: every day with records of the connection gets a file of it. */
  #takeFeed(connection: ConnectionState, feed: unknown): void {
    if (connection.feed !== null || typeof feed !== 'object' || feed === null) return
    const text = this.#options.resourceText(feed)
    const sha256 = createHash('sha256').update(text).digest('hex')
    connection.feed = { sha256, bytes: Buffer.byteLength(text) }
    this.#additions.feed(sha256, this.#feeds.has(sha256) ? null : text)
  }

  #head(id: string): LineHead {
    let head = this.#heads.get(id)
    if (head === undefined) {
      head = new LineHead(id)
      this.#heads.set(id, head)
    }
    return head
  }
}
