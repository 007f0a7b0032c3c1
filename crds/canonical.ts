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

/** SHA-256 of the canonical text, as 32 hexadecimal characters: the order of keys, or a comment in the YAML, changes nothing. */
export const hashOf = (value: unknown): string =>
  hash('sha256', canonical(value), 'hex').slice(0, 32)

/** Half of it: enough to tell versions of one configuration apart, short enough to read. Pod templates hold these. */
export const shortHashOf = (value: unknown): string => hashOf(value).slice(0, 16)

// Printable ASCII without quote and backslash: the texts of nearly every object, quoted as they are.
const PLAIN = /^[ !#-[\]-~]*$/

const quoted = (text: string): string => (PLAIN.test(text) ? `"${text}"` : JSON.stringify(text))
