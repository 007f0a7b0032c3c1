import * as fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { cut, renderTable, widthOf } from './table.ts'

const COLUMNS = [
  { title: 'NAME', least: 4 },
  { title: 'NOTE', spare: 2 },
  { title: 'SIZE', align: 'right', spare: 1 },
  { title: 'N', align: 'right' },
] as const
const ROWS = [
  ['kalshi', 'a note', '1.2 MB', '17'],
  ['a-much-longer-name', '', '3 kB', '1,234'],
]

const test = suite('table')

test('aligns columns, and cuts nothing where there is no width', () => {
  assert.is(
    renderTable(COLUMNS, ROWS).join('\n'),
    `NAME                NOTE      SIZE      N
kalshi              a note  1.2 MB     17
a-much-longer-name            3 kB  1,234`
  )
})

test('cuts long texts first, then leaves out what can be spared, the most dispensable first', () => {
  assert.is(
    renderTable(COLUMNS, ROWS, 30).join('\n'),
    `NAME     NOTE      SIZE      N
kalshi   a note  1.2 MB     17
a-much…            3 kB  1,234`
  )
  assert.is(
    renderTable(COLUMNS, ROWS, 21).join('\n'),
    `NAME      SIZE      N
kalshi  1.2 MB     17
a-muc…    3 kB  1,234`
  )
  assert.is(
    renderTable(COLUMNS, ROWS, 12).join('\n'),
    `NAME       N
kals…     17
a-mu…  1,234`
  )
})

test('no line is ever wider than the width (property)', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 30 })
  const row = fc.tuple(text, text, text, text)
  fc.assert(
    fc.property(fc.array(row, { maxLength: 5 }), fc.integer({ min: 1, max: 60 }), (rows, width) => {
      for (const line of renderTable(COLUMNS, rows, width)) assert.ok(widthOf(line) <= width)
    }),
    { seed: Number(process.env.SSMD_SEED ?? 7) }
  )
})

test('knows wide and joining characters', () => {
  assert.is(widthOf('日本'), 4)
  assert.is(widthOf('e\u0301'), 1)
  assert.is(cut('日本語', 5), '日本…')
  assert.is(cut('abc', 3), 'abc')
})

test.run()
