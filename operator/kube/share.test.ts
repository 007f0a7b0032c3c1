// Shared parts are equal parts: nothing else changes. And what is alike is really kept once.

import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Sharer } from './share.ts'
import { Turns } from './turns.ts'

const test = suite('share')

test('what comes out is what went in, whatever it is and whatever came before', () => {
  const sharer = new Sharer()
  // Few different texts and names, so that parts meet; keys that collide if they are written carelessly.
  const text = fc.constantFrom('a', '', 'b', '1:a', '1:a,1:b', '#1', '{', 'null', 'x'.repeat(600))
  const value = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      text,
      fc.constantFrom(1, 0, true, false, null, 12),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(text, tie('value'), { maxKeys: 3 })
    ),
  })).value
  const object = fc.dictionary(fc.constantFrom('metadata', 'spec', 'a'), value)
  fc.assert(
    fc.property(object, (written) => {
      const before = JSON.stringify(written)
      assert.is(JSON.stringify(sharer.share(JSON.parse(before) as object)), before)
    }),
    { numRuns: 3000 }
  )
})

test('equal parts and texts of many objects are one', () => {
  const sharer = new Sharer()
  const make = (i: number) =>
    sharer.share({
      metadata: { name: `n${i}`, labels: { app: `some text ${i % 2}` } },
      spec: { probe: { path: '/livez', port: 8080 }, list: ['one', { two: 2 }], own: i },
    })
  const [a, b, c] = [make(0), make(1), make(2)]
  assert.is(a.spec.probe, b.spec.probe)
  assert.is(a.spec.list, c.spec.list)
  assert.is(a.metadata.labels, c.metadata.labels)
  assert.is.not(a.metadata.labels, b.metadata.labels)
  assert.is.not(a.spec, b.spec)
})

test('what is seen again and again is shared after any number of others', () => {
  const sharer = new Sharer()
  const first = sharer.share({ spec: { probe: { path: '/livez' } } })
  for (let i = 0; i < 50_000; i++) {
    const other = sharer.share({ spec: { probe: { path: '/livez' }, own: { text: `own ${i}` } } })
    if (i % 10_000 === 0) assert.is(other.spec.probe, first.spec.probe)
  }
})

test('so many have their turn at once, in order, and a turn ends once', async () => {
  const turns = new Turns(2)
  const order: number[] = []
  const held = [await turns.take(), await turns.take()]
  const waiting = [3, 4].map(async (i) => {
    const turn = await turns.take()
    order.push(i)
    return turn
  })
  await Promise.resolve()
  assert.equal(order, [])
  held[0]?.[Symbol.dispose]()
  held[0]?.[Symbol.dispose]()
  await waiting[0]
  await Promise.resolve()
  assert.equal(order, [3], 'the second call gave nobody a turn')
  held[1]?.[Symbol.dispose]()
  await waiting[1]
  assert.equal(order, [3, 4])
})

test.run()
