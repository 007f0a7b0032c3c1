// What CEL means by its operators and functions, for the rules that crds/generator/cel.ts translates. As in CEL a value that is missing or of
// another type is an error, && and || answer without an operand that fails if the other one decides, and a rule that fails is broken.

/** An expression has no value: a field is missing, or a function was given what it does not take. */
export class CelError extends Error {}

/** Whether the rule holds. */
export function holds(rule: () => unknown): boolean {
  try {
    return rule() === true
  } catch (thrown) {
    if (thrown instanceof CelError) return false
    throw thrown
  }
}

type Fields = Readonly<Record<string, unknown>>
const isMap = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function wrong(what: string, value: unknown): never {
  throw new CelError(`expected ${what}, found ${JSON.stringify(value)}`)
}

const text = (value: unknown): string =>
  typeof value === 'string' ? value : wrong('a text', value)

export const bool = (value: unknown): boolean =>
  typeof value === 'boolean' ? value : wrong('true or false', value)

/** `value.name`. */
export const member = (value: unknown, name: string): unknown =>
  has(value, name) ? (value as Fields)[name] : wrong(`a field ${name}`, value)

/** `value[key]`. */
export function at(value: unknown, key: unknown): unknown {
  if (!Array.isArray(value)) return member(value, text(key))
  return typeof key === 'number' && key in value ? value[key] : wrong(`an entry ${key}`, value)
}

/** `has(value.name)`. */
export const has = (value: unknown, name: string): boolean =>
  isMap(value) ? Object.hasOwn(value, name) : wrong('a map', value)

/** `bytes(value)`: a text in UTF-8. */
export const bytes = (value: unknown): Uint8Array => Buffer.from(text(value))

/** `size(value)`: characters of a text, bytes, entries of a list or map. */
export function size(value: unknown): number {
  if (value instanceof Uint8Array) return value.length
  if (typeof value === 'string') return [...value].length
  if (Array.isArray(value)) return value.length
  return isMap(value) ? Object.keys(value).length : wrong('a text, list or map', value)
}

/** `a == b`. */
export function equal(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((entry, i) => equal(entry, b[i]))
  if (!isMap(a) || !isMap(b)) return a === b
  const names = Object.keys(a)
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && equal(a[name], b[name]))
  )
}

/** Below zero if `a` comes before `b`. Texts are in the order of their code points. */
export function compare(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b
  return Buffer.compare(Buffer.from(text(a)), Buffer.from(text(b)))
}

/** `value in holder`: an entry of a list, or a key of a map. */
export function isIn(value: unknown, holder: unknown): boolean {
  if (Array.isArray(holder)) return holder.some((entry) => equal(entry, value))
  return isMap(holder) ? Object.hasOwn(holder, text(value)) : wrong('a list or a map', holder)
}

export const matches = (value: unknown, pattern: RegExp): boolean => pattern.test(text(value))
export const startsWith = (value: unknown, part: unknown): boolean =>
  text(value).startsWith(text(part))
export const endsWith = (value: unknown, part: unknown): boolean => text(value).endsWith(text(part))
export const contains = (value: unknown, part: unknown): boolean => text(value).includes(text(part))

const NANOSECONDS: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
}

/** Nanoseconds of a duration as Go writes it, such as `1h30m` or `1.5s`; it knows no days. */
export function duration(value: unknown): number {
  const written = text(value)
  const isNegative = written.startsWith('-')
  let rest = isNegative || written.startsWith('+') ? written.slice(1) : written
  if (rest === '0') return 0
  let sum = 0
  do {
    const part = /^([0-9]+(?:[.][0-9]+)?)(ns|us|ms|s|m|h)/.exec(rest)
    if (part === null) return wrong('a duration', value)
    sum += Number(part[1]) * (NANOSECONDS[part[2] ?? ''] ?? 0)
    rest = rest.slice(part[0].length)
  } while (rest !== '')
  return isNegative ? -sum : sum
}

/** The value, or its error. */
function tried(expression: () => unknown): boolean | CelError {
  try {
    return bool(expression())
  } catch (thrown) {
    if (thrown instanceof CelError) return thrown
    throw thrown
  }
}

/** `decisive` as soon as one operand has this value; else the first error, else the other value. */
function decided(decisive: boolean, operands: Iterable<() => unknown>): boolean {
  let error: CelError | undefined
  for (const operand of operands) {
    const value = tried(operand)
    if (value === decisive) return decisive
    if (value instanceof CelError) error ??= value
  }
  if (error) throw error
  return !decisive
}

export const and = (...operands: readonly (() => unknown)[]): boolean => decided(false, operands)
export const or = (...operands: readonly (() => unknown)[]): boolean => decided(true, operands)

type Of = (entry: unknown) => unknown

/** What macros go through: entries of a list, keys of a map. */
function entries(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value
  return isMap(value) ? Object.keys(value) : wrong('a list or a map', value)
}

export const all = (value: unknown, of: Of): boolean =>
  decided(
    false,
    entries(value).map((entry) => () => of(entry))
  )
export const exists = (value: unknown, of: Of): boolean =>
  decided(
    true,
    entries(value).map((entry) => () => of(entry))
  )
export const existsOne = (value: unknown, of: Of): boolean =>
  entries(value).filter((entry) => bool(of(entry))).length === 1
