// Decimals against BigInt arithmetic over the text: what is accepted is exact, both ways, and what is exact and fits is accepted.

import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import {
  compareDecimals,
  DECIMAL_TOO_LONG,
  DecimalReader,
  decimalText,
  MAX_MANTISSA,
  MAX_SCALE,
  NOT_A_DECIMAL,
  rescale,
} from './decimal.ts'

const seed = Date.now() & 0x7fffffff
const options = { seed, numRuns: 3000 }
console.log(`decimal.test: seed ${seed}`)

const reader = new DecimalReader()
/** Reads a text that stands between other bytes, which must not matter. */
function read(text: string): { mantissa: number; scale: number; reason: string } {
  const bytes = Buffer.from(`9${text}9.e`)
  const mantissa = reader.read(bytes, 1, bytes.length - 3)
  return { mantissa, scale: reader.scale, reason: reader.reason }
}

/** The value of a text as numerator over a power of ten, by BigInt alone; undefined if it is no decimal. */
function oracle(text: string): { value: bigint; scale: number } | undefined {
  const parts = /^([-+]?)(\d*)(?:\.(\d*))?(?:[eE]([-+]?\d+))?$/.exec(text)
  if (parts === null) return undefined
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = parts
  if (whole + fraction === '') return undefined
  const value = BigInt(whole + fraction) * (sign === '-' ? -1n : 1n)
  return { value, scale: fraction.length - Number(exponent) }
}

/** Both as numerators over the same power of ten. */
function isSame(a: { value: bigint; scale: number }, b: { value: bigint; scale: number }): boolean {
  const scale = Math.max(a.scale, b.scale)
  const up = ({ value, scale: from }: typeof a) => value * 10n ** BigInt(scale - from)
  return up(a) === up(b)
}

const abs = (value: bigint): bigint => (value < 0n ? -value : value)

/** Whether any integer and scale in range have this value. */
function isHeld({ value, scale }: { value: bigint; scale: number }): boolean {
  if (value === 0n) return true
  while (value % 10n === 0n && scale > 0) {
    value /= 10n
    scale--
  }
  if (scale < 0) return abs(value) * 10n ** BigInt(-scale) <= BigInt(MAX_MANTISSA)
  return scale <= MAX_SCALE && abs(value) <= BigInt(MAX_MANTISSA)
}

const digits = (max: number) => fc.stringMatching(new RegExp(`^[0-9]{0,${max}}$`))
const decimal = fc
  .tuple(
    fc.constantFrom('', '', '', '-', '+'),
    fc.oneof(digits(3), digits(18), fc.constant('0'), fc.constant('000')),
    fc.oneof(fc.constant(undefined), digits(4), digits(20), fc.constant('000000000000000000')),
    fc.oneof(
      fc.constant(undefined),
      fc.constant(undefined),
      fc.integer({ min: -40, max: 40 }).map((e) => `e${e}`),
      fc.constantFrom('E+2', 'e-07', 'e', 'e+', 'E00')
    )
  )
  .map(
    ([sign, whole, fraction, exponent]) =>
      `${sign}${whole}${fraction === undefined ? '' : `.${fraction}`}${exponent ?? ''}`
  )

test('a decimal text is read exactly or refused, whatever its form', () => {
  fc.assert(
    fc.property(decimal, (text) => {
      const expected = oracle(text)
      const { mantissa, scale, reason } = read(text)
      if (expected === undefined) {
        assert.ok(Number.isNaN(mantissa), text)
        return assert.is(reason, NOT_A_DECIMAL, text)
      }
      if (!isHeld(expected)) {
        assert.ok(Number.isNaN(mantissa), text)
        return assert.is(reason, DECIMAL_TOO_LONG, text)
      }
      assert.is(reason, '', text)
      assert.ok(Number.isSafeInteger(mantissa) && !Object.is(mantissa, -0), text)
      assert.ok(scale >= 0 && scale <= MAX_SCALE, text)
      assert.ok(
        isSame({ value: BigInt(mantissa), scale }, expected),
        `${text}: ${mantissa} ${scale}`
      )
    }),
    options
  )
})

