// The text of exchanges.gen.ts: what every room may know of an exchange without its code, copied from the facts.ts of
// each folder of workloads/exchanges. A folder without facts.ts (protocol, simulation) is no exchange.

import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { pathToFileURL } from 'node:url'

type Facts = Readonly<Record<(typeof FIELDS)[number], unknown>>

const FIELDS = [
  'name',
  'title',
  'auth',
  'keyFields',
  'headerFields',
  'alwaysSimulated',
  'hasSimulator',
  'channels',
  'bookDepth',
  'books',
  'fees',
] as const

/** As most exchanges keep them. */
const BOOKS = { channels: [], chained: false, truncated: false }

const HEAD = `// Generated from the facts.ts of each folder of workloads/exchanges by \`npm run generate\`. Do not edit.

/** What the protocol of an exchange proves about completeness. */
export type Proof = 'frames' | 'book' | 'trades' | 'nothing'

export type ExchangeFacts = {
  readonly title: string
  readonly auth: 'none' | 'apiKey'
  /** What a key of this exchange consists of. */
  readonly keyFields: readonly string[]
  /** Of these, the fields that are sent as they are, as values of HTTP headers. */
  readonly headerFields: readonly string[]
  /** No market stands behind it: all that it sends is marked as simulated. */
  readonly alwaysSimulated: boolean
  /** \`ssmd simulator\` speaks its protocol. */
  readonly hasSimulator: boolean
  /** What each channel proves; null: the Feed names the channels. */
  readonly channels: Readonly<Record<string, Proof>> | null
  /** Levels of a book that \`spec.bookDepth\` of a Feed may ask for; null: the exchange leaves no choice. */
  readonly bookDepth: { readonly default: number; readonly allowed: readonly number[] } | null
  /**
   * Its books: which channels send them, and how they are kept. Chained: changes form a chain, and snapshots are fetched beside the
   * stream. Truncated: it does not say which levels leave \`bookDepth\`.
   */
  readonly books: {
    readonly channels: readonly string[]
    readonly chained: boolean
    readonly truncated: boolean
  }
  /**
   * What a trade costs; null: it depends on the account. Quadratic: coefficient × size × price × (1 - price), rounded up to \`roundUpTo\`
   * for each order. Instruments whose names begin with one of \`special.prefixes\` have other coefficients.
   */
  readonly fees: {
    readonly formula: 'quadratic'
    readonly taker: number
    readonly maker: number
    readonly roundUpTo: number
    readonly special: {
      readonly prefixes: readonly string[]
      readonly taker: number
      readonly maker: number
    }
  } | null
}

/** By the name that \`spec.exchange\` of a Feed gives. */
export const EXCHANGES: Readonly<Record<string, ExchangeFacts>> = {`

/** Reads the facts of every exchange below `folder`. Throws an Error that names the file if one lacks a field. */
export async function readFacts(folder: string): Promise<Facts[]> {
  const names = (await readdir(folder)).filter((name) => existsSync(`${folder}/${name}/facts.ts`))
  return Promise.all(
    names.sort().map(async (name) => {
      const file = `${folder}/${name}/facts.ts`
      const { facts: said } = (await import(pathToFileURL(file).href)) as { facts: Facts }
      const facts: Facts = {
        ...said,
        bookDepth: said.bookDepth ?? null,
        books: said.books ?? BOOKS,
        fees: said.fees ?? null,
      }
      const found = Object.keys(facts).sort().join(', ')
      const wanted = [...FIELDS].sort().join(', ')
      if (found !== wanted)
        throw new Error(`${file}: expected the fields ${wanted}; found ${found}`)
      if (facts.name !== name) throw new Error(`${file}: its name is ${facts.name}, not ${name}`)
      return facts
    })
  )
}

export function renderExchanges(all: readonly Facts[]): string {
  const lines = all.flatMap((facts) => [
    `  ${facts.name}: {`,
    ...FIELDS.slice(1).flatMap((field) => member('    ', field, facts[field])),
    '  },',
  ])
  return [HEAD, ...lines, '}', ''].join('\n')
}

/** One member of an object, laid out as the formatter does. */
function member(indent: string, name: string, value: unknown): string[] {
  const key = /^[A-Za-z_]\w*$/.test(name) ? name : `'${name}'`
  if (Array.isArray(value)) {
    return [`${indent}${key}: [${value.map(literal).join(', ')}],`]
  }
  if (typeof value === 'object' && value !== null) {
    return [
      `${indent}${key}: {`,
      ...Object.entries(value).flatMap(([inner, one]) => member(`${indent}  `, inner, one)),
      `${indent}},`,
    ]
  }
  return [`${indent}${key}: ${literal(value)},`]
}

const literal = (value: unknown): string =>
  typeof value === 'string' ? `'${value}'` : String(value)
