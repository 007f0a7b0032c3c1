import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { SymbolTable } from '../ingest/symbol-table.ts'
import {
  formatIndexLine,
  type IndexEntry,
  joinContents,
  type MemberContent,
  parseIndexLine,
} from './index-line.ts'
import { listNumbers, SymbolSet } from './symbols.ts'

const test = suite('index line')

const entry: IndexEntry = {
  offset: 10,
  bytes: 20,
  rawBytes: 200,
  lines: 3,
  from: '2026-11-24T15:01:02.123456789Z',
  to: '2026-11-24T15:01:03.000000000Z',
  stream: [4, 9],
  late: 0,
  end: true,
  types: { trade: 2, ['__proto__']: 1 },
  names: ['A', ''],
  symbols: [0, 1],
  crc32: '0123abcd',
}

test('a line comes back as it was', () => {
  const line = formatIndexLine(entry)
  assert.ok(line.endsWith('"}\n'))
  const types = JSON.parse('{"__proto__":1,"trade":2}') as Record<string, number>
  assert.is(JSON.stringify(parseIndexLine(line.slice(0, -1)).types), JSON.stringify(types))
  assert.equal(parseIndexLine(line.slice(0, -1)), { ...entry, types })
})

test('every flipped bit of a line is found', () => {
  const line = Buffer.from(formatIndexLine(entry).slice(0, -1))
  for (let bit = 0; bit < line.length * 8; bit++) {
    const copy = Buffer.from(line)
    copy[bit >>> 3]! ^= 1 << (bit & 7)
    assert.throws(() => parseIndexLine(copy.toString('latin1')), /checksum/, `bit ${bit}`)
  }
})

test('a set of symbols comes back, as a list or as bits, whichever is shorter', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(3000)), (numbers) => {
      const set = new SymbolSet()
      for (const number of numbers) set.add(number)
      const encoded = set.encode()
      assert.equal(
        listNumbers(encoded),
        [...numbers].sort((a, b) => a - b)
      )
    })
  )
  const dense = new SymbolSet()
  for (let i = 0; i < 200; i++) dense.add(i)
  assert.is(typeof dense.encode(), 'string')
})

test('what members hold together does not depend on how they were cut', () => {
  // Records of one segment in order, each with a type and a symbol; cut at any places, joined again.
  const record = fc.record({
    type: fc.constantFrom('a', 'b', '__proto__'),
    symbol: fc.nat(40),
    time: fc.nat(999),
  })
  fc.assert(
    fc.property(
      fc.array(record, { minLength: 1, maxLength: 60 }),
      fc.array(fc.nat(59)),
      (records, cuts) => {
        const whole = joinContents(cutInto(records, []))
        assert.equal(JSON.stringify(joinContents(cutInto(records, cuts))), JSON.stringify(whole))
      }
    )
  )
})

type TestRecord = { readonly type: string; readonly symbol: number; readonly time: number }

function cutInto(records: readonly TestRecord[], cuts: readonly number[]): MemberContent[] {
  const table = new SymbolTable()
  const bounds = [
    ...new Set([0, ...cuts.filter((cut) => cut < records.length), records.length]),
  ].sort((a, b) => a - b)
  return bounds.slice(0, -1).map((start, i) => {
    const part = records.slice(start, bounds[i + 1])
    const set = new SymbolSet()
    const types: Record<string, number> = Object.create(null)
    const times = part.map(({ time }) => `t${String(time).padStart(3, '0')}`).sort()
    for (const { type, symbol } of part) {
      set.add(table.numberOf(`S${symbol}`))
      types[type] = (types[type] ?? 0) + 1
    }
    return {
      rawBytes: part.length * 7,
      lines: part.length,
      from: times[0]!,
      to: times.at(-1)!,
      stream: [start, (bounds[i + 1] ?? 0) - 1],
      late: 0,
      end: i === bounds.length - 2,
      types,
      names: table.takeFresh(),
      symbols: set.encode(),
    }
  })
}

test.run()
