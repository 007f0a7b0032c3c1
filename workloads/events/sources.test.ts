// The merge of tables against a sort of all rows, with many rows of equal times, runs of any length and batches of any size.

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Random, seeded, testSeed } from '#archive/testing/random.ts'
import { EventBatch } from '#market/columns.ts'
import { decimalText } from '#market/decimal.ts'
import type { BatchSource } from './source.ts'
import { Sources } from './sources.ts'
import { TableCursor } from './table-cursor.ts'
import { filterOf, selectRows } from './table-select.ts'
import type { NamesColumn, Table } from './tables/table.ts'

const test = suite('sources')
const seed = testSeed('sources')
/** Just below times at which the upper word changes, and the sign of the lower one. */
const START = (419_000_000n << 32n) - 40n
const STARTS = [START, START + (1n << 31n)]

type Row = {
  readonly feed: number
  readonly recv: bigint
  readonly conn: string
  readonly n: number
  readonly row: number
  readonly symbol: string
}

const compare = (a: Row, b: Row): number =>
  Number(a.recv - b.recv) ||
  a.feed - b.feed ||
  (a.conn < b.conn ? -1 : a.conn > b.conn ? 1 : 0) ||
  a.n - b.n ||
  a.row - b.row

/** Every key once, in tables that take turns by chance after one row or hundred. */
function randomTables(random: Random): { rows: Row[]; tables: Row[][] } {
  const rows: Row[] = []
  const connections = ['a', 'b', 'cc']
  const numbers = new Map<string, number>()
  let recv = STARTS[random.int(0, 1)]!
  const count = random.int(1, 600)
  while (rows.length < count) {
    if (random.next() < 0.4) recv += BigInt(random.int(0, 3) ** 3)
    const feed = random.int(0, 1)
    const conn = connections[random.int(0, 2)]!
    const n = (numbers.get(`${feed} ${conn}`) ?? 0) + 1
    numbers.set(`${feed} ${conn}`, n)
    const events = random.int(1, 3)
    for (let row = 0; row < events; row++) {
      rows.push({ feed, recv, conn, n, row, symbol: `S${random.int(0, 4)}` })
    }
  }
  rows.sort(compare)
  const tables: Row[][] = Array.from({ length: 2 * random.int(1, 4) }, () => [])
  let [turn, left] = [0, 0]
  for (const row of rows) {
    if (left-- <= 0) {
      turn = random.int(0, tables.length / 2 - 1)
      left = random.next() < 0.5 ? random.int(0, 2) : random.int(0, 100)
    }
    // A table is of one feed.
    tables[2 * turn + row.feed]!.push(row)
  }
  return { rows, tables }
}

function names(values: readonly string[]): NamesColumn {
  const sorted = [...new Set(values)].sort()
  return { names: sorted, codes: Int32Array.from(values, (value) => sorted.indexOf(value)) }
}

function tableOf(rows: readonly Row[]): Table {
  const words = (of: (row: Row) => bigint) => ({
    words: new Int32Array(BigInt64Array.from(rows, of).buffer),
    valid: null,
  })
  const reason = names(rows.map(({ conn, n, row }) => `${conn} ${n} ${row}`))
  return {
    name: 'unknown',
    length: rows.length,
    recv: words(({ recv }) => recv),
    conn: names(rows.map(({ conn }) => conn)),
    n: words(({ n }) => BigInt(n)),
    row: Int32Array.from(rows, ({ row }) => row),
    type: names(rows.map(() => 't')),
    symbol: names(rows.map(({ symbol }) => symbol)),
    columns: new Map([['reason', reason]]),
  }
}

const textOf = ({ feed, recv, conn, n, row, symbol }: Row): string =>
  `f${feed} ${recv} ${conn} ${n} ${row} ${symbol}`

