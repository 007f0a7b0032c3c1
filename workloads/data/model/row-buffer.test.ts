import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { RowBuffer, RUN_ROWS } from './row-buffer.ts'

const test = suite('row buffer')

const NUMBER = [{ name: 'n', type: 'decimal', says: '' }] as const

test('a decimal has no zeros at its end, at any size, and absent stays absent', () => {
  const buffer = new RowBuffer(NUMBER)
  const big = 10n ** 20n + 1n
  for (const [integer, scale] of [
    [4800n, 4],
    [0n, 9],
    [-1200n, 2],
    [100n, 0],
    [big * 100n, 3],
  ] as const) {
    buffer.wide(0, integer, scale)
    buffer.end()
  }
  buffer.decimal(0, Number.NaN, 4)
  buffer.end()
  const [column] = buffer.run().columns
  assert.ok(column?.type === 'decimal')
  if (column?.type !== 'decimal') return
  assert.equal([...column.values.subarray(0, 4)], [48, 0, -12, 100])
  assert.equal([...column.scales.subarray(0, 5)], [2, 0, 0, 0, 1])
  assert.ok(Number.isNaN(column.values[4]) && Number.isNaN(column.values[5]))
  assert.equal([...(column.wide ?? [])], [[4, big]])
})

test('more rows than there was room for are kept, and cleared ones are gone', () => {
  const columns = [
    ...NUMBER,
    { name: 't', type: 'time', says: '' },
    { name: 's', type: 'text', says: '' },
    { name: 'f', type: 'flag', says: '' },
  ] as const
  const buffer = new RowBuffer(columns)
  const count = 3 * RUN_ROWS + 1
  for (let i = 0; i < count; i++) {
    buffer.decimal(0, i + 1, 0)
    buffer.time(1, i, i)
    buffer.text(2, String(i))
    buffer.flag(3, i % 2 === 0)
    buffer.end()
  }
  const { length, columns: made } = buffer.run()
  const [n, t, s, f] = made
  assert.is(length, count)
  assert.ok(n?.type === 'decimal' && n.values[0] === 1 && n.values[count - 1] === count)
  assert.ok(t?.type === 'time' && t.ms[5] === 5 && t.ns[count - 1] === count - 1)
  assert.ok(s?.type === 'text' && s.values.length === count)
  assert.ok(f?.type === 'flag' && f.values[count - 1] === 1)
  buffer.clear()
  assert.is(buffer.run().length, 0)
})

test.run()
