import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Gate, type Place } from './gate.ts'

const test = suite('gate')
const never = new AbortController().signal
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

type Running = { readonly place: Place; readonly end: () => void }

function gateOf(options: { active: number; open?: number }) {
  const gate = new Gate({ waiting: 10, waitMs: 60_000, ...options })
  const running: Running[] = []
  const ended: Promise<void>[] = []
  const ask = (): void => {
    ended.push(gate.run(never, (place) => new Promise<void>((end) => running.push({ place, end }))))
  }
  return { gate, running, ended, ask }
}

test('a place that is lent lets another one in, and taking it back asks no one', async () => {
  const { gate, running, ended, ask } = gateOf({ active: 1, open: 2 })
  for (let i = 0; i < 3; i++) ask()
  await settled()
  assert.equal([running.length, gate.active, gate.waiting], [1, 1, 2])
  assert.ok(running[0]!.place.isWanted())
  running[0]!.place.lend()
  running[0]!.place.lend()
  await settled()
  // Two have begun, which is as many as may.
  assert.equal([running.length, gate.active, gate.waiting], [2, 1, 1])
  running[1]!.place.lend()
  await settled()
  assert.equal([running.length, gate.active], [2, 0])
  running[0]!.place.takeBack()
  running[1]!.place.takeBack()
  assert.is(gate.active, 2)
  running[0]!.end()
  await settled()
  // One is still made, which is as many as may be.
  assert.equal([running.length, gate.active, gate.waiting], [2, 1, 1])
  running[1]!.end()
  await settled()
  assert.equal([running.length, gate.active, gate.waiting], [3, 1, 0])
  running[2]!.place.lend()
  running[2]!.end()
  await Promise.all(ended)
  assert.equal([gate.active, gate.waiting], [0, 0])
})

test('without room for more that have begun, lending lets no one in', async () => {
  const { gate, running, ended, ask } = gateOf({ active: 1 })
  ask()
  ask()
  await settled()
  running[0]!.place.lend()
  await settled()
  assert.equal([running.length, gate.active, gate.waiting], [1, 1, 1])
  running[0]!.end()
  await settled()
  running[1]!.end()
  await Promise.all(ended)
})

test.run()
