// Builds segments from lines: chooses the segment of each record, ends members and segments, and starts their compression.
// All of it follows from the records, except where a commit ends a member early.

import type { MemberContent } from '../format/index-line.ts'
import { LINE_FORMAT } from '../format/manifest.ts'
import type { FeedState } from '../state/feed-state.ts'
import type { CommitRecord } from '../state/journal-record.ts'
import type { BlockView } from './block-view.ts'
import { BufferPool, OpenMember } from './member.ts'
import { type PlannedSegment, type Rotation, SegmentPlan } from './segment-plan.ts'
import { SymbolTable } from './symbol-table.ts'

export type LiveSegment = PlannedSegment & {
  chunkBytes: number
  member: OpenMember | null
  readonly symbols: SymbolTable
}

/** A member on its way to the disk. */
export type CutMember = {
  readonly segment: PlannedSegment
  readonly content: MemberContent
  readonly compressed: Promise<Buffer>
}

/** Names of the symbols of segments that are not sealed, by `day/name`. */
export type SymbolsOfSegments = ReadonlyMap<string, readonly string[]>

export type SegmentBuilderOptions = {
  readonly rotation: Rotation
  /** Lines of a chunk, after which a member ends. */
  readonly chunkBytes: number
  compress(lines: Buffer): Promise<Buffer>
  nextNumber(day: string, group: string): number
}

/** Where records of one group, second and block go. */
export type Target = {
  readonly segment: LiveSegment
  readonly member: OpenMember
  readonly bytesBefore: number
  lines: number
  /** Positions in the block. */
  first: number
  last: number
  /** Records by the block's type. */
  readonly types: (number | undefined)[]
  /** The block's symbols that were noted already hold `mark`. */
  readonly seen: Float64Array
  readonly mark: number
}

export class SegmentBuilder {
  readonly #compress: SegmentBuilderOptions['compress']
  readonly #chunkBytes: number
  readonly #plan: SegmentPlan<LiveSegment>
  readonly #pool = new BufferPool()
  /** Segments that the block in hand went to. */
  readonly #inBlock = new Set<LiveSegment>()
  readonly #seen = new Map<string, Float64Array>()
  #mark = 0
  #opened: LiveSegment[] = []
  #ended: LiveSegment[] = []
  #members: CutMember[] = []
  #rawWaiting = 0
  #compressedWaiting = 0

