import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Turns } from './turns.ts'

const test = suite('turns')

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

test('of many that come together a few begin in a turn, in their order, and all in the end', async () => {
  const turns = new Turns(16)
  const begun: number[] = []
  for (let i = 0; i < 100; i++) turns.begin(() => begun.push(i))
  assert.equal(begun, [])
  let most = 0
  for (let before = 0; begun.length < 100; before = begun.length) {
    await nextTurn()
    most = Math.max(most, begun.length - before)
    assert.ok(begun.length > before, 'a turn began none')
  }
  assert.is(most, 16)
  assert.equal(
    begun,
    Array.from({ length: 100 }, (_, i) => i)
  )
})

test('what comes while others begin has its turn behind them, and what comes after all of them begins soon', async () => {
  const turns = new Turns(16)
  const begun: string[] = []
  turns.begin(() => {
    begun.push('first')
    turns.begin(() => begun.push('last'))
  })
  turns.begin(() => begun.push('second'))
  while (begun.length < 3) await nextTurn()
  assert.equal(begun, ['first', 'second', 'last'])
  turns.begin(() => begun.push('later'))
  await nextTurn()
  assert.is(begun.at(-1), 'later')
})

test('who waits for a turn continues in the order of asking, a few in each', async () => {
  const turns = new Turns(2)
  const done: number[] = []
  const all = Array.from({ length: 6 }, (_, i) => turns.next().then(() => done.push(i)))
  await nextTurn()
  await nextTurn()
  assert.ok(done.length > 0 && done.length < 6, `${done}`)
  await Promise.all(all)
  assert.equal(done, [0, 1, 2, 3, 4, 5])
})

test.run()
