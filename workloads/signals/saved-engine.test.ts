// A signal that is saved and continued fires as one that was not interrupted: in one process at any event, and when its process was killed.

import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { DRAWN, type Drawn, eventsOf } from '#market/builders/testing/all-events.ts'
import { EventBatch } from '#market/columns.ts'
import { EVENT } from '#market/event.ts'
import { within } from '#testing/deadline.ts'
import { readDefinition } from './definition.ts'
import { Engine } from './engine.ts'
import { Refusal } from './findings.ts'
import type { RawFire } from './messages.ts'
import { Sandbox } from './sandbox.ts'
import { restoreEngine, saveEngine } from './saved-engine.ts'
import { restoreValue, saveValue } from './saved-value.ts'
import { readProgram } from './source.ts'

const test = suite('saved signals')
const seed = Date.now() & 0x7fffffff
console.log(`saved-engine.test: seed ${seed}`)

/** Everything that an engine keeps matters to what it fires. */
const SOURCE = (more: string): string => `export default defineSignal({
  id: 'all', version: 1, ${more}
  inputs: { events: ['trade', 'quote', 'bookChange', 'bookSnapshot', 'instrument'], feeds: ['f'] },
  builders: {
    book: { kind: 'order-book' }, bars: { kind: 'tick-bars', interval: '2' },
    volume: { kind: 'volume-profile', window: '1m', step: 5 },
    join: { kind: 'as-of-join', left: 'f A', right: 'g A', tolerance: '1m' },
    spread: { kind: 'spread-stats', source: 'quote' },
  },
  init: () => ({ n: 0, last: undefined, odd: [NaN, -0, { $: 1 }] }),
  on(event, state, { builders, fire, rng }) {
    state.n++
    const { book, bars, volume, join, spread } = builders
    if (event.kind === 'gap') state.last = undefined
    if (event.price !== undefined) {
      if (state.last !== undefined && event.price <= state.last) return void (state.last = event.price)
      state.last = event.price
    }
    const or = (value) => value ?? null
    fire({
      n: state.n, odd: String(state.odd[0]) + Object.is(state.odd[1], -0), chance: rng(),
      book: or(book.bid), stale: book.stale, bars: bars.finished, high: or(bars.last?.high),
      volume: volume.volume, busiest: or(volume.busiest), gap: volume.gap,
      join: or(join.difference), mean: or(spread.mean),
    })
  },
})`
const FORMS = ['', "edge: 'rising',", "cooldown: { perSymbol: '5s' },", 'warmup: { minutes: 1 },']

const batchOf = (list: readonly Drawn[]): EventBatch => {
  const batch = new EventBatch()
  for (const [i, event] of eventsOf(list).entries()) {
    event.connection = 'c'
    event.number = i >> 1
    event.row = i % 2
    batch.append(event)
  }
  return batch
}

/** Rows of a batch as one of their own. */
function part(batch: EventBatch, from: number, to: number): EventBatch {
  const some = new EventBatch()
  batch.each((event, i) => {
    if (i >= from && i < to) some.append(event)
  })
  return some
}

function openEngine(source: string): Engine {
  // Without a sandbox: the property is run often.
  const code = readProgram(source).code
  const make = new Function(`return ${code}`)() as (...of: unknown[]) => unknown
  const globals = { ...globalThis, Number, String, Object, defineSignal: (one: unknown) => one }
  const { about, handlers } = readDefinition(
    make(new Int32Array([2 ** 30]), () => {}, globals, Object.freeze),
    {}
  )
  const refuse = (identifier: string, why: string): never =>
    assert.unreachable(`${identifier}: ${why}`) as never
  return new Engine({ about, handlers, onCall() {}, refuse, fires: 10_000 })
}

test('at any event a saved and restored engine fires as one that was not interrupted', () => {
  let all = 0
  fc.assert(
    fc.property(
      fc.array(DRAWN, { maxLength: 80, size: 'max' }),
      fc.nat(80),
      fc.constantFrom(...FORMS),
      (list, cut, form) => {
        const source = SOURCE(form)
        const batch = batchOf(list)
        const whole = openEngine(source)
        const expected = whole.run(batch)
        const first = openEngine(source)
        const fires = first.run(part(batch, 0, cut))
        const saved = saveEngine(first)
        assert.ok('text' in saved, 'problem' in saved ? saved.problem : '')
        const second = openEngine(source)
        restoreEngine(second, (saved as { text: string }).text)
        fires.push(...second.run(part(batch, cut, batch.length)))
        assert.equal(fires, expected)
        assert.equal(second.counts, whole.counts)
        all += fires.length
      }
    ),
    { seed, numRuns: 150 }
  )
  assert.ok(all > 500, `there were only ${all} fires`)
})

