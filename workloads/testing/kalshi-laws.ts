// The laws of exchanges' Kalshi recordings, held against frames in the order in which a connection received
// them: for tests of what was captured. Prices and sizes are integers (1/10000 dollar, 1/100 contract).

type Message = {
  market_ticker: string
  price_dollars?: string
  delta_fp?: string
  side?: 'yes' | 'no'
  ts_ms?: number
  yes_dollars_fp?: [string, string][]
  no_dollars_fp?: [string, string][]
  yes_price_dollars?: string
  no_price_dollars?: string
  count_fp?: string
  taker_side?: 'yes' | 'no'
}
export type KalshiFrame = { type: string; sid?: number; seq?: number; msg?: Message }

/** A decimal text as an integer of 1/scale; throws on anything else, so that no price is read wrongly. */
export function fixed(text: string, digits: number): number {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text)
  if (!match) throw new Error(`not a decimal: ${text}`)
  const fraction = (match[3] ?? '').padEnd(digits, '0')
  if (fraction.length > digits && /[1-9]/.test(fraction.slice(digits)))
    throw new Error(`more than ${digits} digits: ${text}`)
  const value = Number(match[2]! + fraction.slice(0, digits))
  return match[1] ? -value : value
}

type Book = { yes: Map<number, number>; no: Map<number, number>; whole: boolean }

export type LawReport = {
  readonly problems: readonly string[]
  readonly deltas: number
  readonly trades: number
  readonly snapshots: number
}

/**
 * Checks: no level below zero; no crossed book; `seq` rises by one per frame of a sid; every trade has deltas on
 * the opposite side at that side's price and the same ts_ms that sum to at least its size.
 */
export function checkKalshiLaws(frames: Iterable<KalshiFrame>): LawReport {
  const problems: string[] = []
  const books = new Map<string, Book>()
  const sequences = new Map<number, number>()
  const taken = new Map<string, number>()
  const traded = new Map<string, number>()
  let deltas = 0
  let trades = 0
  let snapshots = 0
  for (const { type, sid, seq, msg } of frames) {
    if (sid !== undefined && seq !== undefined) {
      const before = sequences.get(sid)
      if (before !== undefined && seq !== before + 1)
        problems.push(`sid ${sid}: seq ${seq} follows ${before}`)
      sequences.set(sid, seq)
    }
    if (!msg) continue
    const symbol = msg.market_ticker
    switch (type) {
      case 'orderbook_snapshot': {
        snapshots++
        const side = (levels: [string, string][] = []) =>
          new Map(levels.map(([price, size]) => [fixed(price, 4), fixed(size, 2)]))
        books.set(symbol, {
          yes: side(msg.yes_dollars_fp),
          no: side(msg.no_dollars_fp),
          whole: true,
        })
        break
      }
      case 'orderbook_delta': {
        deltas++
        const book = books.get(symbol) ?? { yes: new Map(), no: new Map(), whole: false }
        books.set(symbol, book)
        const price = fixed(msg.price_dollars!, 4)
        const change = fixed(msg.delta_fp!, 2)
        const levels = book[msg.side!]
        const size = (levels.get(price) ?? 0) + change
        if (size < 0 && book.whole) problems.push(`${symbol} ${msg.side} ${price}: level ${size}`)
        if (size === 0) levels.delete(price)
        else levels.set(price, size)
        if (book.whole && levels.size > 0 && change > 0) {
          const best = (side: Map<number, number>) => Math.max(-1, ...side.keys())
          if (best(book.yes) + best(book.no) >= 10_000) problems.push(`${symbol}: crossed book`)
        }
        if (change < 0) {
          const key = `${symbol} ${msg.ts_ms} ${msg.side} ${price}`
          taken.set(key, (taken.get(key) ?? 0) - change)
        }
        break
      }
      case 'trade': {
        trades++
        const opposite = msg.taker_side === 'yes' ? 'no' : 'yes'
        const price = fixed((opposite === 'no' ? msg.no_price_dollars : msg.yes_price_dollars)!, 4)
        const key = `${symbol} ${msg.ts_ms} ${opposite} ${price}`
        traded.set(key, (traded.get(key) ?? 0) + fixed(msg.count_fp!, 2))
        break
      }
    }
  }
  for (const [key, size] of traded)
    if ((taken.get(key) ?? 0) < size)
      problems.push(`trade ${key}: ${size} traded, deltas take ${taken.get(key) ?? 0}`)
  return { problems, deltas, trades, snapshots }
}