test('rows of tables come in the total order, each once, whatever is chosen of them', () => {
  for (let round = 0; round < 150; round++) {
    const random = seeded(seed + round)
    const { rows, tables } = randomTables(random)
    const symbols = random.next() < 0.5 ? undefined : ['S1', 'S3']
    const filter = filterOf({ symbols })
    const sources = new Sources<BatchSource>()
    for (const [i, one] of tables.entries()) {
      const table = tableOf(one)
      const selection = selectRows(table, filter)
      if (selection.start === selection.end) continue
      sources.add(new TableCursor(table, selection, i % 2, `f${i % 2}`))
    }
    const batch = new EventBatch()
    const size = random.int(1, 200)
    const found: string[] = []
    const drain = (): void => {
      batch.each(({ feed, recv, reason, symbol }) => {
        found.push(`${feed} ${recv} ${reason} ${symbol}`)
      })
      batch.clear()
    }
    for (let { first } = sources; first !== undefined; { first } = sources) {
      first.take(batch, sources.second, size)
      sources.settle()
      assert.ok(batch.length <= size, 'no more rows than there may be')
      if (batch.length === size) drain()
    }
    drain()
    const wanted = rows.filter(({ symbol }) => symbols?.includes(symbol) ?? true).map(textOf)
    assert.equal(found, wanted, `seed ${seed + round}`)
  }
})

test('times choose the rows from the first to before the last nanosecond', () => {
  const rows = [0n, 0n, 39n, 40n, 41n, 1_000_040n].map((past, i): Row => {
    return { feed: 0, recv: START + past, conn: 'a', n: i, row: 0, symbol: 'S' }
  })
  const table = tableOf(rows)
  const text = (past: bigint): string => {
    const ms = (START + past) / 1_000_000n
    const ns = String((START + past) % 1_000_000n).padStart(6, '0')
    return `${new Date(Number(ms)).toISOString().slice(0, -1)}${ns}Z`
  }
  for (const [from, to, wanted] of [
    [0n, 40n, [0, 3]],
    [1n, 41n, [2, 4]],
    [40n, 2_000_000n, [3, 6]],
    [42n, 43n, [0, 0]],
  ] as const) {
    const {
      rows: listed,
      start,
      end,
    } = selectRows(table, filterOf({ from: text(from), to: text(to) }))
    assert.is(listed, null)
    assert.equal([start, end], wanted)
  }
})

test('a decimal that is beyond 53 bits at the scale of its column keeps its value', () => {
  const one = tableOf([{ feed: 0, recv: START, conn: 'a', n: 1, row: 0, symbol: 'S' }])
  const decimal = (mantissa: bigint, scale: number) => ({
    words: new Int32Array(BigInt64Array.from([mantissa]).buffer),
    valid: null,
    scale,
    scales: null,
  })
  const dated = { sequence: { offsets: new Int32Array(2), bytes: new Uint8Array(0), valid: null } }
  const columns = {
    ...{ ...dated, side: names(['buy']), flags: new Uint8Array(1) },
    price: decimal(9_007_199_254_740_991_000n, 12),
    size: decimal(-4_611_686_018_427_000_000n, 8),
  }
  const table: Table = { ...one, name: 'trade', columns: new Map(Object.entries(columns)) }
  const batch = new EventBatch()
  const cursor = new TableCursor(table, { rows: null, start: 0, end: 1 }, 0, 'f')
  cursor.take(batch, undefined, 10)
  const [event] = [...shown(batch)]
  assert.equal(event, ['9007199.254740991', '-46116860184.27'])
})

function shown(batch: EventBatch): string[][] {
  const rows: string[][] = []
  batch.each(({ price, priceScale, size, sizeScale }) => {
    assert.ok(Number.isSafeInteger(price) && Number.isSafeInteger(size))
    rows.push([plain(decimalText(price, priceScale)), plain(decimalText(size, sizeScale))])
  })
  return rows
}

const plain = (text: string): string => text.replace(/\.?0+$/, '')

test.run()
