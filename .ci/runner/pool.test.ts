import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { until } from '#testing/deadline.ts'
import { inPool, type Pool } from './pool.ts'

const test = suite('pool')

/** Work that lasts until it is told to end. */
function works() {
  const running = new Map<number, () => void>()
  const started: number[] = []
  return {
    started,
    running: () => [...running.keys()],
    work: (item: number) =>
      new Promise<void>((resolve) => {
        started.push(item)
        running.set(item, () => {
          running.delete(item)
          resolve()
        })
      }),
    end: (item: number) => running.get(item)?.(),
    endAll: () => {
      for (const end of [...running.values()]) end()
    },
  }
}

const ITEMS = [1, 2, 3, 4, 5, 6]
const pool = (more: Partial<Pool> = {}): Pool => ({
  least: 2,
  most: 4,
  signal: new AbortController().signal,
  isIdle: () => false,
  lookMs: 1,
  ...more,
})
/** Some looks are over. */
async function looks(count: number, seen: () => number): Promise<void> {
  const from = seen()
  await until(5000, `${count} looks`, () => seen() >= from + count)
}

test('a busy machine runs the least, in the order of the list, and one more for each that ends', async () => {
  const { started, running, work, end, endAll } = works()
  let looked = 0
  const isIdle = () => ++looked < 0
  const done = inPool(ITEMS, pool({ isIdle }), work)
  await looks(5, () => looked)
  assert.equal(running(), [1, 2])
  end(1)
  await looks(5, () => looked)
  assert.equal(running(), [2, 3])
  while (started.length < ITEMS.length) {
    endAll()
    await looks(1, () => looked)
  }
  endAll()
  await done
  assert.equal(started, ITEMS)
})

test('an idle machine runs one more at each look, and never more than the most', async () => {
  const { running, work, endAll } = works()
  let looked = 0
  const idle = () => {
    looked++
    return true
  }
  const done = inPool(ITEMS, pool({ isIdle: idle }), work)
  await looks(1, () => looked)
  assert.ok(running().length <= 4)
  await looks(20, () => looked)
  assert.equal(running(), [1, 2, 3, 4])
  endAll()
  await until(5000, 'the rest', () => running().length === 2)
  endAll()
  await done
})

test('what was started on an idle machine is not replaced on a busy one', async () => {
  const { running, work, end, endAll } = works()
  let idle = true
  let looked = 0
  const isIdle = () => {
    looked++
    return idle
  }
  const done = inPool(ITEMS, pool({ isIdle }), work)
  await until(5000, 'four', () => running().length === 4)
  idle = false
  end(1)
  end(2)
  await looks(5, () => looked)
  assert.equal(running(), [3, 4])
  end(3)
  await looks(5, () => looked)
  assert.equal(running(), [4, 5])
  idle = true
  await until(5000, 'the last', () => running().length === 3)
  endAll()
  await done
})

test('nothing is started after an abort', async () => {
  const stop = new AbortController()
  const { started, work, endAll } = works()
  const done = inPool(ITEMS, pool({ signal: stop.signal, isIdle: () => true, lookMs: 5000 }), work)
  stop.abort()
  endAll()
  await done
  assert.equal(started, [1, 2])
})

test('an error of the work ends the pool once what runs has ended, and is thrown', async () => {
  const seen: number[] = []
  const work = async (item: number) => {
    seen.push(item)
    if (item === 1) throw new Error('the reason')
  }
  const thrown = await inPool(ITEMS, pool(), work).catch((error: Error) => error.message)
  assert.is(thrown, 'the reason')
  assert.equal(seen, [1, 2])
})

test.run()
