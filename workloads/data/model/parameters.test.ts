import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { editsBetween, nearestName } from './nearest.ts'
import { ParametersError, parameterReader, readParameters } from './parameters.ts'
import type { Parameter } from './query.ts'

const PARAMETERS: readonly Parameter[] = [
  { name: 'feed', list: true, schema: { type: 'string', pattern: '^[a-z0-9.-]{1,80}$' } },
  { name: 'from', schema: { type: 'string', format: 'instant' } },
  { name: 'day', schema: { type: 'string', format: 'day' } },
  { name: 'depth', schema: { type: 'integer', minimum: 1, maximum: 100, default: 10 } },
  { name: 'kind', schema: { type: 'string', enum: ['time', 'tick', 'volume'] } },
  { name: 'raw', schema: { type: 'boolean' } },
  { name: 'at', required: true, schema: { type: 'string' } },
]

const test = suite('parameters')

const read = (pairs: readonly (readonly [string, string])[]) =>
  readParameters({ parameters: PARAMETERS }, pairs)

function refused(...pairs: readonly (readonly [string, string])[]): ParametersError {
  try {
    read([['at', 'x'], ...pairs])
  } catch (thrown) {
    if (thrown instanceof ParametersError) return thrown
    throw thrown
  }
  throw new Error('it was not refused')
}

test('texts become values of the type that their schema has; a list comes by repetition or commas', () => {
  const values = read([
    ['feed', 'kalshi,kraken'],
    ['feed', 'binance'],
    ['depth', '5'],
    ['raw', 'true'],
    ['at', 'x'],
  ])
  assert.equal(values, {
    feed: ['kalshi', 'kraken', 'binance'],
    depth: 5,
    raw: true,
    at: 'x',
  })
  assert.is(read([['at', 'x']]).depth, 10, 'the default')
})

test('a time of any offset, or a day, reaches the query as UTC with nine decimals', () => {
  for (const [text, utc] of [
    ['2026-11-24', '2026-11-24T00:00:00.000000000Z'],
    ['2026-11-24T15:04:05Z', '2026-11-24T15:04:05.000000000Z'],
    ['2026-11-24T15:04:05.123456789Z', '2026-11-24T15:04:05.123456789Z'],
    ['2026-11-24T15:04:05.5+01:00', '2026-11-24T14:04:05.500000000Z'],
  ] as const)
    assert.is(
      read([
        ['at', 'x'],
        ['from', text],
      ]).from,
      utc,
      text
    )
})

test('what is no value of a parameter is refused by name, with the nearest value as a hint', () => {
  assert.match(refused(['kind', 'tikc']).message, 'kind="tikc" is not one of time, tick, volume')
  assert.is(refused(['kind', 'tikc']).hint, 'did you mean tick?')
  assert.equal(refused(['kind', 'tikc']).faults[0]?.parameter, 'kind')
  for (const [name, text] of [
    ['depth', '0'],
    ['depth', '1e1'],
    ['depth', '0x10'],
    ['depth', ''],
    ['depth', '1.0'],
    ['raw', 'yes'],
    ['feed', '../x'],
    ['feed', ''],
    ['day', '2026-02-30'],
    ['day', '2026-2-3'],
    ['day', '2026-11-24T00:00:00Z'],
    ['from', '2026-02-30T00:00:00Z'],
    ['from', '2026-11-24 15:04:05Z'],
    ['from', '2026-11-24T24:00:00Z'],
    ['from', 'yesterday'],
    ['from', '1.7e9'],
  ] as const)
    assert.is(refused([name, text]).faults[0]?.parameter, name, `${name}=${text}`)
})

test('an unknown parameter is refused with the nearest name, and everything wrong is named at once', () => {
  const error = refused(['dept', '3'], ['kind', 'x'])
  assert.is(error.hint, 'did you mean depth?')
  assert.equal(
    error.faults.map(({ parameter }) => parameter),
    ['"dept"', 'kind']
  )
  assert.match(refused(['zzzzzz', '1']).hint ?? '', 'there are: feed, from, day')
  assert.throws(() => read([]), /at is missing/)
  assert.throws(
    () =>
      read([
        ['at', 'x'],
        ['at', 'y'],
      ]),
    /at is given 2 times/
  )
})

test('A3: 64 KB in a name, a value or a list are refused without work that grows faster than they do', () => {
  const long = 'a'.repeat(65_536)
  for (const [name, text] of [
    [long, '1'],
    ['feed', long],
    ['feed', 'a,'.repeat(32_768)],
    ['from', long],
    ['from', `2026-11-24T00:00:00.${'0'.repeat(65_536)}Z`],
    ['day', '2'.repeat(65_536)],
    ['depth', '9'.repeat(65_536)],
    ['kind', long],
    ['at', long],
  ] as const) {
    const pairs = name === 'at' ? [] : [['at', 'x'] as const]
    assert.throws(
      () => read([...pairs, [name, text]]),
      (e: Error) => e.message.length < 500,
      name.slice(0, 9)
    )
  }
  // A mistyped name costs its distance to each name only while it is short.
  assert.is(nearestName(long, ['a'.repeat(65_535)]), undefined)
})

test('the nearest name is the one with the fewest edits, and none if all are other words', () => {
  assert.is(nearestName('symbl', ['feed', 'symbol', 'symbols']), 'symbol')
  assert.is(nearestName('fede', ['feed', 'from']), 'feed')
  assert.is(nearestName('zebra', ['feed', 'from']), undefined)
  assert.is(editsBetween('abc', 'acb'), 1)
  assert.is(editsBetween('', 'abc'), 3)
})

test('two parameters of one name are a fault of ours, found before any call', () => {
  assert.throws(() => parameterReader([PARAMETERS[0]!, PARAMETERS[0]!]), /same name/)
})

test.run()
