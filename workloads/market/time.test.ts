// Times against BigInt nanoseconds: every unit, RFC 3339 with offsets, and what is no time at all.

import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { viewOf } from './bytes.ts'
import {
  NOT_A_TIME,
  TIME_OUT_OF_RANGE,
  TimeReader,
  timeNanos,
  timeText,
  UNIT,
  type Unit,
} from './time.ts'

const seed = Date.now() & 0x7fffffff
const options = { seed, numRuns: 2000 }
console.log(`time.test: seed ${seed}`)

const reader = new TimeReader()
type Result = { nanos: bigint; reason: string }
const result = (isRead: boolean): Result => {
  assert.is(isRead, reader.reason === '')
  if (!isRead) assert.is(reader.ms, -1)
  return { nanos: timeNanos(reader.ms, reader.ns), reason: reader.reason }
}
/** The text stands between other bytes, which must not matter. */
const number = (text: string, unit: Unit): Result => {
  const bytes = Buffer.from(`7${text}70`)
  const view = viewOf(bytes)
  const frame = { bytes: new Uint8Array(view.buffer), view }
  return result(reader.number(frame, 1, bytes.length - 2, unit))
}
const iso = (text: string): Result => {
  const bytes = Buffer.from(`1${text}Z5`)
  return result(reader.iso(bytes, 1, bytes.length - 2))
}

/** Nanoseconds of 1990 to 2261. */
const nanos = fc.bigInt({ min: 631_152_000_000_000_000n, max: 9_214_646_399_999_999_999n })
const DIGITS = { s: 9, ms: 6, us: 3, ns: 0 } as const

/** Nanoseconds as a number of a unit, with all its decimals. */
function shown(value: bigint, decimals: number): string {
  const text = value.toString()
  if (decimals === 0) return text
  return `${text.slice(0, -decimals)}.${text.slice(-decimals)}`
}

test('a number of any unit is the same time, and tells its unit by its size', () => {
  fc.assert(
    fc.property(nanos, fc.constantFrom('s', 'ms', 'us', 'ns'), (value, unit) => {
      const text = shown(value, DIGITS[unit])
      assert.equal(number(text, UNIT[unit]), { nanos: value, reason: '' }, text)
      assert.equal(number(text, UNIT.any), { nanos: value, reason: '' }, text)
      // Digits below a nanosecond are cut off.
      if (unit !== 'ns') assert.is(number(`${text}987`, UNIT[unit]).nanos, value)
    }),
    options
  )
})

test('a whole number of any unit is a time too, and so is one with an exponent', () => {
  assert.is(number('1786410915566', UNIT.ms).nanos, 1_786_410_915_566_000_000n)
  assert.is(number('1786410915', UNIT.s).nanos, 1_786_410_915_000_000_000n)
  assert.is(number('1786410915566273', UNIT.us).nanos, 1_786_410_915_566_273_000n)
  assert.is(number('1786410915566273123', UNIT.ns).nanos, 1_786_410_915_566_273_123n)
  assert.is(number('1.786410915566273e9', UNIT.s).nanos, 1_786_410_915_566_273_000n)
  assert.is(number('1.786410915566E+12', UNIT.ms).nanos, 1_786_410_915_566_000_000n)
  assert.is(number('17864109155660e-1', UNIT.ms).nanos, 1_786_410_915_566_000_000n)
})

test('RFC 3339 with any digits and offset is the same time', () => {
  const offset = fc.tuple(fc.constantFrom('+', '-'), fc.nat(23), fc.nat(59))
  fc.assert(
    fc.property(nanos, offset, fc.nat(9), (value, [sign, hours, minutes], digits) => {
      const shift = BigInt((sign === '+' ? 1 : -1) * (hours * 60 + minutes)) * 60_000_000_000n
      const local = value + shift
      const seconds = new Date(Number(local / 1_000_000n)).toISOString().slice(0, 19)
      const fraction = (local % 1_000_000_000n).toString().padStart(9, '0').slice(0, digits)
      const two = (n: number) => String(n).padStart(2, '0')
      const cut = value - (value % 10n ** BigInt(9 - digits))
      for (const colon of [':', '']) {
        const text = `${seconds}${digits > 0 ? '.' : ''}${fraction}${sign}${two(hours)}${colon}${two(minutes)}`
        assert.equal(iso(text), { nanos: cut, reason: '' }, text)
      }
    }),
    options
  )
})

test('what a time reads as is what it was written from', () => {
  fc.assert(
    fc.property(nanos, (value) => {
      const ms = Number(value / 1_000_000n)
      const text = timeText(ms, Number(value % 1_000_000n))
      assert.match(text, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$/)
      assert.is(iso(text).nanos, value)
    }),
    options
  )
  assert.is(timeText(-1, 0), '')
})

