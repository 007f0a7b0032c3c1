// A builder that is saved and restored in the middle of a run hands out what one does that was not interrupted.

import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Builder, BuilderValues } from './builders/definition.ts'
import { BUILDERS } from './builders/registry.ts'
import { DRAWN, eventsOf } from './builders/testing/all-events.ts'
import { type Kept, Restoring, Saving } from './keep.ts'

const test = suite('what builders keep')
const seed = Date.now() & 0x7fffffff
console.log(`keep.test: seed ${seed}`)

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
        fc.array(DRAWN, { maxLength: 60, size: 'max' }),
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
