import assert from 'node:assert/strict'
import { suite } from 'uvu'
import { SsmdError } from './errors.ts'
import { parseDuration, parseSize } from './quantities.ts'

const test = suite('quantities')

test('durations are milliseconds', () => {
  for (const [text, ms] of [
    ['0ms', 0],
    ['500ms', 500],
    ['30s', 30_000],
    ['2m', 120_000],
    ['72h', 259_200_000],
    ['3d', 259_200_000],
  ] as const) {
    assert.equal(parseDuration(text), ms, text)
  }
})

test('sizes are bytes', () => {
  for (const [text, bytes] of [
    ['1024', 1024],
    ['64Ki', 65_536],
    ['256Mi', 268_435_456],
    ['8Gi', 8_589_934_592],
    ['1Ti', 1_099_511_627_776],
  ] as const) {
    assert.equal(parseSize(text), bytes, text)
  }
})

test('anything else is refused with an example of what is meant', () => {
  for (const text of ['', '5', '5 s', '-5s', '1.5h', '5min', '1e3s', '99999999999999999d']) {
    assert.throws(() => parseDuration(text), /expected a duration such as 500ms/, text)
  }
  for (const text of ['', '8GB', '8gi', '-1', '1.5Gi', '99999999999Ti']) {
    assert.throws(() => parseSize(text), SsmdError, text)
  }
})

test.run()
