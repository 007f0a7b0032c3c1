import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { EVERYTHING } from '../keys/api-key.ts'
import { ANONYMOUS, allowAll } from './access.ts'
import { admission } from './admission.ts'
import { LIMITS } from './limits.ts'
import type { RequestError } from './problem.ts'

const test = suite('admission')

test('API4: a key holds only so many streams open, another key has its own, and one that ends makes room', () => {
  const { holdStream } = admission(allowAll, { ...LIMITS, streamsPerKey: 2 })
  const [a, b] = ['a', 'b'].map((name) => ({ name, grant: EVERYTHING }))
  const first = holdStream(a!)
  holdStream(a!)
  const refused = (): RequestError => {
    try {
      holdStream(a!)
    } catch (thrown) {
      return thrown as RequestError
    }
    return assert.unreachable('a third stream') as never
  }
  assert.is(refused().status, 429)
  assert.equal(refused().headers, { 'Retry-After': '5' })
  holdStream(b!)
  first[Symbol.dispose]()
  holdStream(a!)
  assert.is(refused().status, 429)
})

test('without keys the streams of this computer are bounded by their gate alone', () => {
  const { holdStream } = admission(allowAll, { ...LIMITS, streamsPerKey: 1 })
  for (let i = 0; i < 10; i++) holdStream(ANONYMOUS)
})

test.run()
