// Which symbols Binance spot trades, over REST: one answer lists them all. Those that trade are captured; those that are
// halted exist, and are captured if they were.

import type { Discovered, SymbolPage } from '../protocol/adapter.ts'
import { quote } from '../protocol/json-list.ts'
import { type AskOptions, ask, badAnswer } from '../protocol/rest.ts'

export type DiscoveryOptions = AskOptions & {
  /** Without a slash at its end. */
  readonly restUrl: string
  onPage(page: SymbolPage): void
}

/** Symbols that are handed over together. */
const PAGE = 1000
const MAX_SYMBOL = 200
const NOT_IN_SYMBOL = /[\s\p{C}]/u

/** Asks for everything. Throws ExchangeError; what was listed before it is good. */
export async function discoverSymbols(
  { restUrl, onPage, ...options }: DiscoveryOptions,
  signal: AbortSignal
): Promise<Discovered> {
  const url = `${restUrl}/api/v3/exchangeInfo`
  let page: { now: string[]; later: string[] } = { now: [], later: [] }
  let odd = 0
  let example: unknown
  const handOver = () => {
    if (page.now.length + page.later.length > 0) onPage(page)
    page = { now: [], later: [] }
  }
  const onItem = (item: unknown) => {
    const { symbol, status } = (item ?? {}) as Readonly<Record<string, unknown>>
    if (typeof symbol !== 'string' || !isName(symbol)) {
      odd++
      example ??= item
      return
    }
    if (status === 'TRADING' || status === undefined) page.now.push(symbol)
    else page.later.push(symbol)
    if (page.now.length + page.later.length >= PAGE) handOver()
  }
  try {
    await ask({ url, headers: {}, list: 'symbols', keep: [], onItem }, options, signal)
  } finally {
    handOver()
  }
  if (odd === 0) return { known: true, failures: [] }
  const what = `${odd} entries of \`symbols\` without a name, such as ${quote(example)}`
  return { known: true, failures: [badAnswer(url, what).failure] }
}

const isName = (symbol: string): boolean =>
  symbol !== '' && Buffer.byteLength(symbol) <= MAX_SYMBOL && !NOT_IN_SYMBOL.test(symbol)
