// A generated market as the exchange lists it: tickers, ids, times, status, and the texts that REST and the
// lifecycle channel tell of it. Pure; what trades in it is its book.

import { Random, seedOf } from '../../simulation/random.ts'
import { tickerParts, timeText } from './calendar.ts'
import { MarketBook } from './market.ts'

export type MarketStatus = 'initialized' | 'active' | 'closed' | 'determined' | 'finalized'

export type Series = { readonly ticker: string; readonly title: string; readonly category: string }

const KNOWN: readonly (readonly [string, string, string])[] = [
  ['KXGOLD15M', 'Gold', 'Commodities'],
  ['KXBTC15M', 'Bitcoin', 'Crypto'],
  ['KXSILVER15M', 'Silver', 'Commodities'],
  ['KXETH15M', 'Ethereum', 'Crypto'],
  ['KXOIL15M', 'WTI oil', 'Commodities'],
  ['KXSOL15M', 'Solana', 'Crypto'],
  ['KXNATGAS15M', 'Natural gas', 'Commodities'],
  ['KXXRP15M', 'XRP', 'Crypto'],
  ['KXINX15M', 'S&P 500', 'Financials'],
  ['KXDOGE15M', 'Dogecoin', 'Crypto'],
]

/** The n-th series, from 0: names that the real exchange knows first, made-up ones after them. */
export function seriesAt(index: number): Series {
  const known = KNOWN[index]
  if (known) return { ticker: known[0], title: known[1], category: known[2] }
  const number = String(index + 1).padStart(3, '0')
  return { ticker: `KXSIM${number}X15M`, title: `Index ${number}`, category: 'Financials' }
}

export class Listing {
  readonly series: Series
  readonly ticker: string
  readonly eventTicker: string
  readonly marketId: string
  readonly openMs: number
  readonly closeMs: number
  readonly createdMs: number
  readonly strike: number
  readonly book: MarketBook
  status: MarketStatus = 'initialized'
  result: '' | 'yes' | 'no' = ''
  settledMs = 0

  constructor(options: {
    series: Series
    seed: number
    openMs: number
    closeMs: number
    createdMs: number
  }) {
    const { event, strike } = tickerParts(options.closeMs)
    this.series = options.series
    this.eventTicker = `${options.series.ticker}-${event}`
    this.ticker = `${this.eventTicker}-${strike}`
    this.openMs = options.openMs
    this.closeMs = options.closeMs
    this.createdMs = options.createdMs
    const random = new Random(seedOf(options.seed, this.ticker))
    this.marketId = random.uuid()
    this.strike = 100 + random.below(900_000) / 100
    this.book = new MarketBook(30 + random.below(41))
  }

  get settlementValue(): string {
    return this.result === 'yes' ? '1.0000' : '0.0000'
  }

