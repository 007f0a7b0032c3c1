// Ten thousand objects of a kind are nearly the same object: probes, labels, defaults, names of fields' values. Parts and
// texts that are equal are kept once. Objects of a cache are never changed in place, so nobody can tell.

/** Parts and texts that are remembered: what is seen again and again stays, the rest goes by. */
const REMEMBERED = 8192
/** A longer text, or a larger part, is hardly ever the same as another. */
const LONGEST = 512

export class Sharer {
  readonly #texts = new Recent<string>()
  readonly #parts = new Recent<{ readonly part: object; readonly id: string }>()
  #ids = 0
  /** What `#visit` found in place of the value. */
  #found: unknown

  /** The same object, changed in place: it has to be one that nobody else has seen yet. */
  share<T extends object>(object: T): T {
    const fields = object as Record<string, unknown>
    for (const name of Object.keys(fields)) {
      const value = fields[name]
      // Each has metadata of its own; what stands in there may be another's.
      if (name === 'metadata' && typeof value === 'object' && value !== null) this.share(value)
      else {
        this.#visit(value)
        fields[name] = this.#found
      }
    }
    return object
  }

  /** What the value is known by, or undefined where it is too large to be another's. */
  #visit(value: unknown): string | undefined {
    this.#found = value
    if (typeof value === 'string') return this.#visitText(value)
    if (typeof value !== 'object' || value === null) return String(value)
    const key = Array.isArray(value)
      ? this.#visitList(value)
      : this.#visitFields(value as Record<string, unknown>)
    this.#found = value
    if (key === undefined) return undefined
    const known = this.#parts.get(key)
    if (known) {
      this.#found = known.part
      return known.id
    }
    const id = `#${++this.#ids}`
    this.#parts.set(key, { part: value, id })
    return id
  }

  #visitText(text: string): string | undefined {
    if (text.length > LONGEST) return undefined
    const known = this.#texts.get(text)
    if (known === undefined) this.#texts.set(text, text)
    else this.#found = known
    return `${text.length}:${text}`
  }

  #visitList(list: unknown[]): string | undefined {
    const key = ['[']
    for (let i = 0; i < list.length; i++) {
      const part = this.#visit(list[i])
      list[i] = this.#found
      key.push(part ?? TOO_LONG)
    }
    return joined(key)
  }

  #visitFields(fields: Record<string, unknown>): string | undefined {
    const key = ['{']
    for (const name of Object.keys(fields)) {
      const part = this.#visit(fields[name])
      fields[name] = this.#found
      key.push(`${name.length}:${name}`, part ?? TOO_LONG)
    }
    return joined(key)
  }
}

const TOO_LONG = ' '.repeat(LONGEST + 1)

/** Joined at once: a key that is put together piece by piece keeps all its pieces. */
function joined(parts: readonly string[]): string | undefined {
  let length = 0
  for (const part of parts) length += part.length + 1
  return length > LONGEST ? undefined : parts.join(',')
}

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
