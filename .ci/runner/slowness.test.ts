// What is measured, how long it holds, and that it never makes a deadline shorter.

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { slownessMeter } from './slowness.ts'

const test = suite('slowness')

/** A computer on which the work takes `workMs`; its clock moves with the work alone, or by hand. */
function computer(workMs: number, load = 0) {
  const at = { ms: 0, works: 0 }
  const meter = slownessMeter({
    now: () => at.ms,
    work: () => {
      at.ms += workMs
      at.works++
    },
    load: () => load,
  })
  return { at, meter }
}

test('a slow computer is as many times slower as its work takes longer', () => {
  assert.is(computer(240).meter(), 4)
})

test('a fast one never makes a deadline shorter', () => {
  assert.is(computer(10).meter(), 1)
})

test('a load counts where the work itself was not held up', () => {
  assert.is(computer(60, 3.5).meter(), 3.5)
})

test('a computer that stands still does not make a deadline endless', () => {
  assert.is(computer(1_000_000).meter(), 20)
})

test('it is measured anew while tests run, but not for each file', () => {
  const { at, meter } = computer(60)
  for (let i = 0; i < 50; i++) meter()
  assert.is(at.works, 1)
  at.ms += 30_000
  meter()
  assert.is(at.works, 2)
})

test('the real work takes some milliseconds on any computer', () => {
  const slowness = slownessMeter()()
  assert.ok(slowness >= 1 && slowness <= 20, String(slowness))
})

test.run()