test('the ways of RFC 3339 are accepted, and more digits than nine are cut off', () => {
  const expected = 1_786_410_915_566_273_000n
  for (const text of [
    '2026-08-11T01:15:15.566273Z',
    '2026-08-11t01:15:15.566273z',
    '2026-08-11 01:15:15.566273+00',
    '2026-08-11T01:15:15.566273000999Z',
    '2026-08-11T03:15:15.566273+02:00',
    '2026-08-10T19:45:15.566273-05:30',
  ])
    assert.is(iso(text).nanos, expected, text)
  assert.is(iso('2016-12-31T23:59:60Z').nanos, 1_483_228_800_000_000_000n, 'a leap second')
  assert.is(iso('2024-02-29T00:00:00Z').reason, '')
})

test('zero and the year 0001 say that there is no time', () => {
  const none = { nanos: -1n, reason: '' }
  assert.equal(iso('0001-01-01T00:00:00Z'), none)
  assert.equal(iso('0001-01-01T00:00:00.000000Z'), none)
  assert.equal(iso('1970-01-01T00:00:00Z'), none)
  for (const unit of [UNIT.s, UNIT.ms, UNIT.us, UNIT.ns, UNIT.any]) {
    assert.equal(number('0', unit), none)
    assert.equal(number('0.000', unit), none)
  }
})

test('a time in a wrong unit, or beyond what 64 bits hold, is out of range', () => {
  const refused = { nanos: -1n, reason: TIME_OUT_OF_RANGE }
  assert.equal(number('1786410915', UNIT.ms), refused)
  assert.equal(number('1786410915566', UNIT.s), refused)
  assert.equal(number('1786410915566', UNIT.us), refused)
  assert.equal(number('1786410915566273', UNIT.ms), refused)
  assert.equal(number('1', UNIT.ns), refused)
  assert.equal(number('0.0001', UNIT.ms), refused)
  assert.equal(number('9'.repeat(60), UNIT.any), refused)
  assert.equal(number(`${'9'.repeat(400)}`, UNIT.s), refused)
  assert.equal(number('1e99', UNIT.s), refused)
  assert.equal(iso('1969-12-31T23:59:59Z'), refused)
  assert.equal(iso('9999-12-31T23:59:59Z'), refused)
})

test('a byte that is no digit is found wherever it stands among thirteen', () => {
  for (let at = 0; at < 13; at++) {
    for (let byte = 0; byte < 256; byte++) {
      const bytes = Buffer.from('1786410915566')
      bytes[at] = byte
      const text = bytes.toString('latin1')
      const view = viewOf(bytes)
      const isRead = reader.number({ bytes, view }, 0, 13, UNIT.ms)
      const isTime =
        /^[0-9]{13}$/.test(text) &&
        Number(text) >= 631_152_000_000 &&
        Number(text) < 9_214_646_400_000
      assert.is(isRead, isTime, text)
      if (isRead) assert.is(reader.ms, Number(text))
    }
  }
})

test('anything else is no time', () => {
  for (const text of [
    '',
    '-1',
    '-1786410915566',
    '+5',
    '1e',
    '1.',
    '.5',
    '12x',
    '1e1000',
    ' 1',
    'NaN',
  ]) {
    assert.equal(number(text, UNIT.ms), { nanos: -1n, reason: NOT_A_TIME }, text)
  }
  for (const text of [
    '',
    '2026-08-11',
    '2026-08-11T01:15:15',
    '2026-08-11T01:15:15.',
    '2026-08-11T01:15:15.5',
    '2026-08-11T01:15:15.Z',
    '2026-13-11T01:15:15Z',
    '2026-00-11T01:15:15Z',
    '2026-02-29T01:15:15Z',
    '2026-04-31T01:15:15Z',
    '2026-08-11T24:15:15Z',
    '2026-08-11T01:60:15Z',
    '2026-08-11T01:15:61Z',
    '2026/08/11T01:15:15Z',
    '2026-08-11X01:15:15Z',
    '2026-08-11T01:15:15ZZ',
    '2026-08-11T01:15:15+2',
    '2026-08-11T01:15:15+24:00',
    '2026-08-11T01:15:15+02:00x',
    '2026-08-11T01:15:15+020',
    '-026-08-11T01:15:15Z',
    'yyyy-mm-ddThh:mm:ssZ',
  ])
    assert.equal(iso(text), { nanos: -1n, reason: NOT_A_TIME }, text)
})

test('any bytes are a time or refused, and never throw', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      result(reader.iso(bytes, 0, bytes.length))
      const view = viewOf(bytes)
      const frame = { bytes, view }
      for (const unit of [UNIT.any, UNIT.ms]) result(reader.number(frame, 0, bytes.length, unit))
    }),
    options
  )
})

test.run()