  constructor(options: SegmentBuilderOptions, state: FeedState, symbols: SymbolsOfSegments) {
    this.#compress = options.compress
    this.#chunkBytes = options.chunkBytes
    this.#plan = new SegmentPlan(
      options.rotation,
      (planned) => {
        const table = new SymbolTable()
        const segment = { ...planned, chunkBytes: 0, member: null, symbols: table }
        this.#opened.push(segment)
        return segment
      },
      options.nextNumber
    )
    for (const { day, segments } of state.days.values()) {
      for (const segment of segments.values()) {
        if (segment.status !== 'open') continue
        // One format a segment: an older one ends here, and its slice continues in the next segment.
        if (segment.format !== LINE_FORMAT) {
          this.#end({ ...segment, day, member: null, symbols: new SymbolTable() })
          continue
        }
        const table = new SymbolTable(symbols.get(`${day}/${segment.name}`))
        this.#restore({ ...segment, day, member: null, symbols: table })
      }
    }
  }

  /** Lines not yet compressed, and members not yet written. */
  get bufferedBytes(): number {
    return this.#rawWaiting + this.#compressedWaiting
  }

  /** True if segments opened or ended, or members wait. */
  get hasChanges(): boolean {
    return this.#opened.length + this.#ended.length + this.#members.length > 0
  }

  get days(): Iterable<string> {
    return [...this.#opened, ...this.#ended].map((segment) => segment.day)
  }

  /** The segment for records of this second; `newest` is the latest second known before their block. */
  target(
    group: string,
    day: string,
    second: number,
    newest: number,
    symbolsInBlock: number
  ): Target {
    const segment = this.#plan.choose(group, day, second, newest)
    segment.member ??= new OpenMember(this.#pool.take())
    const { member } = segment
    return {
      segment,
      member,
      bytesBefore: member.buffer.length,
      lines: 0,
      first: 0,
      last: 0,
      types: [],
      seen: this.#seenSymbols(group, symbolsInBlock),
      mark: ++this.#mark,
    }
  }

  /** Takes note of what was appended to a target. */
  note(block: BlockView, target: Target, sequence: number, late: boolean): void {
    const { segment, member, lines } = target
    const added = member.buffer.length - target.bytesBefore
    const from = block.recv(target.first)
    member.note(lines, late ? lines : 0, from, block.recv(target.last), sequence)
    target.types.forEach((count, type) => {
      if (count !== undefined) member.noteType(block.types[type]!.name, count)
    })
    segment.rawBytes += added
    segment.chunkBytes += added
    this.#rawWaiting += added
    this.#inBlock.add(segment)
  }

  /** Chunks and segments end with whole blocks. */
  endOfBlock(): void {
    for (const segment of this.#inBlock) {
      if (segment.chunkBytes >= this.#chunkBytes) this.#cutMember(segment)
      if (this.#plan.endIfFull(segment)) this.#end(segment)
    }
    this.#inBlock.clear()
  }

  /** Ends what the feed has left behind at this second; true if that was anything. */
  endBefore(second: number): boolean {
    const ended = this.#plan.endBefore(second)
    for (const segment of ended) this.#end(segment)
    return ended.length > 0
  }

  /** Hands over everything that came in since the last cut. */
  cut(): Pick<CommitRecord, 'opened' | 'ended'> & { readonly members: readonly CutMember[] } {
    for (const segment of this.#plan.open) this.#cutMember(segment)
    const opened = this.#opened.map(({ day, group, number, slice, sliceSeconds, sealAt }) => ({
      day,
      group,
      number,
      slice,
      sliceSeconds,
      sealAt,
      format: LINE_FORMAT,
    }))
    const ended = this.#ended.map(({ day, name }) => ({ day, name }))
    const members = this.#members
    this.#opened = []
    this.#ended = []
    this.#members = []
    return { opened, ended, members }
  }

  /** Notes the number of compressed bytes that were written. */
  written(bytes: number): void {
    this.#compressedWaiting -= bytes
  }

  /** Continues with a segment; one that no longer fits the rotation ends. */
  #restore(segment: LiveSegment): void {
    if (!this.#plan.restore(segment) || this.#plan.endIfFull(segment)) this.#end(segment)
  }

  #end(segment: LiveSegment): void {
    this.#cutMember(segment)
    this.#ended.push(segment)
  }

  /** Where a run notes which of the block's symbols it has seen; a new mark makes it empty. */
  #seenSymbols(group: string, length: number): Float64Array {
    let seen = this.#seen.get(group)
    if (seen === undefined || seen.length < length) {
      seen = new Float64Array(Math.max(length, 256))
      this.#seen.set(group, seen)
    }
    return seen
  }

  /** Hands a segment's lines to the compressor; a chunk ends with them when it is full. */
  #cutMember(segment: LiveSegment): void {
    const { member } = segment
    if (member === null || member.lines === 0) return
    const isChunk = segment.chunkBytes >= this.#chunkBytes
    const content = member.content(isChunk, segment.symbols)
    segment.member = null
    if (isChunk) segment.chunkBytes = 0
    const compressed = this.#compress(member.buffer.lines).then((bytes) => {
      this.#rawWaiting -= content.rawBytes
      this.#compressedWaiting += bytes.length
      this.#pool.give(member.buffer)
      return bytes
    })
    // The next commit awaits it; until then a failure must not count as unhandled.
    compressed.catch(() => {})
    this.#members.push({ segment, content, compressed })
  }
}
