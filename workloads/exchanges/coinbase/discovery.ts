// Which products Coinbase trades, over REST and without a key, page by page. Products that trade are captured. Those that
// are halted exist, and are captured if they were; so do those that are another name of a product: channels of market data
// send the product itself.

import { pause } from '#role/backoff.ts'
import type { Discovered, SymbolPage } from '../protocol/adapter.ts'
import { quote } from '../protocol/json-list.ts'
import { type AskOptions, ask, badAnswer } from '../protocol/rest.ts'
import { MAX_PAGES, PRODUCTS_PER_PAGE, REST_SPACING_MS } from './limits.ts'

export type DiscoveryOptions = AskOptions & {
  /** Without a slash at its end. */
  readonly restUrl: string
  onPage(page: SymbolPage): void
}

const MAX_SYMBOL = 200
const NOT_IN_SYMBOL = /[\s\p{C}]/u

/** Asks for everything. Throws ExchangeError; what was listed before it is good. */
export async function discoverProducts(
  options: DiscoveryOptions,
  signal: AbortSignal
): Promise<Discovered> {
  const known = new Set<string>()
  let odd = 0
  let example: unknown
  for (let page = 0; ; page++) {
    const url = `${options.restUrl}/api/v3/brokerage/market/products?limit=${PRODUCTS_PER_PAGE}&offset=${page * PRODUCTS_PER_PAGE}`
    const before = known.size
    let items = 0
    const found: { now: string[]; later: string[] } = { now: [], later: [] }
    const onItem = (item: unknown) => {
      items++
      const product = (item ?? {}) as Readonly<Record<string, unknown>>
      const { product_id: symbol } = product
      if (!isName(symbol)) {
        odd++
        example ??= item
      } else if (!known.has(symbol)) {
        known.add(symbol)
        found[isTraded(product) ? 'now' : 'later'].push(symbol)
      }
    }
    try {
      await ask({ url, headers: {}, list: 'products', keep: [], onItem }, options, signal)
    } finally {
      // These products exist, whatever became of the other pages.
      if (found.now.length + found.later.length > 0) options.onPage(found)
    }
    if (items < PRODUCTS_PER_PAGE) break
    // A server that knows no pages has sent all.
    if (known.size === before) break
    if (page + 1 === MAX_PAGES) {
      throw badAnswer(url, `more than ${MAX_PAGES} pages, which is the limit`)
    }
    await pause(REST_SPACING_MS, signal)
    signal.throwIfAborted()
  }
  if (odd === 0) return { known: true, failures: [] }
  const what = `${odd} entries of \`products\` without a name, such as ${quote(example)}`
  return { known: true, failures: [badAnswer(options.restUrl, what).failure] }
}

const isName = (symbol: unknown): symbol is string =>
  typeof symbol === 'string' &&
  symbol !== '' &&
  Buffer.byteLength(symbol) <= MAX_SYMBOL &&
  !NOT_IN_SYMBOL.test(symbol)

/** What is not said is not wrong. */
function isTraded({
  is_disabled,
  trading_disabled,
  view_only,
  status,
  alias,
}: Readonly<Record<string, unknown>>): boolean {
  const isHalted = is_disabled === true || trading_disabled === true || view_only === true
  const isOnline = typeof status !== 'string' || status === '' || status === 'online'
  const isAnother = typeof alias === 'string' && alias !== ''
  return !isHalted && isOnline && !isAnother
}
