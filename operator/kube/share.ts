// Ten thousand objects of a kind are nearly the same object: probes, labels, defaults, names of fields' values. Parts and
// texts that are equal are kept once. Objects of a cache are never changed in place, so nobody can tell.
//
// Each is compared with the last one of its kind, part by part: lists come in order of their names, and neighbours differ in
// little. What differs is looked up among what was seen lately, where it is small enough to be another's: texts, and parts
// that hold nothing but texts and numbers, such as labels, which objects of several kinds have in common.

/** Parts and texts that are remembered: what is seen again and again stays, the rest goes by. */
const REMEMBERED = 8192
/** A longer text, or a larger part, is hardly ever the same as another. */
const LONGEST = 512

type Fields = Record<string, unknown>

export class Sharer {
  readonly #texts = new Recent<string>()
  readonly #parts = new Recent<object>()
  /** The last object of each kind. */
  readonly #last = new Map<unknown, Fields>()

  /** The same object, changed in place: it has to be one that nobody else has seen yet. */
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
      else put(fields, name, value, this.#visit(value, like?.[name]))
    }
  }

  #visit(value: unknown, like: unknown): unknown {
    if (typeof value === 'string') return this.#visitText(value, like)
    if (typeof value !== 'object' || value === null) return value
    if (Array.isArray(value)) return this.#visitList(value, Array.isArray(like) ? like : undefined)
    return this.#visitFields(value as Fields, fieldsOf(like))
  }

  #visitText(text: string, like: unknown): string {
    if (text === like) return like
    if (text.length > LONGEST) return text
    const known = this.#texts.get(text)
    if (known !== undefined) return known
    this.#texts.set(text, text)
    return text
  }

  #visitList(list: unknown[], like: readonly unknown[] | undefined): readonly unknown[] {
    let isSame = like?.length === list.length
    let isFlat = true
    for (let i = 0; i < list.length; i++) {
      const value = list[i]
      const part = this.#visit(value, like?.[i])
      if (part !== value) list[i] = part
      if (isSame && part !== like?.[i]) isSame = false
      if (typeof part === 'object' && part !== null) isFlat = false
    }
    if (isSame && like) return like
    return isFlat ? this.#known(list, keyOfList(list)) : list
  }

  #visitFields(fields: Fields, like: Fields | undefined): Fields {
    const names = Object.keys(fields)
    const likeNames = like ? Object.keys(like) : undefined
    let isSame = likeNames?.length === names.length
    let isFlat = true
    for (let i = 0; i < names.length; i++) {
      const name = names[i] as string
      const value = fields[name]
      const part = this.#visit(value, like?.[name])
      put(fields, name, value, part)
      if (isSame && (likeNames?.[i] !== name || part !== like?.[name])) isSame = false
      if (typeof part === 'object' && part !== null) isFlat = false
    }
    if (isSame && like) return like
    return isFlat ? this.#known(fields, keyOfFields(fields, names)) : fields
  }

  /** One like it that was seen lately, or itself. */
  #known<T extends object>(part: T, key: string | undefined): T {
    if (key === undefined) return part
    const known = this.#parts.get(key)
    if (known) return known as T
    this.#parts.set(key, part)
    return part
  }
}

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const fieldsOf = (value: unknown): Fields | undefined => (isFields(value) ? value : undefined)

function put(fields: Fields, name: string, old: unknown, value: unknown): void {
  if (value !== old) fields[name] = value
}

function keyOfList(list: readonly unknown[]): string | undefined {
  const key = ['[']
  let length = 0
  for (const value of list) {
    const text = keyOfValue(value)
    length += text.length
    if (length > LONGEST) return undefined
    key.push(text)
  }
  return key.join(',')
}

function keyOfFields(fields: Fields, names: readonly string[]): string | undefined {
  const key = ['{']
  let length = 0
  for (const name of names) {
    const text = keyOfValue(fields[name])
    length += name.length + text.length
    if (length > LONGEST) return undefined
    key.push(`${name.length}:${name}`, text)
  }
  return key.join(',')
}

/** A number, true and null are never what a text is called: that has its length before it. */
const keyOfValue = (value: unknown): string =>
  typeof value === 'string' ? `${value.length}:${value}` : String(value)

/** What was asked for among the last so many. */
class Recent<T> {
  #young = new Map<string, T>()
  #old = new Map<string, T>()

  get(key: string): T | undefined {
    const young = this.#young.get(key)
    if (young !== undefined) return young
    const old = this.#old.get(key)
    if (old !== undefined) this.set(key, old)
    return old
  }

  set(key: string, value: T): void {
    if (this.#young.size >= REMEMBERED / 2) {
      this.#old = this.#young
      this.#young = new Map()
    }
    this.#young.set(key, value)
  }
}
