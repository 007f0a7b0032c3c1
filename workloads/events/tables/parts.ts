// A table as a flat list of its columns, those that all tables have first, each with the buffers that Arrow gives it; and back.

import { type ColumnKind, LAYOUT } from './layout.ts'
import type {
  Column,
  DecimalColumn,
  Int64Column,
  NamesColumn,
  Table,
  TableName,
  TextColumn,
} from './table.ts'

/** `ordinal`: 64 bits, never absent; `place`: 32. */
export type PartKind = ColumnKind | 'ordinal' | 'place'

export type Part = { readonly name: string; readonly kind: PartKind; readonly column: PartColumn }
type PartColumn = Column | Int32Array

type Buffers = { readonly valid: Uint8Array | null; readonly offsets: Int32Array | null }
/** `values`: what the rows say; of names their codes. */
export type PartBuffers = Buffers & { readonly values: Uint8Array | Int32Array }

const KEYS: Readonly<Record<string, PartKind>> = {
  ...{ recv: 'time', conn: 'names', n: 'ordinal', row: 'place', type: 'names', symbol: 'names' },
}

export const partsOf = (table: Table): Part[] => [
  ...Object.entries(KEYS).map(([name, kind]) => {
    return { name, kind, column: table[name as 'recv'] }
  }),
  ...Object.entries(LAYOUT[table.name]).map(([name, kind]) => {
    return { name, kind, column: table.columns.get(name)! }
  }),
]

export function buffersOf({ kind, column }: Part): PartBuffers {
  switch (kind) {
    case 'time':
    case 'decimal':
    case 'ordinal': {
      const { words, valid } = column as Int64Column
      return { valid, offsets: null, values: words }
    }
    case 'names':
      return { valid: null, offsets: null, values: (column as NamesColumn).codes }
    case 'text':
    case 'optional': {
      const { offsets, bytes, valid } = column as TextColumn
      return { valid, offsets, values: bytes }
    }
    case 'place':
    case 'small':
      return { valid: null, offsets: null, values: column as Uint8Array | Int32Array }
  }
}

/** What is known of a column beside its buffers. */
type PartFacts = {
  readonly kind: PartKind
  readonly names: readonly string[]
  readonly scale: number
  readonly scales: Uint8Array | null
}

/** `buffers`: views of bytes. */
export function columnOf(
  { kind, names, scale, scales }: PartFacts,
  { valid, offsets, values }: { readonly [Key in keyof PartBuffers]: Uint8Array | null }
): PartColumn {
  const bytes = values!
  switch (kind) {
    case 'time':
    case 'ordinal':
      return { words: intsOf(bytes), valid }
    case 'decimal':
      return { words: intsOf(bytes), valid, scale, scales }
    case 'names':
      return { codes: intsOf(bytes), names }
    case 'text':
    case 'optional':
      return { offsets: intsOf(offsets!), bytes, valid }
    case 'place':
      return intsOf(bytes)
    case 'small':
      return bytes
  }
}

const intsOf = ({ buffer, byteOffset, length }: Uint8Array): Int32Array =>
  new Int32Array(buffer, byteOffset, length / 4)

/** A table of columns by their names. Reading one of `KEYS` that is not among them throws: it was not asked for. */
export function tableOf(
  name: TableName,
  length: number,
  columns: ReadonlyMap<string, PartColumn>
): Table {
  const key = <T>(one: string): T => {
    const column = columns.get(one)
    if (column === undefined) throw new RangeError(`column ${one} of ${name} was not asked for`)
    return column as T
  }
  const own = Object.keys(LAYOUT[name]).filter((one) => columns.has(one))
  return {
    name,
    length,
    columns: new Map(own.map((one) => [one, columns.get(one) as Column])),
    get recv() {
      return key<Int64Column>('recv')
    },
    get conn() {
      return key<NamesColumn>('conn')
    },
    get n() {
      return key<Int64Column>('n')
    },
    get row() {
      return key<Int32Array>('row')
    },
    get type() {
      return key<NamesColumn>('type')
    },
    get symbol() {
      return key<NamesColumn>('symbol')
    },
  }
}

/** The table with these columns alone, so that it has no more than one that was read from a file. */
export function onlyColumns(table: Table, wanted: readonly string[]): Table {
  const columns = new Map<string, PartColumn>()
  for (const name of wanted) {
    const column = Object.hasOwn(KEYS, name) ? table[name as 'recv'] : table.columns.get(name)
    if (column !== undefined) columns.set(name, column)
  }
  return tableOf(table.name, table.length, columns)
}

/** Of decimals; of others 0 and null. */
export const scalesOf = ({ kind, column }: Part): Pick<DecimalColumn, 'scale' | 'scales'> =>
  kind === 'decimal' ? (column as DecimalColumn) : { scale: 0, scales: null }
