// Payloads and state are plain data: JSON says all of it. The text is made immediately, so that nothing which happens later changes it.
// What a signal hands over may be made to deceive: nothing of it is called but getters, and its text is bounded while it grows.

export type PlainText = { readonly text: string } | { readonly problem: string }

const DEEPEST = 16
const MAX_LENGTH = 4096

class Problem extends Error {}

/** Canonical JSON: members in the order of their names. */
export function plainText(value: unknown): PlainText {
  const writer = new Writer()
  try {
    writer.write(value, '', 0)
    return { text: writer.text }
  } catch (thrown) {
    return { problem: thrown instanceof Problem ? thrown.message : 'cannot be read' }
  }
}

class Writer {
  text = ''

  write(value: unknown, path: string, depth: number): void {
    const at = path === '' ? 'it' : path.slice(1)
    if (depth > DEEPEST) throw new Problem(`${at} is nested too deeply`)
    if (typeof value === 'number' && !Number.isFinite(value)) {
      throw new Problem(`${at} is ${value}, which is no finite number`)
    }
    if (typeof value === 'string') this.#text(value)
    else if (value === null || typeof value === 'boolean' || typeof value === 'number') {
      this.#add(JSON.stringify(value))
    } else if (typeof value !== 'object') {
      throw new Problem(`${at} is ${typeof value}, which is no data`)
    } else if (Array.isArray(value)) this.#list(value, path, depth)
    else if (isPlain(value)) this.#members(value as Record<string, unknown>, path, depth)
    else throw new Problem(`${at} is no plain object`)
  }

  #list(value: readonly unknown[], path: string, depth: number): void {
    this.#add('[')
    const { length } = value
    for (let i = 0; i < length; i++) {
      if (i > 0) this.#add(',')
      this.write(value[i], `${path}.${i}`, depth + 1)
    }
    this.#add(']')
  }

  #members(value: Readonly<Record<string, unknown>>, path: string, depth: number): void {
    this.#add('{')
    let separator = ''
    for (const name of Object.keys(value).sort()) {
      this.#add(separator)
      separator = ','
      this.#text(name)
      this.#add(':')
      this.write(value[name], `${path}.${name}`, depth + 1)
    }
    this.#add('}')
  }

  #text(value: string): void {
    // Before its text is made, which can be six times as long.
    if (value.length > MAX_LENGTH) throw tooLong()
    this.#add(JSON.stringify(value))
  }

  #add(text: string): void {
    this.text += text
    if (this.text.length > MAX_LENGTH) throw tooLong()
  }
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype
}

const tooLong = (): Problem => new Problem(`it has more than ${MAX_LENGTH} characters as JSON`)
