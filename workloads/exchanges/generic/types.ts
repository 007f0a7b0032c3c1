// The message types of a Feed, compiled: which frame is of which type, and where its values stand. What reads live frames
// and what reads archived ones share this, so that both say the same.

import { textOf } from '#market/bytes.ts'
import type { JsonReader } from '#market/json-reader.ts'
import { type Field, KIND } from '#market/json-shape.ts'
import { Symbols } from '#market/symbols.ts'
import { UNIT, type Unit } from '#market/time.ts'
import { textAt } from '#market/words.ts'
import { PathReader } from './paths.ts'

/** A type as `spec.messageTypes` of a Feed has it. */
export type DescribedType = {
  readonly name: string
  readonly kind?: 'data' | 'ack' | 'error' | 'heartbeat' | 'info'
  readonly type?: string
  readonly match?: string
  readonly group?: string
  readonly symbol?: string
  readonly time?: string
  readonly timeUnit?: 's' | 'ms' | 'us' | 'ns'
  readonly sequence?: string
  readonly scope?: string
  readonly channel?: string
  readonly id?: string
  readonly reason?: string
  readonly code?: string
  readonly trade?: {
    readonly price: string
    readonly size: string
    readonly side?: string
    readonly buy?: readonly string[]
    readonly sell?: readonly string[]
    readonly id?: string
  }
  readonly quote?: { readonly [K in QuoteField]?: string }
}
export const QUOTE_FIELDS = [
  'bid',
  'bidSize',
  'ask',
  'askSize',
  'last',
  'lastSize',
  'volume',
] as const
export type QuoteField = (typeof QUOTE_FIELDS)[number]

/** The types that a Feed declares; none where there is no Feed. */
export function typesOf(feed: unknown): readonly DescribedType[] {
  const { spec } = (feed ?? {}) as { spec?: { messageTypes?: readonly DescribedType[] } }
  return spec?.messageTypes ?? []
}

export const UNIT_OF = { s: UNIT.s, ms: UNIT.ms, us: UNIT.us, ns: UNIT.ns } as const

export const unitOf = ({ timeUnit }: DescribedType): Unit =>
  timeUnit === undefined ? UNIT.any : UNIT_OF[timeUnit]

/** Every path of a type, with the name of its field. */
export function pathsOf(type: DescribedType): readonly (readonly [field: string, path: string])[] {
  const own = ['type', 'symbol', 'time', 'sequence', 'channel', 'id', 'reason', 'code'] as const
  const paths: [string, string][] = []
  for (const name of own) if (type[name] !== undefined) paths.push([name, type[name]])
  for (const path of type.scope?.split('+') ?? []) paths.push(['scope', path])
  const { trade, quote } = type
  for (const name of ['price', 'size', 'side', 'id'] as const)
    if (trade?.[name] !== undefined) paths.push([`trade.${name}`, trade[name]])
  for (const name of QUOTE_FIELDS)
    if (quote?.[name] !== undefined) paths.push([`quote.${name}`, quote[name]])
  return paths
}

/** Whether a text is what `match` of a type says; the symbol in it, or the empty text. */
export function matches(pattern: string, text: string): { symbol: string } | null {
  if (!/[*]|\{symbol\}/.test(pattern)) return pattern === text ? { symbol: '' } : null
  const source = pattern
    .split(/([*]|\{symbol\})/)
    .map((part) =>
      part === '*' ? '[^]*' : part === '{symbol}' ? '([^]+)' : part.replaceAll(/[^\w ]/gu, '\\$&')
    )
    .join('')
  const found = new RegExp(`^${source}$`).exec(text)
  return found === null ? null : { symbol: found[1] ?? '' }
}

export type Match = { readonly place: number; readonly symbol: string }
const NO_MATCH: Match = { place: -1, symbol: '' }

/** Texts that are remembered; an exchange with endless names cannot fill the memory. */
const MAX_TEXTS = 100_000

/** The types that are told by one path, and what is known of the texts there. */
class Told {
  readonly #types: readonly (readonly [place: number, pattern: string])[]
  readonly #symbols = new Symbols()
  readonly #known = new Map<string, Match>()
  /** The first type that takes any value. */
  readonly any: Match

  constructor(types: readonly (readonly [place: number, pattern: string])[]) {
    this.#types = types
    const any = types.find(([, pattern]) => pattern === '*')
    this.any = any === undefined ? NO_MATCH : { place: any[0], symbol: '' }
  }

  at(reader: JsonReader, field: Field): Match {
    switch (field.kind) {
      case KIND.none:
        return NO_MATCH
      case KIND.object:
      case KIND.list:
        return this.any
      case KIND.escaped:
        return this.named(textAt(field, reader))
      default:
        return this.named(this.#symbols.get(reader, field.start, field.end))
    }
  }

  named(text: string): Match {
    let match = this.#known.get(text)
    if (match === undefined) {
      match = this.#find(text)
      if (this.#known.size >= MAX_TEXTS) this.#known.clear()
      this.#known.set(text, match)
    }
    return match
  }

  #find(text: string): Match {
    for (const [place, pattern] of this.#types) {
      const found = matches(pattern, text)
      if (found !== null) return { place, symbol: found.symbol }
    }
    return NO_MATCH
  }
}

/** Tells types apart. Read the frame with `paths`, then ask. */
export class TypeFinder {
  /** Paths that tell a type, each once. */
  readonly paths: readonly string[]
  readonly #told: readonly Told[]
  readonly #whole: Told

  constructor(types: readonly DescribedType[]) {
    const byPath = new Map<string, [number, string][]>()
    for (const [place, { type = 'type', match, name }] of types.entries()) {
      const told = byPath.get(type) ?? []
      byPath.set(type, told)
      told.push([place, match ?? name])
    }
    this.paths = [...byPath.keys()]
    this.#told = [...byPath.values()].map((told) => new Told(told))
    this.#whole = new Told(
      types.flatMap(({ kind, match, name }, place) =>
        kind === undefined || kind === 'data' || match === '*' ? [] : [[place, match ?? name]]
      )
    )
  }

  /** The first type that matches; `fieldAt` gives the field of a path of `paths`. `place` -1: none does. */
  find(reader: JsonReader, fields: readonly Field[]): Match {
    let best = NO_MATCH
    for (let i = 0; i < fields.length; i++) {
      const match = this.#told[i]!.at(reader, fields[i]!)
      if (match.place >= 0 && (best.place < 0 || match.place < best.place)) best = match
    }
    return best
  }

  /** The type of a frame that is no JSON: an answer that is a plain text. */
  ofText(text: Uint8Array): Match {
    return text.length > 200 ? NO_MATCH : this.#whole.named(textOf(text, 0, text.length))
  }
}

/** One pass over a frame finds the values at these paths of it; paths into entries of a list are read from there. */
export class FrameFields {
  readonly #paths: string[] = []
  #reader: PathReader | null = null

  /** Notes a path and returns its place. */
  add(path: string): number {
    const known = this.#paths.indexOf(path)
    if (known >= 0) return known
    return this.#paths.push(path) - 1
  }

  get reader(): PathReader {
    this.#reader ??= new PathReader(this.#paths)
    return this.#reader
  }

  field(place: number): Field {
    return this.reader.field(place)
  }
}