test('a signal whose process is killed continues from what was saved', async () => {
  const batch = batchOf(
    fc.sample(fc.array(DRAWN, { minLength: 200, maxLength: 200 }), { seed, numRuns: 1 })[0]!
  )
  const options = { program: readProgram(SOURCE('')), name: 'all.ts', params: {} }
  const open = (restored?: string) => within(60_000, 'load', Sandbox.open({ ...options, restored }))
  const fires: RawFire[] = []
  let saved: string | undefined
  for (let from = 0; from < batch.length; from += 50) {
    await using sandbox = await open(saved)
    fires.push(...(await sandbox.run(part(batch, from, from + 50))).fires)
    saved = await sandbox.save()
    // What comes behind is lost with the process, and repeated by the next one.
    await sandbox.run(part(batch, from + 50, from + 60))
  }
  await using whole = await open()
  const expected = await whole.run(batch)
  assert.ok(expected.fires.length > 10)
  assert.equal(fires, expected.fires)
})

test('a state of another program, of other parameters, or that is no plain data is refused', async () => {
  const source = (on: string, version = 1): string => `export default defineSignal({
  id: 'a', version: ${version}, params: { x: { type: 'number', default: 1 } }, inputs: { events: ['trade'] },
  init: () => ({ n: 0 }),
  on(event, state) { ${on} },
})`
  const trades = batchOf(fc.sample(DRAWN, { seed, numRuns: 40 }))
  const open = (text: string, restored?: string, params = {}) =>
    within(
      60_000,
      'load',
      Sandbox.open({ program: readProgram(text), name: 'a.ts', params, restored })
    )
  await using one = await open(source('state.n++'))
  await one.run(trades)
  const saved = await one.save()
  const other = await open(source('state.n++', 2), saved).catch(String)
  assert.match(String(other), /is of another program/)
  const params = await open(source('state.n++'), saved, { x: '2' }).catch(String)
  assert.match(String(params), /of other parameters/)
  await using odd = await open(source('state.f = () => 1'))
  await odd.run(trades)
  try {
    await odd.save()
    assert.unreachable('was saved')
  } catch (thrown) {
    assert.instance(thrown, Refusal)
    assert.match((thrown as Refusal).finding.why, /f is function, which is no data/)
  }
})

test('values are restored exactly, and what a text cannot say is refused', () => {
  const plain = fc.letrec((tie) => ({
    any: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom<unknown>(undefined, null, Number.NaN, -0, Number.POSITIVE_INFINITY, true),
      fc.double(),
      fc.string(),
      fc.array(tie('any'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom('a', '$', 'b', '1'), tie('any'), {
        maxKeys: 3,
        noNullPrototype: true,
      })
    ),
  })).any
  fc.assert(
    fc.property(plain, (value) => {
      const saved = saveValue(value)
      if ('problem' in saved) return assert.match(saved.problem, /nested too deeply/)
      const back = restoreValue(saved.text)
      assert.ok(isSame(back, value), `${saved.text} became ${JSON.stringify(back)}`)
    }),
    { seed }
  )
  const shared = {}
  const problems: [unknown, RegExp][] = [
    [{ a: shared, b: shared }, /b is an object that stands elsewhere too/],
    [new Map(), /it is no plain object/],
    [
      {
        get a() {
          return 1
        },
      },
      /it\.a is no plain member/,
    ],
    // biome-ignore lint/suspicious/noSparseArray: that is what is tried.
    [[1, , 2], /holes/],
    [{ a: 1n }, /a is bigint/],
    [{ a: 'x'.repeat(1024 * 1024) }, /more than 1048576 characters/],
  ]
  for (const [value, why] of problems) {
    const saved = saveValue(value)
    assert.match('problem' in saved ? saved.problem : saved.text, why)
  }
})

function isSame(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null)
    return Object.is(a, b)
  const [left, right] = [Object.entries(a), Object.entries(b)]
  return (
    Array.isArray(a) === Array.isArray(b) &&
    left.length === right.length &&
    left.every(([name, value], i) => name === right[i]![0] && isSame(value, right[i]![1]))
  )
}

test('the state of one instrument may be as large as what is stored of a signal', async () => {
  const source = `export default defineSignal({
    id: 'large', version: 1, inputs: { events: ['trade'] },
    init: () => ({ list: [], n: 0 }),
    on(event, state, ctx) {
      if (state.n++ === 0) for (let i = 0; i < 60000; i++) state.list.push([i, 0.5])
      ctx.fire({ n: state.n, length: state.list.length })
    },
  })`
  const options = { program: readProgram(source), name: 'large.ts', params: {} }
  const open = (restored?: string) => within(60_000, 'load', Sandbox.open({ ...options, restored }))
  const [drawn] = fc.sample(DRAWN, { seed, numRuns: 1 })
  const one = batchOf([{ ...drawn!, kind: EVENT.trade, feed: 'f', symbol: 'A' }])
  await using first = await open()
  await first.run(one)
  const saved = await first.save()
  assert.ok(saved.length > 500_000, `${saved.length} characters`)
  await using second = await open(saved)
  const { fires } = await second.run(one)
  assert.equal(
    fires.map(({ payload }) => payload),
    ['{"length":60000,"n":2}']
  )
})

test.run()
