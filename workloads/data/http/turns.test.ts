import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Turns } from './turns.ts'

const test = suite('turns')

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

test('of many that come together a few begin in a turn, in their order, and all in the end', async () => {
  const turns = new Turns()
  const begun: number[] = []
  for (let i = 0; i < 100; i++) turns.begin(() => begun.push(i))
  assert.equal(begun, [])
  let most = 0
  for (let before = 0; begun.length < 100; before = begun.length) {
    await nextTurn()
    most = Math.max(most, begun.length - before)
    assert.ok(begun.length > before, 'a turn began none')
  }
  assert.ok(most < 50, `${most} in one turn`)
  assert.equal(
    begun,
    Array.from({ length: 100 }, (_, i) => i)
  )
})

test('what comes while others begin has its turn behind them, and what comes after all of them begins soon', async () => {
  const turns = new Turns()
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

test.run()
