// Keeps an answer within its budget of bytes, as valid JSON: the longest lists lose whole records from their end and say so, then long
// texts lose their middle. Pure.

import type { Json, JsonObject } from './tool.ts'

const bytesOf = (text: string): number => Buffer.byteLength(text)

/** Characters that a reader does not see, or that turn the direction of a text: as their codes. Valid JSON still. */
const HIDDEN = /[\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g
const jsonOf = (value: unknown): string =>
  JSON.stringify(value).replace(
    HIDDEN,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`
  )

/** JSON of `body`, `most` bytes at most. What is left out is named in `cut`. */
export function withinBudget(body: JsonObject, most: number): string {
  const whole = jsonOf(body)
  if (bytesOf(whole) <= most) return whole
  const lists = listsOf(body)
  let kept = lists.map(({ list }) => list.length)
  // Each turn halves the list that takes the most room: the sizes are known only as JSON.
  for (;;) {
    const text = jsonOf(cutLists(body, lists, kept))
    if (bytesOf(text) <= most) return grown(body, lists, kept, most)
    const sizes = lists.map(({ list }, i) => bytesOf(jsonOf(list.slice(0, kept[i]))))
    const largest = sizes.indexOf(Math.max(...sizes))
    if (largest < 0 || kept[largest] === 0) break
    kept = kept.map((count, i) => (i === largest ? count >> 1 : count))
  }
  return cutTexts(cutLists(body, lists, kept), most)
}

type List = { readonly path: readonly string[]; readonly list: readonly Json[] }

/** Lists of the body itself and of objects in it; not lists of lists. */
function listsOf(value: JsonObject, path: readonly string[] = []): List[] {
  return Object.entries(value).flatMap(([name, member]) => {
    const at = [...path, name]
    if (Array.isArray(member)) return [{ path: at, list: member as readonly Json[] }]
    return typeof member === 'object' && member !== null ? listsOf(member as JsonObject, at) : []
  })
}

/** As many records more as fit: halving may have taken twice what was needed. */
function grown(
  body: JsonObject,
  lists: readonly List[],
  kept: readonly number[],
  most: number
): string {
  const now = [...kept]
  for (const [i, { list }] of lists.entries()) {
    let low = now[i]!
    let high = list.length
    while (low < high) {
      const middle = (low + high + 1) >> 1
      const tried = now.map((count, k) => (k === i ? middle : count))
      if (bytesOf(jsonOf(cutLists(body, lists, tried))) <= most) low = middle
      else high = middle - 1
    }
    now[i] = low
  }
  return jsonOf(cutLists(body, lists, now))
}

function cutLists(body: JsonObject, lists: readonly List[], kept: readonly number[]): JsonObject {
  const cut: Record<string, Json> = {}
  let whole: JsonObject = body
  for (const [i, { path, list }] of lists.entries()) {
    if (kept[i] === list.length) continue
    whole = replaced(whole, path, list.slice(0, kept[i]))
    cut[path.join('.')] = { returned: kept[i]!, total: list.length }
  }
  return Object.keys(cut).length === 0 ? whole : { ...whole, cut }
}

function replaced(
  body: JsonObject,
  [name = '', ...rest]: readonly string[],
  value: Json
): JsonObject {
  const next = rest.length === 0 ? value : replaced(body[name] as JsonObject, rest, value)
  return { ...body, [name]: next }
}

/** Texts longer than a bound lose their middle; the bound shrinks until the whole fits. */
function cutTexts(body: JsonObject, most: number): string {
  for (let bound = most; bound >= 16; bound >>= 1) {
    const text = jsonOf(shortTexts(body, bound))
    if (bytesOf(text) <= most) return text
  }
  return jsonOf({ cut: 'the answer is larger than its budget; ask for less' })
}

function shortTexts(value: Json, bound: number): Json {
  if (typeof value === 'string') return value.length > bound ? shortened(value, bound) : value
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((one: Json) => shortTexts(one, bound))
  return Object.fromEntries(
    Object.entries(value as JsonObject).map(([name, one]) => [name, shortTexts(one, bound)])
  )
}

function shortened(text: string, bound: number): string {
  const half = bound >> 1
  const left = text.length - 2 * half
  // toWellFormed: a cut may divide a pair of surrogates.
  return `${text.slice(0, half)} … ${left} characters left out … ${text.slice(-half)}`.toWellFormed()
}