  #titles(): { title: string; yes: string; no: string; rules: string } {
    const price = `$${this.strike.toFixed(2)}`
    return {
      title: `${this.series.title} price up in next 15 mins?`,
      yes: this.status === 'initialized' ? 'Target price: TBD' : `Target Price: ${price}`,
      no: 'Target price: TBD',
      rules: `SIMULATED by ssmd, never traded anywhere. Resolves to Yes if ${this.series.title} closes the window at or above its opening price.`,
    }
  }

  /** `msg` of the lifecycle frame that announces it. */
  createdMessage(): string {
    const { title, yes, no, rules } = this.#titles()
    return JSON.stringify({
      market_ticker: this.ticker,
      exchange_index: 0,
      open_ts: Math.floor(this.openMs / 1000),
      close_ts: Math.floor(this.closeMs / 1000),
      additional_metadata: {
        name: title,
        title,
        yes_sub_title: yes,
        no_sub_title: no,
        rules_primary: rules,
        rules_secondary: '',
        can_close_early: true,
        event_ticker: this.eventTicker,
        expected_expiration_ts: Math.floor(this.closeMs / 1000) + 300,
        strike_type: 'greater_or_equal',
      },
      event_type: 'created',
      price_level_structure: 'linear_cent',
    })
  }

  eventMessage(): string {
    return JSON.stringify({
      event_ticker: this.eventTicker,
      exchange_index: 0,
      title: `${this.series.title} 15 min`,
      subtitle: timeText(this.closeMs),
      collateral_return_type: '',
      series_ticker: this.series.ticker,
    })
  }

  strikeMessage(): string {
    return JSON.stringify({
      event_type: 'metadata_updated',
      market_ticker: this.ticker,
      strike_type: 'greater_or_equal',
      floor_strike: this.strike,
    })
  }

  activatedMessage(): string {
    return JSON.stringify({ market_ticker: this.ticker, event_type: 'activated' })
  }

  determinedMessage(nowMs: number): string {
    return JSON.stringify({
      market_ticker: this.ticker,
      event_type: 'determined',
      result: this.result,
      determination_ts: Math.floor(nowMs / 1000),
      settlement_value: this.settlementValue,
    })
  }

  settledMessage(nowMs: number): string {
    return JSON.stringify({
      market_ticker: this.ticker,
      event_type: 'settled',
      settled_ts: Math.floor(nowMs / 1000),
    })
  }

  /** The market as `GET /markets` tells it. */
  marketRecord(): Readonly<Record<string, unknown>> {
    const { title, yes, no, rules } = this.#titles()
    const { best, sides, lastPrice, volume, openInterest } = this.book
    const size = (side: 0 | 1): string => ((sides[side][best[side]] ?? 0) / 100).toFixed(2)
    const dollars = (cents: number): string => (cents / 100).toFixed(4)
    return {
      can_close_early: true,
      close_time: timeText(this.closeMs),
      created_time: timeText(this.createdMs),
      event_ticker: this.eventTicker,
      exchange_index: 0,
      expected_expiration_time: timeText(this.closeMs + 300_000),
      expiration_time: timeText(this.closeMs + 7 * 86_400_000),
      ...(this.status === 'initialized' ? {} : { floor_strike: this.strike }),
      last_price_dollars: dollars(lastPrice),
      latest_expiration_time: timeText(this.closeMs + 7 * 86_400_000),
      market_type: 'binary',
      no_ask_dollars: dollars(best[0] === 0 ? 100 : 100 - best[0]),
      no_bid_dollars: dollars(best[1]),
      no_sub_title: no,
      notional_value_dollars: '1.0000',
      open_interest_fp: (openInterest / 100).toFixed(2),
      open_time: timeText(this.openMs),
      price_level_structure: 'linear_cent',
      price_ranges: [{ start: '0.0000', end: '1.0000', step: '0.0100' }],
      result: this.result,
      rules_primary: rules,
      rules_secondary: '',
      settlement_timer_seconds: 1,
      ...(this.status === 'finalized' ? { settlement_ts: timeText(this.settledMs) } : {}),
      ...(this.result === '' ? {} : { settlement_value_dollars: this.settlementValue }),
      status: this.status,
      strike_type: 'greater_or_equal',
      ticker: this.ticker,
      title,
      volume_24h_fp: (volume / 100).toFixed(2),
      volume_fp: (volume / 100).toFixed(2),
      yes_ask_dollars: dollars(best[1] === 0 ? 100 : 100 - best[1]),
      yes_ask_size_fp: size(1),
      yes_bid_dollars: dollars(best[0]),
      yes_bid_size_fp: size(0),
      yes_sub_title: yes,
    }
  }

  eventRecord(): Readonly<Record<string, unknown>> {
    return {
      available_on_brokers: false,
      category: this.series.category,
      collateral_return_type: '',
      event_ticker: this.eventTicker,
      exchange_index: 0,
      mutually_exclusive: false,
      product_metadata: { cadence: 'fifteen_min' },
      series_ticker: this.series.ticker,
      strike_date: timeText(this.closeMs),
      strike_period: '',
      sub_title: timeText(this.closeMs),
      title: `${this.series.title} 15 min`,
    }
  }
}
