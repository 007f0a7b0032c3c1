// Adds up `counts` events without understanding them: numbers are summed, the latest text stays, and of lists the first
// entries are kept. Bounded, whatever an event holds.

import type { Counts } from '../format/manifest.ts'

/** Names of one object that are told apart; all further ones are left to the lines. */
export const MAX_NAMES = 1000
/** Entries of a list that are kept. */
export const MAX_ENTRIES = 20
/** Deeper levels are left to the lines. */
export const MAX_LEVELS = 4

type Sums = Record<string, unknown>

/** Both together. A value that does not fit the previous one changes nothing. */
export function addCounts(sum: Counts, more: Counts, levels = MAX_LEVELS): Counts {
  const result: Sums = { ...sum }
  for (const [name, value] of Object.entries(more)) {
    const known = Object.hasOwn(result, name)
    if (!known && Object.keys(result).length >= MAX_NAMES) continue
    const joined = join(known ? result[name] : undefined, value, levels)
    if (joined === undefined) continue
    // A name such as `__proto__` is a name like any other.
    Object.defineProperty(result, name, {
      value: joined,
      enumerable: true,
      configurable: true,
      writable: true,
    })
  }
  return result
}

function join(held: unknown, value: unknown, levels: number): unknown {
  if (isCount(value)) return held === undefined ? value : isCount(held) ? held + value : undefined
  if (typeof value === 'string') {
    return held === undefined || typeof held === 'string' ? value : undefined
  }
  if (Array.isArray(value)) {
    const before: unknown[] | undefined = held === undefined ? [] : asList(held)
    return before && [...before, ...value.slice(0, MAX_ENTRIES)].slice(0, MAX_ENTRIES)
  }
  if (!isObject(value) || levels <= 1) return undefined
  const before = held === undefined ? {} : isObject(held) ? held : undefined
  return before && addCounts(before, value, levels - 1)
}

const asList = (value: unknown): unknown[] | undefined => (Array.isArray(value) ? value : undefined)

const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0

const isObject = (value: unknown): value is Counts =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