test('every integer and scale is read back from its text, digit by digit', () => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), fc.nat(MAX_SCALE), (mantissa, scale) => {
      const text = decimalText(mantissa, scale)
      const back = read(text)
      assert.is(back.mantissa, mantissa + 0, text)
      assert.is(back.scale, scale, text)
      assert.is(decimalText(back.mantissa, back.scale), text)
    }),
    options
  )
})

test('a decimal as exchanges send it comes back as the same text', () => {
  for (const text of '0.4800 275.00 -40.00 0.0000 0 78871.5 0.01266503 70000.10000000 1 100'.split(
    ' '
  )) {
    const { mantissa, scale } = read(text)
    assert.is(decimalText(mantissa, scale), text)
  }
})

test('anything else than a decimal is refused', () => {
  const texts = ' |.|-|+|--1|1.2.3|0.-10000|1,5|1e|1e+|e5|0x10|Infinity|NaN|null|1_0|1 |½'.split(
    '|'
  )
  for (const text of ['', ...texts]) {
    const { mantissa, reason } = read(text)
    assert.ok(Number.isNaN(mantissa), text)
    assert.is(reason, NOT_A_DECIMAL, text)
  }
})

test('zeros at the end go only if the number does not fit with them', () => {
  assert.equal(read('0.480000000000000'), { mantissa: 480000000000000, scale: 15, reason: '' })
  assert.equal(read('1.000000000000000000'), { mantissa: 1, scale: 0, reason: '' })
  assert.equal(read('0.000000000000000001'), { mantissa: 1, scale: 18, reason: '' })
  assert.equal(read('9007199254740991'), { mantissa: MAX_MANTISSA, scale: 0, reason: '' })
  assert.is(read('9007199254740992').reason, DECIMAL_TOO_LONG)
  assert.is(read('900719925474099.21').reason, DECIMAL_TOO_LONG)
  assert.is(read('1e99999999999').reason, DECIMAL_TOO_LONG)
  assert.equal(read('9007199254740990.0'), { mantissa: 9007199254740990, scale: 0, reason: '' })
})

test('an absent decimal has no text, and is neither smaller nor larger than another', () => {
  assert.is(decimalText(Number.NaN, 2), '')
  for (const scale of [0, 2, 5]) {
    assert.ok(Number.isNaN(compareDecimals(Number.NaN, 2, 7, scale)))
    assert.ok(Number.isNaN(compareDecimals(7, scale, Number.NaN, 2)))
  }
})

test('another scale gives the same value or none', () => {
  const scales = fc.nat(MAX_SCALE)
  fc.assert(
    fc.property(fc.maxSafeInteger(), scales, scales, (mantissa, from, to) => {
      const result = rescale(mantissa, from, to)
      const exact = to >= from || BigInt(mantissa) % 10n ** BigInt(from - to) === 0n
      const value =
        to >= from
          ? BigInt(mantissa) * 10n ** BigInt(to - from)
          : BigInt(mantissa) / 10n ** BigInt(from - to)
      if (!exact || abs(value) > BigInt(MAX_MANTISSA)) return assert.ok(Number.isNaN(result))
      assert.is(BigInt(result), value)
    }),
    options
  )
})

test('decimals of any scales are ordered as their values are', () => {
  const near = fc.tuple(fc.integer({ min: -120, max: 120 }), fc.nat(3))
  const far = fc.tuple(fc.maxSafeInteger(), fc.nat(MAX_SCALE))
  const any = fc.oneof(near, far)
  fc.assert(
    fc.property(any, any, ([a, aScale], [b, bScale]) => {
      const difference = BigInt(a) * 10n ** BigInt(bScale) - BigInt(b) * 10n ** BigInt(aScale)
      const expected = difference < 0n ? -1 : difference > 0n ? 1 : 0
      assert.is(Math.sign(compareDecimals(a, aScale, b, bScale)) + 0, expected)
    }),
    options
  )
})

test.run()
