import { suite } from 'uvu'
import * as assert from 'uvu/assert'
// @ts-expect-error a module of the page: page/tsconfig.json has its types
import { readEvent } from './api.mjs'
// @ts-expect-error a module of the page: page/tsconfig.json has its types
import { bandsOf } from './gap-bands.mjs'

const test = suite('what the page reads')

test('an event of a stream is read with its id, its name and all of its lines', () => {
  assert.equal(readEvent('id: 7\nevent: gap\ndata: {"a":1}'), {
    id: '7',
    event: 'gap',
    data: '{"a":1}',
  })
  assert.equal(readEvent('data: a\r\ndata: b'), { id: '', event: 'message', data: 'a\nb' })
  assert.equal(readEvent('data:x: y'), { id: '', event: 'message', data: 'x: y' })
  assert.equal(readEvent('id: 9'), { id: '9', event: 'message', data: '' })
  assert.is(readEvent(': still here').data, '')
})

test('every gap is drawn, in whatever order they come, and a storm of them once for each pixel', () => {
  const at = (time: string | null) => Number(time)
  const gap = (from: number, to: number | null) => ({
    from: String(from),
    to: to === null ? null : String(to),
  })
  assert.equal(bandsOf([gap(500, 520), gap(10, 30), gap(15, 20)], null, at), [
    [10, 30],
    [500, 520],
  ])
  assert.equal(bandsOf([gap(10, null)], '90', at), [[10, 90]])
  const storm = Array.from({ length: 50_000 }, (_, i) => gap(i / 100, i / 100))
  const bands = bandsOf(storm, null, at)
  assert.ok(bands.length <= 251)
  assert.is(bands.at(-1)![1], 499.99)
})

test.run()
