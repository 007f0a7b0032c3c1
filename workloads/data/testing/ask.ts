// Asks a query as the API and the commands do, and collects its rows as plain values: decimals and times as texts.

import { decimalText } from '#market/decimal.ts'
import { timeText } from '#market/time.ts'
import { readParameters } from '../model/parameters.ts'
import type { Answer, Grant, Quality, Query, QueryContext } from '../model/query.ts'
import type { ColumnValues, Position } from '../model/rows.ts'
import { QUERIES } from '../queries/index.ts'
import { query as sqlQuery } from '../sql/query.ts'

export type Told = Readonly<Record<string, unknown>>

export type Asked = {
  readonly rows: readonly Told[]
  readonly next: Position | null
  readonly quality: Quality | undefined
  readonly about: Told | undefined
}

export type AskOptions = Partial<Omit<QueryContext, 'roots'>>

export const ALL: Grant = { feeds: () => true, days: () => true }

export const queryNamed = (name: string): Query => {
  const query = [...QUERIES, sqlQuery].find((one) => one.name === name)
  if (query === undefined) throw new Error(`no query ${name}`)
  return query
}

export async function answerOf(
  roots: readonly string[],
  name: string,
  given: Readonly<Record<string, string>> = {},
  options: AskOptions = {}
): Promise<Answer> {
  const query = queryNamed(name)
  const { answer } = query
  const context: QueryContext = {
    roots: roots.map((text) => {
      const [path = '', root = ''] = text.split('=').toReversed()
      return { path, name: root }
    }),
    cacheDir: '',
    grant: ALL,
    nowMs: () => Date.parse('2026-11-25T00:00:00Z'),
    signal: new AbortController().signal,
    after: null,
    limit: answer.kind === 'rows' ? answer.limit.usual : 0,
    ...options,
  }
  return query.run(readParameters(query, Object.entries(given)), context)
}

/** All rows of an answer. */
export async function ask(
  roots: readonly string[],
  name: string,
  given: Readonly<Record<string, string>> = {},
  options: AskOptions = {}
): Promise<Asked> {
  const answer = await answerOf(roots, name, given, options)
  if (answer.kind !== 'rows') throw new Error(`${name} answers with a document`)
  const { columns, runs, next } = answer.rows
  const rows: Told[] = []
  for await (const { length, columns: values } of runs) {
    for (let i = 0; i < length; i++) {
      rows.push(Object.fromEntries(columns.map(({ name }, c) => [name, valueAt(values[c]!, i)])))
    }
  }
  return { rows, next: next(), quality: answer.quality?.(), about: answer.about?.() }
}

/** The same rows, asked for in pages of `limit` rows. */
export async function askInPages(
  roots: readonly string[],
  name: string,
  given: Readonly<Record<string, string>>,
  limit: number
): Promise<readonly Told[]> {
  const rows: Told[] = []
  for (let after: Position | null = null; ; ) {
    const page = await ask(roots, name, given, { limit, after })
    rows.push(...page.rows)
    if (page.next === null) return rows
    if (page.rows.length !== limit) throw new Error(`a page of ${page.rows.length} rows`)
    // As a cursor carries it.
    after = JSON.parse(JSON.stringify(page.next)) as Position
  }
}

function valueAt(values: ColumnValues, i: number): unknown {
  switch (values.type) {
    case 'text':
    case 'json':
      return values.values[i]
    case 'bytes': {
      const bytes = values.values[i]
      return bytes === null || bytes === undefined ? null : Buffer.from(bytes).toString('latin1')
    }
    case 'integer':
      return Number.isNaN(values.values[i]) ? null : values.values[i]
    case 'flag':
      return values.values[i] === 2 ? null : values.values[i] === 1
    case 'time':
      return timeText(values.ms[i]!, values.ns[i]!) || null
    case 'decimal': {
      const wide = values.wide?.get(i)
      if (wide !== undefined) return wideText(wide, values.scales[i]!)
      return decimalText(values.values[i]!, values.scales[i]!) || null
    }
  }
}

function wideText(integer: bigint, scale: number): string {
  const digits = String(integer < 0n ? -integer : integer).padStart(scale + 1, '0')
  const point = digits.length - scale
  const text = scale === 0 ? digits : `${digits.slice(0, point)}.${digits.slice(point)}`
  return integer < 0n ? `-${text}` : text
}
