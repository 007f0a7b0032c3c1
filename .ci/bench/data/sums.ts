// The same question asked in three ways: how many rows, the sum of their sizes, the first and the last price.

import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { DuckDBInstance } from '@duckdb/node-api'
import { readTables, type TableOptions } from '#events/read-tables.ts'
import { type DecimalColumn, int64At, type NamesColumn } from '#events/tables/table.ts'
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

/** What the engine is given beside the question, such as its cache. */
export type Engine = Partial<Pick<TableOptions, 'signal'>>

export async function askEngine(question: Question, engine: Engine = {}): Promise<Answer> {
  const { root, of, symbol, from, to } = question
  const isBook = of === 'changes'
  let [rows, first, last] = [0, '', '']
  let size = 0n
  const slices = readTables({
    ...engine,
    roots: [{ path: root }],
    table: isBook ? 'book' : 'trade',
    ...(symbol && { symbols: [symbol] }),
    ...(from && { from }),
    ...(to && { to }),
    onDamage: ({ error }) => {
      throw error
    },
  })
  for await (const slice of slices) {
    const { columns } = slice.table
    const price = columns.get('price') as DecimalColumn
    const sizes = columns.get('size') as DecimalColumn
    const event = isBook ? (columns.get('event') as NamesColumn) : null
    const wanted = event === null ? -1 : event.names.indexOf('bookChange')
    let sum = 0
    const { rows: places, from: start, to: end } = slice
    let [firstRow, lastRow] = [-1, -1]
    for (let i = start; i < end; i++) {
      const row = places === null ? i : places[i]!
      if (event !== null && event.codes[row] !== wanted) continue
      if (firstRow < 0) firstRow = row
      lastRow = row
      rows++
      sum += int64At(sizes.words, row)
    }
    if (firstRow < 0) continue
    size += BigInt(sum) * 10n ** BigInt(9 - sizes.scale)
    if (first === '') first = plain(decimalText(int64At(price.words, firstRow), price.scale))
    last = plain(decimalText(int64At(price.words, lastRow), price.scale))
  }
  return [rows, plain(wholeText(size)), first, last]
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
