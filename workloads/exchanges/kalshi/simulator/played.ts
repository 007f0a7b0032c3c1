// Recorded markets as Kalshi: each market's book as far as it was played, and REST answers from what is recorded.

import type { Frame } from '../../simulation/frame.ts'
import type { Recorded } from '../../simulation/venue.ts'
import { timeText } from './calendar.ts'
import { ORDERBOOK } from './channels.ts'
import type { JsonObject, Metadata } from './metadata.ts'
import { PlayedBook } from './played-book.ts'
import type { RestExchange, RestMarket, Source } from './source.ts'

type Market = {
  readonly ticker: string
  readonly book: PlayedBook
  readonly fromMs: number
  readonly toMs: number
}

const MARKET_ID = /"market_id":"([0-9a-f-]{36})"/

export class PlayedMarkets implements Source {
  readonly #metadata: Metadata
  readonly #markets = new Map<string, Market>()
  #ended = false

  constructor(recorded: Recorded, metadata: Metadata) {
    this.#metadata = metadata
    for (const [ticker, { first, fromMs, toMs }] of recorded.markets) {
      if (ticker === '') continue
      const book = new PlayedBook()
      book.marketId = MARKET_ID.exec(first)?.[1] ?? ''
      this.#markets.set(ticker, { ticker, book, fromMs, toMs })
    }
  }

  play(frame: Frame): void {
    if (frame.channel === ORDERBOOK) this.#markets.get(frame.market)?.book.apply(frame)
  }

  ended(): void {
    this.#ended = true
  }

  snapshot(market: string, why: 'first' | 'asked'): string | null {
    const recorded = this.#markets.get(market)
    if (!recorded) return null
    const { book } = recorded
    // Before its first frame the recording itself brings the snapshot; nothing is made up then.
    if (!book.played) return why === 'asked' ? book.message(market) : null
    return book.known ? book.message(market) : null
  }

  ticker(_market: string): string | null {
    return null
  }

  marketOfId(id: string): string | undefined {
    if (id === '') return undefined
    for (const { ticker, book } of this.#markets.values()) if (book.marketId === id) return ticker
    return undefined
  }

  get rest(): RestExchange {
    return {
      active: true,
      timed: false,
      markets: () => [...this.#markets.values()].map((market) => this.#restMarket(market)),
      event: (ticker) => this.#event(ticker),
      series: (ticker) =>
        [...this.#markets.keys()].some((market) => seriesOf(market) === ticker)
          ? { ticker, title: ticker, tags: ['simulated'], frequency: '', category: '' }
          : undefined,
      book: (ticker) => {
        const book = this.#markets.get(ticker)?.book
        return book ? { yes: book.levels('yes'), no: book.levels('no') } : null
      },
    }
  }

  /** As long as it plays, every market is open, or no client would subscribe to what is still to come. */
  #restMarket(market: Market): RestMarket {
    const recorded = this.#metadata.markets.get(market.ticker)
    const done = this.#ended
    const status = done ? String(recorded?.status ?? 'closed') : 'active'
    const eventTicker = String(recorded?.event_ticker ?? eventOf(market.ticker))
    const closeMs = Date.parse(String(recorded?.close_time))
    return {
      ticker: market.ticker,
      eventTicker,
      seriesTicker: seriesOf(market.ticker),
      status,
      closeMs: Number.isNaN(closeMs) ? null : closeMs,
      record: () =>
        recorded
          ? { ...(done ? recorded : unsettled(recorded)), status }
          : {
              ticker: market.ticker,
              event_ticker: eventTicker,
              market_type: 'binary',
              title: market.ticker,
              open_time: timeText(Math.floor(market.fromMs)),
              close_time: timeText(Math.floor(market.toMs)),
              result: '',
              status,
            },
    }
  }

  #event(ticker: string): JsonObject | undefined {
    const recorded = this.#metadata.events.get(ticker)
    const played = [...this.#markets.keys()].some(
      (market) => (this.#metadata.markets.get(market)?.event_ticker ?? eventOf(market)) === ticker
    )
    if (!played) return undefined
    return recorded ?? { event_ticker: ticker, series_ticker: seriesOf(ticker), title: ticker }
  }
}

const seriesOf = (ticker: string): string => ticker.split('-')[0] as string
const eventOf = (ticker: string): string =>
  ticker.includes('-') ? ticker.slice(0, ticker.lastIndexOf('-')) : ticker

/** The record without what was only known afterwards. */
function unsettled(record: JsonObject): JsonObject {
  const {
    settlement_ts: _at,
    settlement_value_dollars: _value,
    expiration_value: _expiration,
    ...rest
  } = record
  return { ...rest, result: '' }
}
