import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { remember, rememberPair } from './remember.ts'

const test = suite('remember')

test('a function of one object is computed once for each object, and again for an equal other one', () => {
  let calls = 0
  const count = remember((a: { readonly n: number }) => {
    calls++
    return a.n
  })
  const one = { n: 1 }
  assert.equal([count(one), count(one), count({ n: 1 })], [1, 1, 1])
  assert.is(calls, 2)
})

test('a function of two objects is computed again when either is another object', () => {
  let calls = 0
  const sum = rememberPair((a: { readonly n: number }, b: { readonly n: number }) => {
    calls++
    return a.n + b.n
  })
  const [one, two] = [{ n: 1 }, { n: 2 }]
  assert.equal([sum(one, two), sum(one, two)], [3, 3])
  assert.is(calls, 1)
  assert.is(sum(one, { n: 5 }), 6)
  assert.is(sum({ n: 4 }, two), 6)
  assert.is(calls, 3)
})

test.run()
