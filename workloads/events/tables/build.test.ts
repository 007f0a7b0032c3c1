// Lines of every form become rows: both formats, texts, base64 and pads, names with escapes; and what is none is refused.

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { namesInFormat1 } from '#archive/read/format-1.ts'
import { seeded, testSeed } from '#archive/testing/random.ts'
import { randomStream } from '#archive/testing/stream.ts'
import { SsmdError } from '#crds/errors.ts'
import { createNormalizer } from '#exchanges/kalshi/normalize.ts'
import { kalshiTestFrames } from '../testing/archives.ts'
import { naiveTables, tableRows } from '../testing/table-rows.ts'
import { Builder, type Want } from './build.ts'
import { TABLES, type TableName } from './table.ts'

const test = suite('lines into tables')
const seed = testSeed('lines into tables')
const normalizer = createNormalizer()

function rowsOf(lines: readonly string[], want: Want = {}): Record<TableName, string[]> {
  const builder = new Builder(want, () => normalizer)
  // In several members.
  for (let i = 0; i < lines.length; i += 50) {
    builder.add(
      Buffer.from(
        lines
          .slice(i, i + 50)
          .map((line) => `${line}\n`)
          .join('')
      )
    )
  }
  const rows = [...builder.finish()].map(([name, table]) => [name, tableRows(table)])
  return Object.fromEntries(rows) as Record<TableName, string[]>
}

test('lines of both formats and of every form are rows as their frames say', () => {
  const { lines, lines1 } = randomStream(seeded(seed))
  const of = { 2: [...lines.values()], 1: [...lines1.values()] }
  const forms = ['"text":', '"base64":', '"pad":', '"event":'] as const
  for (const form of forms)
    assert.ok(
      of[2].some((line) => line.includes(form)),
      form
    )
  const wanted2 = naiveTables(of[2], () => normalizer)
  const found2 = rowsOf(of[2])
  const wanted1 = naiveTables(
    of[1],
    () => normalizer,
    (line) => namesInFormat1(Buffer.from(JSON.stringify(line)))
  )
  const found1 = rowsOf(of[1])
  for (const name of TABLES) {
    assert.equal(found2[name], wanted2[name], `${name} of format 2, seed ${seed}`)
    assert.equal(found1[name], wanted1[name], `${name} of format 1, seed ${seed}`)
  }
  assert.ok(found2.unknown.length > 100, 'rows')
})

test('with columns named, those of the frames that are not wanted are not made, and the others are the same', () => {
  const bytes = Buffer.from(
    kalshiTestFrames(3, 600)
      .map(({ type, symbol, payload }, i) => `${line(i + 1, type, symbol, payload)}\n`)
      .join('')
  )
  const built = (want: Want) => {
    const builder = new Builder(want, () => normalizer)
    builder.add(bytes)
    return builder.finish().get('book')!
  }
  const all = built({})
  assert.ok(all.length > 300)
  for (const columns of [['price', 'size'], ['time', 'event'], ['sequence'], ['id', 'flags'], []]) {
    const some = built({ columns: ['recv', ...columns] })
    assert.equal([...some.columns.keys()].sort(), columns.toSorted())
    for (const column of columns) assert.equal(some.columns.get(column), all.columns.get(column))
    assert.equal(some.recv, all.recv)
  }
})

const line = (n: number, type: string, symbol: string, frame: string, conn = '01a'): string =>
  `{"recv":"2026-11-24T23:59:59.999999999Z","conn":"${conn}","n":${n},"type":${JSON.stringify(type)},"symbol":${JSON.stringify(symbol)},"frame":${frame}}`

test('names with escapes and beyond ASCII are texts, and the same however they are written', () => {
  const names = ['a"b', 'ü', 'x\\y', '\u2028', '', 'ab', 'ab ']
  const lines = names.map((name, i) => line(i + 1, name === '' ? 't' : name, name, '{}'))
  // JSON may write a letter as its number.
  lines.push(line(99, 't', 'Z', '{}').replace('"symbol":"Z"', '"symbol":"\\u0061b"'))
  const { unknown } = rowsOf(lines)
  const found = unknown.map((row) => (JSON.parse(row) as { symbol: string }).symbol)
  assert.equal(found, [...names, 'ab'])
})

test('rows of one time are in order of connection, number and place in the frame', () => {
  const lines = [
    line(10, 't', '', '1', 'b'),
    line(9, 't', '', '1', 'b'),
    line(11, 't', '', '1', 'a'),
  ]
  const { unknown } = rowsOf(lines)
  const keys = unknown.map((row) => JSON.parse(row) as { conn: string; n: string })
  assert.equal(
    keys.map(({ conn, n }) => `${conn} ${n}`),
    ['a 11', 'b 9', 'b 10']
  )
})

test('numbers beyond 32 bits are exact', () => {
  const numbers = [2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, 2 ** 32, Number.MAX_SAFE_INTEGER]
  const { unknown } = rowsOf(numbers.map((n) => line(n, 't', '', '1')))
  const found = unknown.map((row) => Number((JSON.parse(row) as { n: string }).n))
  assert.equal(found, numbers)
})

test('a line that is cut anywhere is refused, or its frame is unknown', () => {
  const whole = line(1, 'trade', 'SYM', '{"type":"trade"}')
  let refused = 0
  for (let cut = 1; cut < whole.length - 1; cut++) {
    const builder = new Builder({}, () => normalizer)
    try {
      builder.add(Buffer.from(whole.slice(0, cut)))
      const rows = builder.finish().get('unknown')!.length
      assert.is(rows, 1, whole.slice(0, cut))
    } catch (thrown) {
      assert.instance(thrown, SsmdError, `${whole.slice(0, cut)}: ${String(thrown)}`)
      assert.is((thrown as SsmdError).code, 'SSMD_E_ARCHIVE_INVALID')
      refused++
    }
  }
  assert.ok(refused > 60, `${refused} refused`)
})

test('only the tables that are wanted are made', () => {
  const lines = [line(1, 't', '', '1')]
  assert.equal(Object.keys(rowsOf(lines, { tables: ['trade', 'book'] })), ['trade', 'book'])
})

test.run()
