// Command line over Environment over defaults; what does not fit is an error with a next step.
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { SsmdError } from '#crds/errors.ts'
import { settle } from './options.ts'
import { burstAt } from './player.ts'

const test = suite('options')

test('takes the command line first, then the Environment, then the defaults', () => {
  assert.equal(settle({ exchanges: ['kalshi'] }, {}), {
    host: '127.0.0.1',
    port: 8980,
    replay: [],
    speed: 1,
    seed: 1,
    rate: 200,
    markets: 6,
  })
  const environment = {
    url: 'ws://127.0.0.1:9001',
    replay: ['a'],
    speed: 'max',
    seed: 5,
    rate: 9,
    markets: 2,
  }
  assert.equal(settle({ exchanges: ['kalshi'], host: '::1' }, environment), {
    host: '::1',
    port: 9001,
    replay: ['a'],
    speed: 'max',
    seed: 5,
    rate: 9,
    markets: 2,
  })
  const given = settle(
    { exchanges: ['kalshi'], port: 0, replay: ['b'], speed: '2.5', seed: 0, rate: 7, markets: 1 },
    environment
  )
  assert.equal(given, {
    ...given,
    port: 0,
    replay: ['b'],
    speed: 2.5,
    seed: 0,
    rate: 7,
    markets: 1,
  })
})

test('refuses what does not fit, with what to do', () => {
  for (const [options, message] of [
    [{ exchanges: ['kalshi'], speed: 'fast' }, /speed "fast": expected a number above 0 or max/],
    [{ exchanges: ['kalshi'], speed: '0' }, /speed "0"/],
    [{ exchanges: ['kalshi'], port: 70_000 }, /port 70000/],
    [{ exchanges: ['kalshi'], rate: 0 }, /rate 0/],
    [{ exchanges: ['kalshi'], markets: 1.5 }, /markets 1.5/],
    [{ exchanges: ['kalshi'], seed: -1 }, /seed -1/],
  ] as const)
    assert.throws(
      () => settle(options, {}),
      (error: unknown) =>
        error instanceof SsmdError &&
        error.code === 'SSMD_E_USAGE' &&
        message.test(error.message) &&
        !!error.hint
    )
})

test('bursts leave the mean of a second as it is', () => {
  for (const start of [0, 137, 999]) {
    let sum = 0
    for (let ms = start; ms < start + 1000; ms++) sum += burstAt(ms, 200)
    assert.is(sum, 1000)
  }
  assert.is(burstAt(300, 20_000), 1, 'who measures gets an even rate')
})

test.run()
