// A builder that is saved and restored in the middle of a run hands out what one does that was not interrupted.

import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Builder, BuilderValues } from './builders/definition.ts'
import { BUILDERS } from './builders/registry.ts'
import { EVENT, FLAG, MarketEvent } from './event.ts'
import { type Kept, Restoring, Saving } from './keep.ts'

const test = suite('what builders keep')
const seed = Date.now() & 0x7fffffff
console.log(`keep.test: seed ${seed}`)

const T0 = Date.parse('2026-11-24T12:00:00Z')

const drawn = fc.record({
  kind: fc.constantFrom(
    ...([EVENT.trade, EVENT.trade, EVENT.quote, EVENT.bookSnapshot, EVENT.bookChange] as const),
    ...([EVENT.bookChange, EVENT.instrument, EVENT.gap] as const)
  ),
  feed: fc.constantFrom('f', 'g'),
  symbol: fc.constantFrom('A', 'A', 'B'),
  wait: fc.nat(40_000),
  price: fc.integer({ min: 90, max: 110 }),
  priceScale: fc.nat(2),
  size: fc.oneof(fc.nat(9), fc.integer({ min: 2 ** 40, max: 2 ** 52 }), fc.constant(Number.NaN)),
  side: fc.constantFrom(1, 2),
  flags: fc.nat(31),
  phase: fc.constantFrom('open' as const, 'closed' as const, 'changed' as const),
  update: fc.integer({ min: 1, max: 60 }),
})
type Drawn = typeof drawn extends fc.Arbitrary<infer D> ? D : never

function eventsOf(list: readonly Drawn[]): MarketEvent[] {
  let ms = T0
  let last = 0
  return list.map((one) => {
    ms += one.wait
    const event = new MarketEvent()
    event.feed = one.feed
    event.symbol = one.kind === EVENT.gap && one.update < 30 ? '' : one.symbol
    event.recvMs = ms
    event.recvNs = one.wait % 1000
    event.begin(one.kind)
    event.timeMs = ms - 3
    event.side = one.side
    event.flags = one.flags & (one.kind === EVENT.gap ? 3 : one.kind < EVENT.quote ? 16 : 15)
    event.price = one.price
    event.priceScale = one.priceScale
    // Only trades may be without a size.
    event.size = one.kind !== EVENT.trade && Number.isNaN(one.size) ? 0 : one.size
    // Most of them continue a chain.
    const update = one.update > 50 ? last + 2 : last + 1
    last = update
    const text = `${update} ${update + (one.update % 2)}`
    event.bytes = Buffer.from(`xx${text}`)
    event.idStart = 2
    event.idEnd = text.indexOf(' ') + 2
    event.sequenceStart = event.idEnd + 1
    event.sequenceEnd = event.bytes.length
    if (one.kind === EVENT.quote) {
      Object.assign(event, { bid: one.price, ask: one.price + one.side, bidSize: 3, askSize: 4 })
    } else if (one.kind === EVENT.instrument) event.instrument = { phase: one.phase, action: '' }
    else if (one.kind === EVENT.gap) event.untilMs = event.flags === FLAG.first ? -1 : ms - 1
    return event
  })
}

/** All that an object says by its fields and getters. */
function shown(value: unknown, depth = 0): string {
  if (typeof value !== 'object' || value === null) return String(value)
  if (ArrayBuffer.isView(value)) return '[]'
  if (depth > 4) return '…'
  const names = new Set<string>()
  for (let at: object = value; at !== Object.prototype; at = Object.getPrototypeOf(at)) {
    for (const [name, { get, value: own }] of Object.entries(
      Object.getOwnPropertyDescriptors(at)
    )) {
      if (get !== undefined || typeof own !== 'function') names.add(name)
    }
    if (Array.isArray(value)) break
  }
  const of = value as Record<string, unknown>
  return `{${[...names].sort().map((name) => `${name}:${shown(of[name], depth + 1)}`)}}`
}

const JOIN = { left: 'f A', right: 'g A' }
const VALUES: readonly BuilderValues[] = [{}, { window: '40s', most: '3' }, { source: 'quote' }]
const CHAINED: BuilderValues = { chained: 'true', depths: '1 3' }

for (const { name, parameters, create } of BUILDERS) {
  const isFit = (values: BuilderValues): boolean =>
    Object.keys(values).every((one) => parameters.some((parameter) => parameter.name === one))
  const choices = [...VALUES, CHAINED]
    .filter(isFit)
    .map((values) => (name === 'as-of-join' ? { ...values, ...JOIN } : values))

  test(`${name}: saved and restored at any event it hands out the same`, () => {
    fc.assert(
      fc.property(
        fc.array(drawn, { maxLength: 60, size: 'max' }),
        fc.nat(60),
        fc.constantFrom(...choices),
        (list, cut, values) => {
          const make = create as (
            v: BuilderValues,
            emit: (made: unknown) => void
          ) => Builder<object>
          const run = (isCut: boolean): string[] => {
            const out: string[] = []
            const begin = () => make(values, (made) => out.push(shown(made)))
            let builder = begin()
            for (const [i, event] of eventsOf(list).entries()) {
              if (isCut && i === cut) {
                const saving = new Saving()
                builder.keep(saving)
                const restoring = new Restoring(JSON.parse(JSON.stringify(saving.values)) as Kept[])
                builder = begin()
                builder.keep(restoring)
                restoring.end()
              }
              builder.apply(event)
              out.push(shown(builder.get(event.feed, event.symbol)))
            }
            builder.end()
            return out
          }
          assert.equal(run(true), run(false))
        }
      ),
      { seed, numRuns: 150 }
    )
  })
}

test('what was saved of another builder is not restored', () => {
  const [one, other] = [BUILDERS[0].create({}, () => {}), BUILDERS[1]!.create({}, () => {})]
  const saving = new Saving()
  one.keep(saving)
  saving.number(1)
  assert.throws(() => {
    const restoring = new Restoring(saving.values)
    other.keep(restoring)
    restoring.end()
  }, /does not fit/)
})

test.run()
