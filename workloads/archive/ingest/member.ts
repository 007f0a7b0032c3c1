// A gzip member while it grows: its lines, and what its index line will say about them.

import { rfc3339 } from '#crds/rfc3339.ts'
import { addTo, type MemberContent, sortedKeys } from '../format/index-line.ts'
import { LineBuffer } from '../format/line.ts'
import { LINE_FORMAT } from '../format/manifest.ts'
import { SymbolSet } from '../format/symbols.ts'
import type { SymbolTable } from './symbol-table.ts'

/**
 * Lines of a chunk, at the end of the block that reaches it. A sealed segment has one member a chunk: large enough that
 * cutting costs no ratio (14.7 against 14.8 for one twice as large), small enough to read one for one symbol.
 */
export const CHUNK_BYTES = 512 * 1024

/** Buffers larger than this, made so by a huge block, are left to the garbage collector. */
const KEEP_BYTES = 4 * 1024 * 1024
const KEEP_BUFFERS = 16

/** Line buffers that are used again. */
export class BufferPool {
  readonly #free: LineBuffer[] = []

  take(): LineBuffer {
    return this.#free.pop() ?? new LineBuffer()
  }

  give(buffer: LineBuffer): void {
    if (buffer.capacity > KEEP_BYTES || this.#free.length >= KEEP_BUFFERS) return
    buffer.clear()
    this.#free.push(buffer)
  }
}

export class OpenMember {
  readonly buffer: LineBuffer
  lines = 0
  late = 0
  #from = 0n
  #to = 0n
  #firstSequence = 0
  #lastSequence = 0
  readonly #types: Record<string, number> = {}
  readonly symbols = new SymbolSet()

  constructor(buffer: LineBuffer) {
    this.buffer = buffer
  }

  /** Takes note of records of one block whose lines were appended. */
  note(lines: number, late: number, from: bigint, to: bigint, sequence: number): void {
    const isFirst = this.lines === 0
    this.lines += lines
    this.late += late
    if (isFirst || from < this.#from) this.#from = from
    if (isFirst || to > this.#to) this.#to = to
    this.#firstSequence = isFirst ? sequence : Math.min(this.#firstSequence, sequence)
    this.#lastSequence = isFirst ? sequence : Math.max(this.#lastSequence, sequence)
  }

  noteType(type: string, count: number): void {
    addTo(this.#types, type, count)
  }

  /** `table` is that of the segment: its new names stand with the first member that holds them. */
  content(end: boolean, table: SymbolTable): MemberContent {
    return {
      format: LINE_FORMAT,
      rawBytes: this.buffer.length,
      lines: this.lines,
      from: rfc3339(this.#from),
      to: rfc3339(this.#to),
      stream: [this.#firstSequence, this.#lastSequence],
      late: this.late,
      end,
      types: sortedKeys(this.#types),
      names: table.takeFresh(),
      symbols: this.symbols.encode(),
    }
  }
}
