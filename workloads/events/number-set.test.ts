import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { seeded, testSeed } from '#archive/testing/random.ts'
import { NumberSet, type NumberSpan } from './number-set.ts'

const test = suite('set of numbers')
const seed = testSeed('number-set')

test('what is missing is what a set of JavaScript does not have, below and above 2^32', () => {
  const random = seeded(seed)
  for (const base of [1, 65_530, 2 ** 32 - 70_000, 2 ** 50]) {
    const span: NumberSpan = [base, base + 150_000]
    const held = new NumberSet([span])
    const wanted = new Set<number>()
    for (let i = 0; i < 50; i++) {
      const first = base - 10 + random.int(0, 150_020)
      const last = first + random.int(0, 9_000)
      held.addAll([first, last])
      for (let number = first; number <= last; number++) wanted.add(number)
      const one = base + random.int(0, 150_000)
      held.add(one)
      wanted.add(one)
    }
    const missing: NumberSpan[] = []
    for (let number = base; number <= span[1]; number++) {
      if (wanted.has(number)) continue
      const start = number
      while (number < span[1] && !wanted.has(number + 1)) number++
      missing.push([start, number])
    }
    assert.equal([...held.missing(span)], missing, `seed ${seed}, from ${base}`)
  }
})

test.run()
