import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { clean, formatBytes, formatCount, formatRate, formatSpan, plural } from './text.ts'

const test = suite('text')

test('counts, rates and sizes read as a person writes them', () => {
  assert.equal([0, 999, 1000, 1_234_567].map(formatCount), ['0', '999', '1,000', '1,234,567'])
  assert.equal([0, 0.25, 9.94, 9.96, 203.4, 20_000].map(formatRate), [
    '0',
    '0.3',
    '9.9',
    '10',
    '203',
    '20,000',
  ])
  assert.equal([0, 999, 1000, 1234, 99_949, 99_950, 999_499, 999_500, 1e15].map(formatBytes), [
    '0 B',
    '999 B',
    '1.0 kB',
    '1.2 kB',
    '99.9 kB',
    '100 kB',
    '999 kB',
    '1.0 MB',
    '1.0 PB',
  ])
})

test('spans have two units at most, and never sixty of one', () => {
  const seconds = [
    0, 0.04, 9.94, 9.96, 59.4, 59.6, 60, 83, 3599.6, 3600, 7500, 172_799, 172_800, 200_000,
  ]
  assert.equal(
    seconds.map((value) => formatSpan(value * 1000)),
    [
      '0.0 s',
      '0.0 s',
      '9.9 s',
      '10 s',
      '59 s',
      '1 m',
      '1 m',
      '1 m 23 s',
      '1 h',
      '1 h',
      '2 h 5 m',
      '2 d',
      '2 d',
      '2 d 8 h',
    ]
  )
})

test('one is one, and many are many', () => {
  assert.equal(
    [plural(0, 'gap'), plural(1, 'gap'), plural(1200, 'entry', 'entries')],
    ['0 gaps', '1 gap', '1,200 entries']
  )
})

test('control characters of foreign text show and do nothing', () => {
  assert.is(clean('a\u001b[31m\nb\u0007\u009bc\u202ed'), 'a\\x1b[31m b\\x07\\x9bc\\x202ed')
  assert.is(clean('größer 日本 ✓'), 'größer 日本 ✓')
})

test.run()
