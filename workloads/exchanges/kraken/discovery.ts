// Which symbols Kraken has, over REST: the pairs of `AssetPairs`, under the names that its WebSocket of version 2 has for
// them. REST still says XBT and XDG where that says BTC and DOGE.

import { type Discovered, ExchangeError, type SymbolPage } from '../protocol/adapter.ts'
import { quote } from '../protocol/json-list.ts'
import { type AskOptions, ask, badAnswer } from '../protocol/rest.ts'

export type DiscoveryOptions = AskOptions & {
  readonly restEndpoint: string
  onPage(page: SymbolPage): void
}

/** Assets that REST calls otherwise than the WebSocket does. */
const NAMES: Readonly<Record<string, string>> = { XBT: 'BTC', XDG: 'DOGE' }
/** 1,500 pairs are some 1.5 MB. */
const MAX_BYTES = 32 * 1024 * 1024
/** Real symbols are some 10 characters, and this is the most that a frame's symbol may have. */
const MAX_SYMBOL = 200
/** The control characters of ASCII and Unicode, and blanks: no symbol has them. */
const NOT_IN_SYMBOL = /[\s\p{C}]/u

/** The name of a pair on the WebSocket: `XBT/USD` is `BTC/USD`. */
export const symbolOf = (wsname: string): string =>
  wsname
    .split('/')
    .map((asset) => (Object.hasOwn(NAMES, asset) ? NAMES[asset] : asset))
    .join('/')

/** Asks once; pairs that are not listed do not exist. */
export async function discoverPairs(
  options: DiscoveryOptions,
  signal: AbortSignal
): Promise<Discovered> {
  const url = `${options.restEndpoint.replace(/\/$/, '')}/0/public/AssetPairs`
  const errors: unknown[] = []
  const question = {
    url,
    headers: {},
    // What is wrong is a list, and the pairs are one object, by key.
    list: 'error',
    keep: ['result'],
    onItem: (error: unknown) => void errors.push(error),
  }
  try {
    const limits = { maxBytes: MAX_BYTES, maxItemBytes: MAX_BYTES }
    const kept = await ask(question, { ...options, ...limits }, signal)
    const [error] = errors
    if (error !== undefined) throw badAnswer(url, `the error ${quote(error)}`)
    return handOver(url, kept.get('result'), options.onPage)
  } catch (thrown) {
    signal.throwIfAborted()
    if (!(thrown instanceof ExchangeError)) throw thrown
    return { known: false, failures: [thrown.failure] }
  }
}

function handOver(url: string, result: unknown, onPage: (page: SymbolPage) => void): Discovered {
  if (typeof result !== 'object' || result === null || Array.isArray(result)) {
    throw badAnswer(url, 'no object `result`')
  }
  const now: string[] = []
  const odd: unknown[] = []
  const pairs: readonly unknown[] = Object.values(result)
  for (const pair of pairs) {
    const name = fieldOf(pair, 'wsname')
    if (isSymbol(name)) now.push(symbolOf(name))
    // Some pairs are not traded on the WebSocket, and have no name there.
    else if (name !== undefined) odd.push(pair)
  }
  const { failure } = badAnswer(
    url,
    `${odd.length} of ${pairs.length} pairs without a usable wsname: ${quote(odd[0])}`
  )
  if (now.length === 0 && odd.length > 0) return { known: false, failures: [failure] }
  onPage({ now, later: [] })
  return { known: true, failures: odd.length === 0 ? [] : [failure] }
}

const isSymbol = (value: unknown): value is string =>
  typeof value === 'string' &&
  value !== '' &&
  Buffer.byteLength(value) <= MAX_SYMBOL &&
  !NOT_IN_SYMBOL.test(value)

/** Own fields only: a name such as `__proto__` finds nothing. */
function fieldOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
  return (value as Readonly<Record<string, unknown>>)[name]
}
