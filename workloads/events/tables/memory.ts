// Tables of open segments that are kept in memory for the next reader: few, the ones used last.

import { buffersOf, partsOf } from './parts.ts'
import type { Table, TableName } from './table.ts'

type Tables = ReadonlyMap<TableName, Table>

export class Memory {
  readonly #maxBytes: number
  /** The one used last stands last. */
  readonly #kept = new Map<string, { readonly tables: Tables; readonly bytes: number }>()
  #bytes = 0

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /** Of all that are kept. */
  get bytes(): number {
    return this.#bytes
  }

  get(key: string): Tables | undefined {
    const found = this.#kept.get(key)
    if (found === undefined) return undefined
    this.#kept.delete(key)
    this.#kept.set(key, found)
    return found.tables
  }

  set(key: string, tables: Tables): void {
    const bytes = [...tables.values()].reduce((sum, table) => sum + bytesOf(table), 0)
    if (bytes > this.#maxBytes || this.#kept.has(key)) return
    this.#kept.set(key, { tables, bytes })
    this.#bytes += bytes
    for (const [oldest, { bytes: freed }] of this.#kept) {
      if (this.#bytes <= this.#maxBytes) break
      this.#kept.delete(oldest)
      this.#bytes -= freed
    }
  }
}

/** With the room that columns have grown to. */
function bytesOf(table: Table): number {
  let sum = 0
  for (const part of partsOf(table)) {
    const { valid, offsets, values } = buffersOf(part)
    for (const one of [valid, offsets, values]) sum += one?.buffer.byteLength ?? 0
  }
  return sum
}
