// The answer of a query as a table that fits the terminal: columns that no row has are left out, and so are the last ones where the
// width is not enough. Other forms have all of it.
import type { Query } from '#data/query.ts'
import type { Column as RowColumn } from '#data/rows.ts'
import { terminalWidth, writeLines } from '../output.ts'
import { type Column, renderTable } from '../table.ts'
import { clean } from '../text.ts'
import type { ResultSink } from './query-output.ts'

type Row = Readonly<Record<string, unknown>>
type Answer = { readonly rows: readonly Row[]; readonly about?: Row }

/** `text` is the JSON form of the answer. `write`: instead of standard output. */
export async function writeTable(query: Query, text: string, write?: ResultSink): Promise<void> {
  const { rows, about = {} } = JSON.parse(text) as Answer
  const all = columnsOf(query, rows)
  const shown = all.filter(({ name }) => rows.some((row) => (row[name] ?? null) !== null))
  const cells = rows.map((row) => shown.map((column) => cellOf(column, row[column.name])))
  const width = write === undefined ? terminalWidth() : undefined
  const facts = Object.entries(about).map(([name, value]) => `${name}: ${clean(plain(value))}`)
  const lines = [
    ...(rows.length === 0 ? ['no rows'] : renderTable(shown.map(columnOf), cells, width)),
    ...(facts.length > 0 ? ['', ...facts] : []),
  ]
  if (write === undefined) await writeLines(lines)
  else await write(Buffer.from(`${lines.join('\n')}\n`))
}

/** Those of the query; SQL has those of its statement. */
function columnsOf({ answer }: Query, rows: readonly Row[]): readonly RowColumn[] {
  if (answer.kind === 'rows' && answer.columns.length > 0) return answer.columns
  return Object.entries(rows[0] ?? {}).map(([name, value]) => ({
    name,
    type: typeof value === 'number' ? 'integer' : 'text',
    says: '',
  }))
}

/** Columns of this many characters say enough of a long text. */
const LEAST = 12

function columnOf({ name, type }: RowColumn, i: number): Column {
  const title = name.replaceAll(/([A-Z])/g, ' $1').toUpperCase()
  const isFigure = type === 'integer' || type === 'decimal'
  return {
    title,
    ...(isFigure ? { align: 'right' as const } : {}),
    ...(type === 'text' || type === 'json' || type === 'bytes' ? { least: LEAST } : {}),
    // The first columns name the row.
    ...(i > 1 ? { spare: i } : {}),
  }
}

function cellOf({ type }: RowColumn, value: unknown): string {
  if (value === null || value === undefined) return '-'
  if (type === 'flag') return value === true ? 'yes' : 'no'
  // Without the zeros behind: a person reads `12:00:00Z`.
  if (type === 'time') return String(value).replace(/\.?0+Z$/, 'Z')
  return clean(plain(value))
}

const plain = (value: unknown): string =>
  typeof value === 'string' ? value : (JSON.stringify(value) ?? '-')
