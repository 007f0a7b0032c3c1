// The messages that a Feed writes down, with places for symbol, channel and number: filled in by the connector, and
// recognised again by what simulates the exchange. Pure.

/** What is filled in. */
export type Filling = {
  readonly id: number
  readonly channel: string
  readonly symbols: readonly string[]
}

/** What a message was filled in with. */
export type Filled = {
  id: unknown
  channel: string | null
  symbols: string[]
}

type Json = unknown
const PLACES = /\{(symbol|symbols|channel|id)\}/g

export class Message {
  /** Of JSON: its value; of a plain text: the text. */
  readonly #value: Json
  readonly isJson: boolean
  /** How symbols go in: one a message, many a message, or none. */
  readonly symbols: 'one' | 'many' | 'none'
  readonly hasChannel: boolean

  /** `written`: a text or an object. Throws a SyntaxError if it is a text that begins as JSON and is none. */
  constructor(written: unknown) {
    const read = typeof written === 'string' ? readText(written) : { value: written, isJson: true }
    this.#value = read.value
    this.isJson = read.isJson
    this.symbols = has(read.value, '{symbols}')
      ? 'many'
      : has(read.value, '{symbol}')
        ? 'one'
        : 'none'
    this.hasChannel = has(read.value, '{channel}')
  }

  fill(filling: Filling): string {
    const value = fill(this.#value, filling)
    return this.isJson ? JSON.stringify(value) : String(value)
  }

  /** What was filled in, if `text` is this message; null if it is another one. */
  recognise(text: string): Filled | null {
    let value: Json = text
    if (this.isJson) {
      try {
        value = JSON.parse(text)
      } catch {
        return null
      }
    }
    const filled: Filled = { id: null, channel: null, symbols: [] }
    const isMine = this.isJson
      ? unify(this.#value, value, filled)
      : unifyText(String(this.#value), text, filled)
    return isMine ? filled : null
  }
}

function readText(text: string): { value: Json; isJson: boolean } {
  if (!/^\s*(\{\s*["}]|\[)/.test(text)) return { value: text, isJson: false }
  try {
    return { value: JSON.parse(text), isJson: true }
  } catch {
    // `{"id":{id}}`: places that stand without quotes.
    const quoted = text.replaceAll(/(?<=[:,[]\s*)\{(symbol|symbols|channel|id)\}/g, '"{$1}"')
    return { value: JSON.parse(quoted), isJson: true }
  }
}

function has(value: Json, place: string): boolean {
  if (typeof value === 'string') return value.includes(place)
  if (typeof value !== 'object' || value === null) return false
  return Object.values(value).some((one) => has(one, place))
}

/** Whether an entry of a list is repeated for each symbol: `{symbols}` stands in it, and in no list within. */
const repeats = (entry: Json): boolean =>
  typeof entry === 'string'
    ? entry.includes('{symbols}')
    : typeof entry === 'object' &&
      entry !== null &&
      !Array.isArray(entry) &&
      Object.values(entry).some(repeats)

function fill(value: Json, filling: Filling): Json {
  if (typeof value === 'string') {
    if (value === '{id}') return filling.id
    if (value === '{symbols}') return filling.symbols
    return fillText(value, filling)
  }
  if (Array.isArray(value))
    return value.flatMap((entry: Json) =>
      repeats(entry)
        ? filling.symbols.map((symbol) => fillEntry(entry, { ...filling, symbols: [symbol] }))
        : [fill(entry, filling)]
    )
  if (typeof value !== 'object' || value === null) return value
  return mapped(value, (one) => fill(one, filling))
}

/** An entry for one symbol: `{symbols}` is its name. */
function fillEntry(value: Json, filling: Filling): Json {
  if (typeof value === 'string') return value === '{id}' ? filling.id : fillText(value, filling)
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return fill(value, filling)
  return mapped(value, (one) => fillEntry(one, filling))
}

const mapped = (value: object, map: (one: Json) => Json): object =>
  Object.fromEntries(Object.entries(value).map(([key, one]) => [key, map(one)]))

const fillText = (text: string, { id, channel, symbols }: Filling): string =>
  text.replaceAll(PLACES, (_, place: string) => {
    if (place === 'id') return String(id)
    if (place === 'channel') return channel
    return place === 'symbols' ? symbols.join(',') : (symbols[0] ?? '')
  })

/** `isEntry`: `{symbols}` is one name, for the entry is repeated. */
function unify(template: Json, value: Json, filled: Filled, isEntry = false): boolean {
  if (typeof template === 'string') {
    if (template === '{id}') {
      filled.id = value
      return typeof value === 'number' || typeof value === 'string'
    }
    if (template === '{symbols}' && !isEntry) {
      if (!Array.isArray(value) || !value.every((one) => typeof one === 'string')) return false
      filled.symbols.push(...value)
      return value.length > 0
    }
    return typeof value === 'string' && unifyText(template, value, filled)
  }
  if (Array.isArray(template)) return Array.isArray(value) && unifyLists(template, value, filled)
  if (typeof template !== 'object' || template === null) return template === value
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const names = Object.keys(template)
  return (
    names.length === Object.keys(value).length &&
    names.every(
      (name) =>
        Object.hasOwn(value, name) &&
        unify(
          (template as Record<string, Json>)[name],
          (value as Record<string, Json>)[name],
          filled,
          isEntry
        )
    )
  )
}

function unifyLists(template: readonly Json[], values: readonly Json[], filled: Filled): boolean {
  let at = 0
  for (const entry of template) {
    const isRepeated = repeats(entry)
    const isNext = () => at < values.length && unify(entry, values[at], filled, isRepeated)
    if (!isNext()) return false
    at++
    while (isRepeated && isNext()) at++
  }
  return at === values.length
}

function unifyText(template: string, text: string, filled: Filled): boolean {
  const places: string[] = []
  const source = template
    .split(/(\{(?:symbol|symbols|channel|id)\})/)
    .map((part) => {
      if (!/^\{(symbol|symbols|channel|id)\}$/.test(part))
        return part.replaceAll(/[^\w ]/gu, '\\$&')
      places.push(part)
      return '([^]+?)'
    })
    .join('')
  const found = new RegExp(`^${source}$`).exec(text)
  if (found === null) return false
  return places.every((place, i) => {
    const said = found[i + 1] ?? ''
    if (place === '{id}') filled.id = said
    else if (place === '{channel}') {
      if (filled.channel !== null && filled.channel !== said) return false
      filled.channel = said
    } else if (place === '{symbols}') filled.symbols.push(...said.split(','))
    else {
      if (filled.symbols.length > 0 && filled.symbols[0] !== said) return false
      filled.symbols[0] = said
    }
    return true
  })
}
