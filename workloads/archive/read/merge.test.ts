import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type KeyedLine, lineKey, MergedLines } from './merge.ts'

const test = suite('merge')

type Made = { readonly ms: number; readonly connection: string; readonly number: number }

const textOf = ({ ms, connection, number }: Made): string =>
  `{"recv":"2026-11-24T15:01:02.${String(ms).padStart(9, '0')}Z","conn":"${connection}","n":${number},"type":"t","frame":${ms}}\n`

/** Few times and connections, so that many lines share them. */
const line = fc.record({
  ms: fc.nat(4),
  connection: fc.constantFrom('a', 'b', 'cc'),
  number: fc.integer({ min: 1, max: 12 }),
})
const members = fc.array(fc.array(line, { maxLength: 20 }), { maxLength: 5 })
const wanted = fc.option(fc.nat(4), { nil: undefined })

test('lines of members come in the order of time, connection and number, whatever the order in the members is', () => {
  fc.assert(
    fc.property(members, wanted, fc.boolean(), (all, only, cut) => {
      const isWanted = ({ bytes }: KeyedLine): boolean => bytes.includes(`"frame":${only}}`)
      const merged = new MergedLines()
      for (const [i, member] of all.entries()) {
        const text = member.map(textOf).join('')
        // The last line of a member may lack its line feed.
        const raw = Buffer.from(cut && i === 0 ? text.slice(0, -1) : text)
        merged.add(raw, only === undefined ? undefined : isWanted)
      }
      const read: string[] = []
      for (let next = merged.shift(); next !== undefined; next = merged.shift()) {
        assert.equal(lineKey.of(next.bytes), next)
        read.push(next.bytes.toString().trimEnd())
      }
      const keyOf = ({ ms, connection, number }: Made) =>
        `${ms} ${connection.padEnd(2)} ${String(number).padStart(2, '0')}`
      const expected = all
        .flat()
        .filter(({ ms }) => only === undefined || ms === only)
        .sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
        .map((made) => textOf(made).trimEnd())
      assert.equal(read, expected)
    })
  )
})

test('more lines than there is room for at first come all', () => {
  const all = Array.from({ length: 5000 }, (_, i) => textOf({ ms: i, connection: 'a', number: i }))
  const merged = new MergedLines()
  merged.add(Buffer.from(all.join('')))
  for (const text of all) assert.is(merged.shift()?.bytes.toString(), text)
  assert.is(merged.shift(), undefined)
})

test.run()
