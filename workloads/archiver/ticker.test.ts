import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Acknowledger } from '#bus/acknowledger.ts'
import { until, within } from '#testing/deadline.ts'
import { Ticker } from './ticker.ts'

const test = suite('ticker')

test('work is done again and again, and never twice at once', async () => {
  let running = 0
  let most = 0
  let times = 0
  const ticker = new Ticker(5, async () => {
    most = Math.max(most, ++running)
    await new Promise((resolve) => setTimeout(resolve, 15))
    running--
    times++
  })
  await until(20_000, 'three times', () => times >= 3)
  await ticker.stop()
  assert.is(most, 1)
  assert.is(running, 0, 'stop waits for what is under way')
})

test('the first failure ends it and is told', async () => {
  let times = 0
  const ticker = new Ticker(5, async () => {
    times++
    throw new Error('disk')
  })
  try {
    await within(20_000, 'failure', ticker.failed)
    assert.unreachable()
  } catch (thrown) {
    assert.is((thrown as Error).message, 'disk')
  }
  await ticker.stop()
  assert.is(times, 1)
})

test('acknowledgements go out one at a time, and the last commit is not left behind', async () => {
  const sent: number[] = []
  let release: (() => void) | undefined
  const acknowledger = new Acknowledger(
    {
      acknowledge: async (sequence) => {
        sent.push(sequence)
        await new Promise<void>((resolve) => {
          release = resolve
        })
      },
    },
    { warn() {} }
  )
  acknowledger.acknowledge(1)
  acknowledger.acknowledge(2)
  acknowledger.acknowledge(3)
  assert.equal(sent, [1])
  release?.()
  await until(2000, 'the next one', () => sent.length === 2)
  assert.equal(sent, [1, 3])
  release?.()
  await within(2000, 'settled', acknowledger.settle())
})

test('an acknowledgement that fails hinders nothing', async () => {
  let warned = 0
  const acknowledger = new Acknowledger(
    { acknowledge: () => Promise.reject(new Error('NATS is away')) },
    { warn: () => void warned++ }
  )
  acknowledger.acknowledge(7)
  await within(2000, 'settled', acknowledger.settle())
  assert.is(warned, 1)
})

test.run()
