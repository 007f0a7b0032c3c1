// The answer of a query as a table that fits the terminal: columns that no row has are left out, and so are the last ones where the
// width is not enough. Other forms have all of it.

import type { ResultSink } from '#data/client/asked.ts'
import type { Query } from '#data/model/query.ts'
import type { Column as RowColumn } from '#data/model/rows.ts'
import { terminalWidth, writeLines } from '../output.ts'
import { type Column, renderTable } from '../table.ts'
import { clean } from '../text.ts'

type Row = Readonly<Record<string, unknown>>
type Answer = { readonly rows: readonly Row[]; readonly about?: Row }

/** `text` is the JSON form of the answer. `write`: instead of standard output. */
export async function writeTable(query: Query, text: string, write?: ResultSink): Promise<void> {
  const { rows, about = {} } = JSON.parse(text) as Answer
  const width = write === undefined ? terminalWidth() : undefined
  const all = columnsOf(query, rows).filter(({ name }) => rows.some((row) => isThere(row[name])))
  // A terminal is narrow: what all rows have in common is said once, below them.
  const common = width === undefined ? {} : commonOf(all, rows)
  const day = width === undefined ? undefined : dayOf(all, rows)
  const shown = all.filter(({ name }) => !Object.hasOwn(common, name))
  const cells = rows.map((row) => shown.map((column) => cellOf(column, row[column.name], day)))
  const facts = Object.entries({ ...(day === undefined ? {} : { day }), ...common, ...about })
  const lines = [
    ...(rows.length === 0 ? ['no rows'] : renderTable(shown.map(columnOf), cells, width)),
    ...(facts.length > 0 ? [''] : []),
    ...facts.map(([name, value]) => `${name}: ${clean(plain(value))}`),
  ]
  if (write === undefined) await writeLines(lines)
  else await write(Buffer.from(`${lines.join('\n')}\n`))
}

const isThere = (value: unknown): boolean => value !== null && value !== undefined

/** Texts and flags that are the same in every row. */
function commonOf(columns: readonly RowColumn[], rows: readonly Row[]): Row {
  const [first, ...others] = rows
  if (first === undefined || others.length === 0) return {}
  const same = columns.filter(
    ({ name, type }) =>
      (type === 'text' || type === 'flag') && others.every((row) => row[name] === first[name])
  )
  // Something must be left to tell rows by.
  return same.length === columns.length
    ? {}
    : Object.fromEntries(same.map(({ name }) => [name, first[name]]))
}

/** The day of all times, if they are of one. */
function dayOf(columns: readonly RowColumn[], rows: readonly Row[]): string | undefined {
  const times = columns.filter(({ type }) => type === 'time').map(({ name }) => name)
  const days = new Set<string>()
  for (const row of rows) {
    for (const name of times) if (isThere(row[name])) days.add(String(row[name]).slice(0, 10))
  }
  const [day] = days
  return days.size === 1 ? day : undefined
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

/** `day`: of all times, which then need not say it. */
function cellOf({ type }: RowColumn, value: unknown, day: string | undefined): string {
  if (!isThere(value)) return '-'
  if (type === 'flag') return value === true ? 'yes' : 'no'
  if (type !== 'time') return clean(plain(value))
  const time = String(value)
  // To the millisecond, as many terminals are wide; other forms have every digit.
  if (day !== undefined && time.startsWith(day)) return `${time.slice(11, 23)}Z`
  return time.replace(/\.?0+Z$/, 'Z')
}

function plain(value: unknown): string {
  if (typeof value === 'string') return value
  const isTexts = Array.isArray(value) && value.every((one) => typeof one === 'string')
  return isTexts ? value.join(', ') : (JSON.stringify(value) ?? '-')
}
