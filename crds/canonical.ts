// One text for one value: keys sorted, what is undefined left out. Equal texts are equal values, so a hash of
// the text is a hash of the value, whatever order it was built in.

import { hash } from 'node:crypto'

/** Canonical JSON. */
export function canonical(value: unknown): string {
  if (typeof value === 'string') return quoted(value)
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  if (Array.isArray(value)) {
    let text = '['
    for (let i = 0; i < value.length; i++) text += (i === 0 ? '' : ',') + canonical(value[i])
    return `${text}]`
  }
  const object = value as Record<string, unknown>
  let text = '{'
  let first = true
  for (const key of Object.keys(object).sort()) {
    const part = object[key]
    if (part === undefined) continue
    text += `${first ? '' : ','}${quoted(key)}:${canonical(part)}`
    first = false
  }
  return `${text}}`
}

/** Whether two values have the same canonical text, without writing it. */
export function isSameValue(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) {
    return canonical(a) === canonical(b)
  }
  if (Array.isArray(a) || Array.isArray(b)) {
    return (
      Array.isArray(a) &&
      Array.isArray(b) &&
      a.length === b.length &&
      a.every((value, i) => isSameValue(value, b[i]))
    )
  }
  const [one, other] = [a as Record<string, unknown>, b as Record<string, unknown>]
  for (const key of Object.keys(one)) {
    const value = one[key]
    if (value !== undefined && !(isPresent(other, key) && isSameValue(value, other[key])))
      return false
  }
  for (const key of Object.keys(other)) {
    if (other[key] !== undefined && !isPresent(one, key)) return false
  }
  return true
}

const isPresent = (object: Readonly<Record<string, unknown>>, key: string): boolean =>
  Object.hasOwn(object, key) && object[key] !== undefined

/** SHA-256 of the canonical text, as 32 hexadecimal characters: the order of keys, or a comment in the YAML, changes nothing. */
export const hashOf = (value: unknown): string =>
  hash('sha256', canonical(value), 'hex').slice(0, 32)

/** Half of it: enough to tell versions of one configuration apart, short enough to read. Pod templates hold these. */
export const shortHashOf = (value: unknown): string => hashOf(value).slice(0, 16)

// Printable ASCII without quote and backslash: the texts of nearly every object, quoted as they are.
const PLAIN = /^[ !#-[\]-~]*$/

const quoted = (text: string): string => (PLAIN.test(text) ? `"${text}"` : JSON.stringify(text))
