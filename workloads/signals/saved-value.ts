// The state of an instrument as text, and back, exactly: NaN, -0 and undefined too. What a text cannot say is refused, so that a signal which is
// restored never differs from one that was not interrupted. Nothing of what is saved is called.

export type SavedText = { readonly text: string } | { readonly problem: string }

const DEEPEST = 16
/** As much as is stored for a whole signal: more for one instrument could never be. */
const MAX_LENGTH = 1024 * 1024
/** An object with this member stands for what JSON does not have. */
const TAG = '$'

class Problem extends Error {}

export function saveValue(value: unknown): SavedText {
  try {
    const writer = new Writer()
    const text = JSON.stringify(writer.plain(value, '', 0))
    if (text.length > MAX_LENGTH) {
      return { problem: `it has more than ${MAX_LENGTH} characters as JSON` }
    }
    return { text }
  } catch (thrown) {
    return { problem: thrown instanceof Problem ? thrown.message : 'cannot be read' }
  }
}

export const restoreValue = (text: string): unknown => restored(JSON.parse(text) as unknown)

class Writer {
  readonly #seen = new Set<object>()

  plain(value: unknown, path: string, depth: number): unknown {
    const at = path === '' ? 'it' : path.slice(1)
    if (depth > DEEPEST) throw new Problem(`${at} is nested too deeply`)
    if (value === undefined) return { [TAG]: 'undefined' }
    if (typeof value === 'number') {
      const isOdd = !Number.isFinite(value) || Object.is(value, -0)
      return isOdd ? { [TAG]: Object.is(value, -0) ? '-0' : String(value) } : value
    }
    if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
    if (typeof value !== 'object') throw new Problem(`${at} is ${typeof value}, which is no data`)
    if (this.#seen.has(value)) throw new Problem(`${at} is an object that stands elsewhere too`)
    this.#seen.add(value)
    if (this.#seen.size > MAX_LENGTH) throw new Problem('it has too many objects')
    const isList = Array.isArray(value)
    if (!isList && !isPlain(value)) throw new Problem(`${at} is no plain object`)
    const members = Object.getOwnPropertyDescriptors(value) as Record<string, PropertyDescriptor>
    if (Object.getOwnPropertySymbols(value).length > 0) {
      throw new Problem(`${at} has a member that is named by a symbol`)
    }
    const names = Object.keys(members).filter((name) => !(isList && name === 'length'))
    if (isList && names.length !== value.length) throw new Problem(`${at} is a list with holes`)
    const entries = names.map((name): [string, unknown] => {
      const member = members[name]!
      if (!('value' in member) || member.enumerable !== true) {
        throw new Problem(`${at}.${name} is no plain member`)
      }
      return [name, this.plain(member.value, `${path}.${name}`, depth + 1)]
    })
    if (isList) return entries.map(([, one]) => one)
    if (names.includes(TAG)) return { [TAG]: entries }
    return Object.fromEntries(entries)
  }
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype
}

function restored(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(restored)
  const tag = (value as { readonly [TAG]?: unknown })[TAG]
  if (tag === 'undefined') return undefined
  if (typeof tag === 'string') return Number(tag)
  const entries = Array.isArray(tag) ? (tag as [string, unknown][]) : Object.entries(value)
  return Object.fromEntries(entries.map(([name, one]) => [name, restored(one)]))
}
