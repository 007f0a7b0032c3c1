// The same question asked in three ways: how many rows, the sum of their sizes, the first and the last price.

import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { DuckDBInstance } from '@duckdb/node-api'
import { readManifest } from '#archive/read/reader.ts'
import type { Want } from '#events/tables/build.ts'
import { normalizersOf } from '#events/tables/normalizers.ts'
import { type OpenOptions, openTables } from '#events/tables/open.ts'
import {
  type DecimalColumn,
  int64At,
  type NamesColumn,
  type Table,
  type TableName,
} from '#events/tables/table.ts'
import { decimalText } from '#market/decimal.ts'
import { DAY, FEED } from './day.ts'

export type Question = {
  readonly root: string
  /** Changes of books, which nearly all frames are, or trades. */
  readonly of: 'changes' | 'trades'
  readonly symbol?: string
  readonly from?: string
  readonly to?: string
  /** Names of files that hold it, such as `trades_*`. @default all */
  readonly files?: string
}
/** Numbers as plain decimal texts. */
export type Answer = readonly [rows: number, size: string, first: string, last: string]

/** The tables of the day's segments, one after the other, by the one door to them. */
export async function askEngine(
  question: Question,
  options: Pick<OpenOptions, 'cache' | 'pool'> = {}
): Promise<Answer> {
  const { root, of, symbol, from = '', to = 'Z' } = question
  const isBook = of === 'changes'
  const name: TableName = isBook ? 'book' : 'trade'
  const want: Want = {
    tables: [name],
    columns: ['recv', 'symbol', 'price', 'size', ...(isBook ? ['event'] : [])],
    ...(symbol && { symbols: [symbol] }),
    ...(from && { from, to }),
  }
  const manifest = await readManifest(root, FEED, DAY)
  const normalizers = await normalizersOf(root, manifest)
  const sum = new Sum(symbol, isBook, from, to)
  for (const segment of manifest.segments) {
    if (segment.from >= to || segment.to < from) continue
    const place = { root, feed: FEED, day: DAY, segment }
    const { tables, damage } = await openTables(place, want, { ...options, normalizers })
    if (damage[0] !== undefined) throw damage[0].error
    sum.add(tables.get(name)!)
  }
  return sum.answer()
}

class Sum {
  #rows = 0
  #size = 0n
  #first = ''
  #last = ''
  readonly #symbol: string | undefined
  readonly #isBook: boolean
  readonly #from: number
  readonly #to: number

  constructor(symbol: string | undefined, isBook: boolean, from: string, to: string) {
    this.#symbol = symbol
    this.#isBook = isBook
    this.#from = from === '' ? 0 : Date.parse(from) * 1e6
    this.#to = to === 'Z' ? Number.POSITIVE_INFINITY : Date.parse(to) * 1e6
  }

  add({ length, recv, symbol, columns }: Table): void {
    const code = this.#symbol === undefined ? -1 : symbol.names.indexOf(this.#symbol)
    if (length === 0 || (this.#symbol !== undefined && code < 0)) return
    const price = columns.get('price') as DecimalColumn
    const size = columns.get('size') as DecimalColumn
    const event = this.#isBook ? (columns.get('event') as NamesColumn) : null
    const change = event === null ? -1 : event.names.indexOf('bookChange')
    const [from, to] = [this.#from, this.#to]
    let [rows, sum, first, last] = [0, 0, -1, -1]
    for (let row = 0; row < length; row++) {
      if (code >= 0 && symbol.codes[row] !== code) continue
      if (event !== null && event.codes[row] !== change) continue
      if (from > 0) {
        const at = int64At(recv.words, row)
        if (at < from || at >= to) continue
      }
      if (first < 0) first = row
      last = row
      rows++
      sum += int64At(size.words, row)
    }
    if (rows === 0) return
    const textAt = (row: number) => plain(decimalText(int64At(price.words, row), price.scale))
    if (this.#rows === 0) this.#first = textAt(first)
    this.#last = textAt(last)
    this.#rows += rows
    this.#size += BigInt(sum) * 10n ** BigInt(9 - size.scale)
  }

  answer(): Answer {
    return [this.#rows, plain(wholeText(this.#size)), this.#first, this.#last]
  }
}

const plain = (text: string): string => (text.includes('.') ? text.replace(/\.?0+$/, '') : text)
const wholeText = (nanos: bigint): string => {
  const digits = String(nanos < 0n ? -nanos : nanos).padStart(10, '0')
  return `${nanos < 0n ? '-' : ''}${digits.slice(0, -9)}.${digits.slice(-9)}`
}

const PARTS = {
  changes: {
    type: 'orderbook_delta',
    message: 'side VARCHAR, price_dollars VARCHAR, delta_fp VARCHAR',
    // What is bid for "no" is asked for "yes".
    price:
      "case frame.msg.side when 'yes' then frame.msg.price_dollars::decimal(9, 4) else 1 - frame.msg.price_dollars::decimal(9, 4) end",
    size: 'frame.msg.delta_fp::decimal(18, 2)',
  },
  trades: {
    type: 'trade',
    message: 'yes_price_dollars VARCHAR, count_fp VARCHAR',
    price: 'frame.msg.yes_price_dollars::decimal(9, 4)',
    size: 'frame.msg.count_fp::decimal(18, 2)',
  },
} as const

/** DuckDB over the lines, told which columns there are, so that it guesses nothing. */
export async function duckdbAsker(threads = 2): Promise<(question: Question) => Promise<Answer>> {
  const instance = await DuckDBInstance.create(':memory:', { threads: String(threads) })
  const connection = await instance.connect()
  return async ({ root, of, symbol, from, to, files = '*' }) => {
    const { type, message, price, size } = PARTS[of]
    const where = [
      `type = '${type}'`,
      ...(symbol ? [`symbol = '${symbol}'`] : []),
      ...(from ? [`recv >= '${from}'`] : []),
      ...(to ? [`recv < '${to}'`] : []),
    ]
    const columns = `{recv: 'VARCHAR', n: 'BIGINT', type: 'VARCHAR', symbol: 'VARCHAR', frame: 'STRUCT(msg STRUCT(${message}))'}`
    const file = join(root, FEED, DAY, `${files}.jsonl.gz`)
    const sql =
      `select count(*), sum(size), arg_min(price, n), arg_max(price, n) from (select n, ${price} as price, ${size} as size ` +
      `from read_json('${file}', format = 'newline_delimited', columns = ${columns}) where ${where.join(' and ')})`
    const [row = []] = (await connection.runAndReadAll(sql)).getRows()
    const [rows, ...numbers] = row.map(String)
    return [Number(rows), ...numbers.map(plain)] as unknown as Answer
  }
}

/** Finds the lines and computes nothing. */
export async function grep({ root, symbol }: Question): Promise<void> {
  const files = join(root, FEED, DAY, '*.jsonl.gz')
  const command = `zcat ${files} | grep -c '"symbol":"${symbol}"'`
  await promisify(execFile)('sh', ['-c', command])
}
