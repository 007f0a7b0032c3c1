import * as fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { isFeedPattern, matchFeeds } from './feed-patterns.ts'

const test = suite('feeds of an API key')

const CASES: readonly [patterns: string[], feeds: Readonly<Record<string, boolean>>][] = [
  [['*'], { kalshi: true, 'live.kalshi': true, k: true, '*': true, '': true }],
  [['kalshi'], { kalshi: true, kalshi2: false, xkalshi: false, 'live.kalshi': false, '*': false }],
  [
    ['live.*'],
    { 'live.kalshi': true, 'live.': true, live: false, kalshi: false, 'xlive.a': false },
  ],
  [['*-spot'], { 'kraken-spot': true, '-spot': true, spot: false, 'kraken-spot-2': false }],
  [['k*i'], { kalshi: true, ki: true, k: false, kalshit: false }],
  [['a*b*c'], { abc: true, axbyc: true, acb: false, abcb: false, aabbcc: true }],
  [['ab*ba'], { aba: false, abba: true, abxba: true }],
  [['**'], { kalshi: true, '': true }],
  [['kalshi', 'kraken'], { kalshi: true, kraken: true, binance: false }],
  [['kalshi', '*'], { kalshi: true, binance: true }],
  [[], { kalshi: false, '': false, '*': false }],
]
for (const [patterns, feeds] of CASES)
  test(`${JSON.stringify(patterns)} matches as it reads`, () => {
    const match = matchFeeds(patterns)
    for (const [feed, matches] of Object.entries(feeds)) assert.is(match(feed), matches, feed)
  })

test('patterns match as a regular expression of the same meaning does', () => {
  const text = (max: number) => fc.string({ unit: fc.constantFrom('a', 'b', '.'), maxLength: max })
  fc.assert(
    fc.property(fc.array(text(3), { minLength: 1, maxLength: 5 }), text(12), (parts, feed) => {
      const expression = new RegExp(`^${parts.map((p) => p.replaceAll('.', '\\.')).join('.*')}$`)
      assert.is(matchFeeds([parts.join('*')])(feed), expression.test(feed), parts.join('*'))
    })
  )
})

test('a pattern that is slow as a regular expression is decided in one pass', () => {
  // As `.*a.*a.*a…b` this would never end: that the test ends is the assertion.
  assert.not(matchFeeds([`${'*a'.repeat(60)}*b`])('a'.repeat(100_000)))
})

test('a pattern holds what names of feeds hold, and stars', () => {
  for (const good of ['*', 'kalshi', 'live.kalshi', 'k*', '*.kraken-spot'])
    assert.ok(isFeedPattern(good), good)
  for (const bad of [
    '',
    ' ',
    '.',
    '-a',
    'Kalshi',
    'a,b',
    'a/b',
    '../a',
    '[a]',
    'a?',
    'é',
    'a'.repeat(128),
  ])
    assert.not(isFeedPattern(bad), bad)
})

test.run()
