import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { WireDrift } from './wire-drift.ts'

const test = suite('wire-drift')

const counted = (name: string, frames: number, understood: number) => ({
  type: { name, group: 'g', data: true },
  frames,
  bytes: 0,
  missed: frames - understood,
})

function start() {
  let now = 0
  const drift = new WireDrift(() => now)
  const pass = (ms: number) => {
    now += ms
  }
  return { drift, pass }
}

for (const [what, frames, understood, is] of [
  ['nothing', 0, 0, false],
  ['frames that are all understood', 1000, 1000, false],
  ['two damaged frames', 1000, 998, false],
  ['three of very many', 1_000_000, 999_997, false],
  ['three of few', 300, 297, true],
  ['a type that is not understood at all', 3, 0, true],
] as const) {
  test(`${what}: ${is ? 'a' : 'no'} trouble`, () => {
    const { drift } = start()
    assert.is(drift.look([counted('trade', frames, understood)]).length, is ? 1 : 0)
  })
}

test('a type that was understood for long is judged by the last minutes alone', () => {
  const { drift, pass } = start()
  assert.equal(drift.look([counted('trade', 1_000_000, 1_000_000)]), [])
  for (let i = 0; i < 3; i++) {
    pass(300_000)
    drift.look([counted('trade', 1_000_000, 1_000_000)])
  }
  drift.missed('trade', 'no symbol')
  const [found] = drift.look([counted('trade', 1_000_050, 1_000_000)])
  assert.is(found?.kind, 'WireDrift')
  assert.is(found?.name, 'trade')
  assert.match(found!.message, /^50 of 50 frames of type trade were not understood .*: no symbol; /)
})

test('it ends five to ten minutes after the last frame that was not understood', () => {
  const { drift, pass } = start()
  const bad = [counted('trade', 10, 0)]
  assert.is(drift.look(bad).length, 1)
  pass(300_001)
  assert.is(drift.look(bad).length, 1)
  pass(300_001)
  assert.is(drift.look(bad).length, 0)
  assert.is(drift.look([counted('trade', 20, 0)]).length, 1, 'and comes again')
})

test('samples that cannot be normalised are a trouble, although each frame was understood', () => {
  const { drift } = start()
  const fine = [counted('trade', 1000, 1000)]
  for (let i = 0; i < 20; i++) drift.normalized('trade', i < 3 ? 'price: not a decimal' : '')
  const [found] = drift.look(fine)
  assert.match(found!.message, /^3 of 20 sampled frames of type trade .*: price: not a decimal; /)
})

test('a clock that is set back does not keep a trouble for ever', () => {
  const { drift, pass } = start()
  pass(1e9)
  const bad = [counted('trade', 10, 0)]
  drift.look(bad)
  pass(-1e9)
  drift.look(bad)
  pass(300_001)
  drift.look(bad)
  assert.equal(drift.look(bad), [])
})

test.run()
