// Resources as people and programs get them wrong, from a seed: a value of another type, a field missing, misspelt or
// twice, a bound passed by one. For tests that hold two judges to the same verdict.

import fc from 'fast-check'
import { FIELDS } from '#crds/fields.gen.ts'
import { KINDS, type Kind } from '#crds/kinds.ts'
import { type Path, parsePath } from '#crds/paths.ts'
import { LEAST } from '#crds/testdata/least.ts'
import { REFUSED, resourceOf, TAKEN } from '#crds/testdata/samples.ts'

export type Mutated = { readonly kind: Kind; readonly resource: Readonly<Record<string, unknown>> }

const LONG = 'x'.repeat(5000)
/** Values that fit somewhere and nowhere. */
const VALUES: readonly unknown[] = [
  ...[...TAKEN, ...REFUSED].map(({ to }) => to).filter((value) => value !== undefined),
  ...[null, 0, 1, -1, 5, 6, 9, 10, 64, 65, 1.5, 2 ** 31, 2 ** 40, 1_000_000, true, false],
  ...['', ' ', 'a', 'A', '*', '0', '1', 'true', 'ü', '日本', 'a b', 'a\nb', "'", LONG, '\u0000'],
  ...['5ms', '0ms', '999ms', '1000ms', '30s', '31s', '1h', '1Gi', '1Ki', '1.5Gi', '100m', '-1'],
  ...['2024-02-29', '2023-02-29', '2024-2-9', '23:59', '24:00', 'wss://x', 'ws://', 'nats://x'],
  ...[
    [],
    {},
    [[]],
    [{}],
    ['a', 'a'],
    ['a', 'a', 'b', 'a'],
    { a: 'b' },
    [1],
    ['a', 1],
    Array.from({ length: 300 }, (_, i) => `a${i}`),
  ],
]

const aChange = fc.record({
  what: fc.constantFrom('replace', 'delete', 'unknown', 'repeat', 'set', 'set', 'good', 'good'),
  where: fc.nat(10_000),
  value: fc.nat(VALUES.length - 1),
})

/** A resource that was good, with one thing done to it, or a few. */
export const mutated: fc.Arbitrary<Mutated> = fc
  .record({
    base: fc.nat(1000),
    changes: fc.oneof(
      { weight: 3, arbitrary: fc.array(aChange, { minLength: 1, maxLength: 1 }) },
      { weight: 1, arbitrary: fc.array(aChange, { minLength: 2, maxLength: 4 }) }
    ),
  })
  .map(({ base, changes }) => {
    const kind = KINDS[base % KINDS.length] ?? 'Feed'
    const samples = TAKEN.filter((sample) => sample.kind === kind)
    const sample = samples[Math.floor(base / KINDS.length) % samples.length]
    const resource = structuredClone(sample ? resourceOf(sample) : LEAST[kind])
    for (const { what, where, value } of changes) change(kind, resource, what, where, VALUES[value])
    return { kind, resource }
  })

type Place = { readonly holder: Record<string | number, unknown>; readonly name: string | number }

function change(
  kind: Kind,
  resource: Record<string, unknown>,
  what: string,
  where: number,
  value: unknown
): void {
  if (what === 'set') {
    setField(kind, resource, where, structuredClone(value))
    return
  }
  if (what === 'good') {
    const good = TAKEN.filter((sample) => sample.kind === kind)
    const { set, to } = good[where % good.length] ?? { set: 'spec', to: {} }
    setPath(resource, parsePath(set), structuredClone(to))
    return
  }
  const places = [...placesOf(resource, 'spec')]
  const place = places[where % places.length]
  if (place === undefined) return
  const { holder, name } = place
  const there = holder[name]
  if (what === 'delete' && Array.isArray(holder)) holder.splice(Number(name), 1)
  else if (what === 'delete') delete holder[name]
  else if (what === 'replace') holder[name] = structuredClone(value)
  else if (what === 'repeat' && Array.isArray(holder)) holder.push(structuredClone(there))
  else if (!Array.isArray(holder)) {
    // A slip of the finger in the name.
    holder[`${String(name)}x`] = there
    if (where % 2 === 0) delete holder[name]
  }
}

/** Any field that the kind has, with the maps and lists above it made where they are missing. */
function setField(
  kind: Kind,
  resource: Record<string, unknown>,
  where: number,
  value: unknown
): void {
  const shapes = Object.keys(FIELDS[kind] ?? {}).filter((shape) => shape.startsWith('spec.'))
  const shape = shapes[where % shapes.length] ?? 'spec'
  setPath(resource, parsePath(shape.replaceAll('[]', '[0]').replaceAll('*', 'kalshi')), value)
}

function setPath(resource: Record<string, unknown>, path: Path, value: unknown): void {
  let at: Record<string | number, unknown> = resource
  for (const [i, part] of path.slice(0, -1).entries()) {
    const next = at[part]
    if (typeof next !== 'object' || next === null)
      at[part] = typeof path[i + 1] === 'number' ? [] : {}
    at = at[part] as Record<string | number, unknown>
  }
  at[path.at(-1) ?? ''] = value
}

function* placesOf(holder: object, only?: string): Generator<Place> {
  for (const [key, value] of Object.entries(holder)) {
    if (only !== undefined && key !== only) continue
    const name = Array.isArray(holder) ? Number(key) : key
    yield { holder: holder as Record<string | number, unknown>, name }
    if (typeof value === 'object' && value !== null) yield* placesOf(value as object)
  }
}
