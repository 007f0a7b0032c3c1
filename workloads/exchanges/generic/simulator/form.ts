// A frame of one type as a Feed describes it, the other way round: from values to bytes. Compiled once; what is filled in for
// each frame are texts. Names that a Feed does not give are left out, so that such a frame has what the Feed reads, and no more.

import { type DescribedType, pathsOf } from '../types.ts'

/** What is filled in, as texts. */
export type Values = Readonly<Record<string, string>>

type Json = unknown
/** Characters without any other meaning mark the places: text inside quotes, and a value of its own. */
const TEXT = '\uE000'
const RAW = '\uE001'
const textPlace = (name: string): string => `${TEXT}${name}${TEXT}`
const rawPlace = (name: string): string => `${RAW}${name}${RAW}`

export class Form {
  /** Constant texts, and between them the names of values. */
  readonly #pieces: readonly string[]
  /** Where the sequence stands in the last text, or -1. */
  sequenceAt = -1

  constructor(type: DescribedType) {
    const root: { value: Json } = { value: undefined }
    const set = (path: string, value: Json): void => setAt(root, path, value)
    const told = type.match ?? type.name
    const isAny = told === '*'
    const setType = (): void =>
      set(type.type ?? 'type', jsonOf(told.replaceAll('{symbol}', textPlace('symbol')), type.name))
    if (!isAny) setType()
    if (type.symbol !== undefined) set(type.symbol, textPlace('symbol'))
    if (type.time !== undefined) set(type.time, rawPlace('time'))
    if (type.sequence !== undefined) set(type.sequence, rawPlace('sequence'))
    for (const [field, path] of pathsOf(type)) {
      const value = OF_FIELD[field]
      if (value !== undefined) set(path, value)
    }
    for (const path of type.scope?.split('+') ?? []) set(path, type.name)
    // Any value tells the type: one that is required for another reason will do.
    if (isAny) setType()
    const text = JSON.stringify(root.value ?? {})
    this.#pieces = text
      .split(/"\uE001(\w+)\uE001"|\uE000(\w+)\uE000/)
      .filter((piece) => piece !== undefined)
      .map((piece, i) => (i % 2 === 0 ? ascii(piece) : piece))
  }

  /** A sequence is left open: its place is `sequenceAt`. */
  text(values: Values): string {
    let text = ''
    this.sequenceAt = -1
    for (let i = 0; i < this.#pieces.length; i++) {
      const piece = this.#pieces[i]!
      if (i % 2 === 0) text += piece
      else if (piece === 'sequence') this.sequenceAt = text.length
      else text += values[piece] ?? ''
    }
    return text
  }
}

/** By the name of a field of a type, what is filled in there. */
const OF_FIELD: Readonly<Record<string, string>> = {
  channel: textPlace('channel'),
  id: rawPlace('id'),
  reason: textPlace('reason'),
  code: textPlace('code'),
  'trade.price': textPlace('price'),
  'trade.size': textPlace('size'),
  'trade.side': rawPlace('side'),
  'trade.id': textPlace('tradeId'),
  'quote.bid': textPlace('bid'),
  'quote.bidSize': textPlace('bidSize'),
  'quote.ask': textPlace('ask'),
  'quote.askSize': textPlace('askSize'),
  'quote.last': textPlace('last'),
  'quote.lastSize': textPlace('lastSize'),
  'quote.volume': textPlace('volume'),
}

/** What a word of a Feed is in JSON: `true` and `12` may be meant as what they look like. */
export const literal = (word: string): string =>
  /^(true|false|0|[1-9]\d{0,14})$/.test(word) ? word : ascii(JSON.stringify(word))

const jsonOf = (text: string, name: string): Json => {
  const value = text.replaceAll('*', name)
  return value === 'true' || value === 'false' ? value === 'true' : value
}

/** A text for between quotes, in ASCII. */
export const quoted = (text: string): string => ascii(JSON.stringify(text).slice(1, -1))

const ascii = (text: string): string =>
  text.replaceAll(/[\u0080-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)

/** Sets what is not set yet; every entry of a list is its first. */
function setAt(root: { value: Json }, path: string, value: Json): void {
  const steps = Array.from(path.matchAll(/\[(\d*)\]|[^.[\]]+/g), ([name, index]) =>
    index === undefined ? name : Number(index)
  )
  let holder: Record<string | number, Json> = root as Record<string, Json>
  let key: string | number = 'value'
  for (const step of steps) {
    const isThere = typeof holder[key] === 'object' && holder[key] !== null
    if (!isThere) holder[key] = typeof step === 'number' ? [] : {}
    holder = holder[key] as Record<string | number, Json>
    if (Array.isArray(holder) && typeof step === 'number')
      while (holder.length < step) holder.push(null)
    key = step
  }
  if (holder[key] === undefined || holder[key] === null) holder[key] = value
}
