// Ten thousand objects of a kind are nearly the same object: probes, labels, defaults, names of fields' values. Parts and
// texts that are equal are kept once. That is safe, because cached objects are never changed in place.
//
// Each is compared with the last one of its kind, part by part: lists come in order of their names, and neighbours differ in
// little. What differs is looked up among what was seen lately, for objects of several kinds have labels and owners in common.

/** Texts and parts that are remembered, each in the place that its hash names: a power of two. */
const REMEMBERED = 32_768
/** A longer text, or a part of more fields, is hardly ever the same as another. */
const LONGEST = 512
const MOST_FIELDS = 24
/** Of a text its end says most: names count up, and uids differ everywhere. */
const HASHED = 12

type Fields = Record<string, unknown>

export class Sharer {
  readonly #texts: (string | undefined)[] = new Array(REMEMBERED).fill(undefined)
  readonly #parts: (object | undefined)[] = new Array(REMEMBERED).fill(undefined)
  /** The last object of each kind. */
  readonly #last = new Map<unknown, Fields>()
  /** Of what `#visit` returned. */
  #hash = 0

  /** The same object, changed in place: it must not be in use elsewhere yet. */
  share<T extends object>(object: T): T {
    const { kind } = object as Fields
    this.#shareFields(object as Fields, this.#last.get(kind))
    this.#last.set(kind, object as Fields)
    return object
  }

  #shareFields(fields: Fields, like: Fields | undefined): void {
    for (const name of Object.keys(fields)) {
      const value = fields[name]
      // Each has metadata of its own; what stands in there may be another's.
      if (name === 'metadata' && isFields(value)) this.#shareFields(value, fieldsOf(like?.[name]))
      else fields[name] = this.#visit(value, like?.[name])
    }
  }

  #visit(value: unknown, like: unknown): unknown {
    if (typeof value === 'string') return this.#visitText(value, like)
    if (typeof value !== 'object' || value === null) {
      this.#hash = typeof value === 'number' ? value | 0 : value ? 7 : 3
      return value
    }
    if (Array.isArray(value)) return this.#visitList(value, Array.isArray(like) ? like : undefined)
    return this.#visitFields(value as Fields, fieldsOf(like))
  }

  #visitText(text: string, like: unknown): string {
    const hash = hashOfText(text)
    this.#hash = hash
    if (text === like) return like
    if (text.length > LONGEST) return text
    const place = placeOf(hash)
    const known = this.#texts[place]
    if (known === text) return known
    this.#texts[place] = text
    return text
  }

  #visitList(list: unknown[], like: readonly unknown[] | undefined): readonly unknown[] {
    let isSame = like?.length === list.length
    let hash = 1
    for (let i = 0; i < list.length; i++) {
      const part = this.#visit(list[i], like?.[i])
      hash = mixed(hash, this.#hash)
      // Also where they are equal: an equal text is another piece of memory.
      list[i] = part
      if (isSame && part !== like?.[i]) isSame = false
    }
    this.#hash = hash
    if (isSame && like) return like
    if (list.length > MOST_FIELDS) return list
    const place = placeOf(hash)
    const known = this.#parts[place]
    if (Array.isArray(known) && isSameList(known, list)) return known
    this.#parts[place] = list
    return list
  }

  #visitFields(fields: Fields, like: Fields | undefined): Fields {
    const names = Object.keys(fields)
    const likeNames = like ? Object.keys(like) : undefined
    let isSame = likeNames?.length === names.length
    let hash = 2
    for (let i = 0; i < names.length; i++) {
      const name = names[i] as string
      const part = this.#visit(fields[name], like?.[name])
      hash = mixed(mixed(hash, name.length), this.#hash)
      fields[name] = part
      if (isSame && (likeNames?.[i] !== name || part !== like?.[name])) isSame = false
    }
    this.#hash = hash
    if (isSame && like) return like
    if (names.length > MOST_FIELDS) return fields
    const place = placeOf(hash)
    const known = this.#parts[place]
    if (isFields(known) && isSameFields(known, fields, names)) return known
    this.#parts[place] = fields
    return fields
  }
}

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const fieldsOf = (value: unknown): Fields | undefined => (isFields(value) ? value : undefined)

/** What stands in both was shared before: the same part is the same object. */
function isSameList(known: readonly unknown[], list: readonly unknown[]): boolean {
  if (known.length !== list.length) return false
  for (let i = 0; i < list.length; i++) if (known[i] !== list[i]) return false
  return true
}

function isSameFields(known: Fields, fields: Fields, names: readonly string[]): boolean {
  const knownNames = Object.keys(known)
  if (knownNames.length !== names.length) return false
  for (let i = 0; i < names.length; i++) {
    const name = names[i] as string
    if (knownNames[i] !== name || known[name] !== fields[name]) return false
  }
  return true
}

function hashOfText(text: string): number {
  let hash = text.length
  for (let i = Math.max(0, text.length - HASHED); i < text.length; i++)
    hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0
  return hash
}

const mixed = (hash: number, more: number): number => (Math.imul(hash, 0x01000193) ^ more) | 0
const placeOf = (hash: number): number => (Math.imul(hash, 0x9e3779b1) >>> 17) & (REMEMBERED - 1)
