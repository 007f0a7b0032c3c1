import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { testSeed } from '../testing/random.ts'
import { LineChecker } from './lines.ts'

const test = suite('plain lines')
const seed = testSeed('plain lines')

const DAY = '2026-11-24'

/** What is told of the last of these lines, each checked after those before it, and what was found in all. */
function check(format: 1 | 2, members: readonly (readonly string[])[]) {
  const told: string[] = []
  const lines = new LineChecker(DAY, format, (where, what) => told.push(`${where}: ${what}`))
  const facts = members.map((texts) =>
    lines.member(Buffer.from(texts.map((text) => `${text}\n`).join(''), 'latin1'))
  )
  const { names, ...last } = facts.at(-1)!
  return { told, last, names, total: lines.total, disorder: lines.disorder, lines }
}

const line = (
  n: number,
  more = '"type":"trade","symbol":"S1","frame":{"i":1}',
  recv = '12:00:00'
) => `{"recv":"${DAY}T${recv}.000000001Z","conn":"01a","n":${n},${more}}`

test('a line that follows others like it is judged as one that stands alone, whatever its bytes', () => {
  const edit = fc.record({ at: fc.nat(), remove: fc.nat(3), insert: fc.constantFrom(...PIECES) })
  fc.assert(
    fc.property(
      fc.constantFrom(1 as const, 2 as const),
      fc.constantFrom(...LINES),
      fc.array(edit, { maxLength: 2 }),
      (format, text, edits) => {
        let changed = text
        for (const { at, remove, insert } of edits) {
          const i = at % (changed.length + 1)
          changed = changed.slice(0, i) + insert + changed.slice(i + remove)
        }
        const alone = check(format, [[changed]])
        const before = check(format, [FIRST])
        const after = check(format, [FIRST, [changed]])
        assert.equal(
          after.told.slice(before.told.length).map(placeless),
          alone.told.map(placeless),
          `${format} ${JSON.stringify(changed)}`
        )
        assert.equal(after.last, alone.last, JSON.stringify(changed))
      }
    ),
    { numRuns: process.env.SSMD_FAULTS === 'all' ? 20_000 : 3000, seed }
  )
})

const placeless = (what: string): string => what.replace(/^line \d+( and after)?: /, '')

const LINES = [
  line(7),
  line(8, '"type":"ticker","frame":[1,"é\\u00e9",{"a":null}]'),
  line(9, '"frame":{"i":1}', '23:59:59'),
  line(10, '"type":"trade","symbol":"S2","frame":"x"'),
]
/** Like them, with numbers that none of them has. */
const FIRST = LINES.map((text) => text.replace('"n":', '"n":9000000000000'))
const PIECES = [
  ...'{}[],:"\\-+.eE019 TZ\n\r\u0001\u00e9',
  '"type":"trade",',
  '"symbol":"",',
  '"symbol":"S1",',
  '"text":"x"',
  '"frame":',
  '"event":{"kind":"ready"}',
  '24:00:00',
  '00000000000000000001',
]

test('a number with a leading zero, none at all, and names with the hash of others are no plain lines', () => {
  for (const n of ['01', '0', '', '12345678901234567']) {
    const changed = line(7).replace('"n":7', `"n":${n}`)
    assert.equal(check(2, [[line(1)], [changed]]).told, [
      'line 2: does not begin as a line of an archive',
    ])
  }
  // 31 * 'A' + 'a' = 31 * 'B' + 'B'
  const [one, other] = ['Aa', 'BB'].map((symbol) =>
    line(1, `"type":"t","symbol":"${symbol}","frame":1`)
  )
  const { names, last } = check(2, [[one!, other!.replace('"n":1', '"n":2')]])
  assert.is(last.lines, 2)
  assert.is(names.differenceOfSymbols(new Set(['Aa', 'BB'])), undefined)
})

test('names, times and order of a member are those of all its lines, plain or not', () => {
  const members = [
    [line(1), line(2), line(3, '"type":"trade","frame":1', '11:59:59')],
    [
      line(5, undefined, '12:00:02'),
      line(4, '"type":"other","symbol":"S1","frame":{}', '12:00:01'),
    ],
    [line(6, '"type":"trade","symbol":"S1","text":"x"'), line(4)],
  ]
  const { told, last, names, total, disorder, lines } = check(2, members)
  assert.equal(told, ['line 7: record 4 of connection 01a occurs twice'])
  assert.equal(last, {
    lines: 2,
    from: `${DAY}T12:00:00.000000001Z`,
    to: `${DAY}T12:00:00.000000001Z`,
  })
  assert.is(names.differenceOfTypes({ trade: 2 }), undefined)
  assert.is(names.differenceOfSymbols(new Set(['S1'])), undefined)
  assert.is(total.names.differenceOfTypes({ trade: 6, other: 1 }), undefined)
  assert.is(total.from, `${DAY}T11:59:59.000000001Z`)
  assert.is(total.to, `${DAY}T12:00:02.000000001Z`)
  assert.is(disorder, 2)
  assert.is(lines.numbers.get('01a')?.size, 6)
})

test.run()
