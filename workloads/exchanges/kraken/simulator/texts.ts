// The frames of Kraken as text. Prices and quantities are numbers with all the digits that their pair has, also zeros at the
// end: the checksum of a book is over these.

import { crc32 } from 'node:zlib'
import { decimalText, type Instrument } from '../../simulation/instruments.ts'
import { ASK, BID, type Side, type SpotMarket } from '../../simulation/spot-market.ts'

/** Price and quantity as they are sent. */
export type Level = readonly [price: string, quantity: string]

export const priceText = ({ priceDigits }: Instrument, price: number): string =>
  decimalText(price, priceDigits)
export const quantityText = ({ sizeDigits }: Instrument, size: number): string =>
  decimalText(size, sizeDigits)

/** `2026-08-24T22:21:57.110183Z`. */
export function timeText(us: number): string {
  const ms = Math.floor(us / 1000)
  return `${new Date(ms).toISOString().slice(0, -1)}${String(us - ms * 1000).padStart(3, '0')}Z`
}

const CHECKED = 10

/** docs.kraken.com, guides/spot-ws-book-v2: digits without point and leading zeros, asks first, the best ten of each side. */
export function checksumOf(bids: readonly Level[], asks: readonly Level[]): number {
  const digits = (text: string) => text.replace('.', '').replace(/^0+/, '')
  const side = (levels: readonly Level[]) =>
    levels
      .slice(0, CHECKED)
      .map(([price, quantity]) => digits(price) + digits(quantity))
      .join('')
  return crc32(side(asks) + side(bids))
}

/** The best levels of a side as they are sent, best first. */
export function levelsOf(
  market: SpotMarket,
  instrument: Instrument,
  side: Side,
  depth: number
): Level[] {
  const levels: Level[] = []
  for (let rank = 0; rank < depth; rank++) {
    const price = market.priceAt(side, rank)
    if (price === undefined) break
    const quantity = quantityText(instrument, market.sizeAt(side, rank))
    levels.push([priceText(instrument, price), quantity])
  }
  return levels
}

const list = (levels: readonly Level[]): string =>
  levels.map(([price, quantity]) => `{"price":${price},"qty":${quantity}}`).join(',')

export const bookText = (
  type: 'snapshot' | 'update',
  symbol: string,
  bids: readonly Level[],
  asks: readonly Level[],
  checksum: number,
  time: string
): string =>
  `{"channel":"book","type":"${type}","data":[{"symbol":"${symbol}","bids":[${list(bids)}],"asks":[${list(asks)}],"checksum":${checksum},"timestamp":"${time}"}]}`

export type Trade = {
  readonly id: number
  readonly price: number
  readonly size: number
  readonly taker: Side
}

export const tradeText = (
  symbol: string,
  instrument: Instrument,
  { id, price, size, taker }: Trade,
  time: string
): string =>
  `{"symbol":"${symbol}","side":"${taker === BID ? 'buy' : 'sell'}","price":${priceText(instrument, price)},"qty":${quantityText(instrument, size)},"ord_type":"${id % 3 === 0 ? 'limit' : 'market'}","trade_id":${id},"timestamp":"${time}"}`

export const tradesText = (type: 'snapshot' | 'update', trades: readonly string[]): string =>
  `{"channel":"trade","type":"${type}","data":[${trades.join(',')}]}`

/** What a day of trades came to, in ticks and lots. */
export type Day = {
  readonly low: number
  readonly high: number
  readonly open: number
  /** Sum of price times size, in units of the last digits: a float, as it is on the real exchange. */
  readonly turnover: number
}

export function tickerText(
  type: 'snapshot' | 'update',
  symbol: string,
  instrument: Instrument,
  market: SpotMarket,
  day: Day
): string {
  const price = (value: number | undefined) => priceText(instrument, value ?? 0)
  const size = (value: number) => quantityText(instrument, value)
  const { lastPrice, volume } = market
  const vwap = volume === 0 ? 0 : Math.round(day.turnover / volume)
  const change = lastPrice === 0 ? 0 : lastPrice - day.open
  const percent = lastPrice === 0 ? '0.00' : ((100 * change) / day.open).toFixed(2)
  return `{"channel":"ticker","type":"${type}","data":[{"symbol":"${symbol}","bid":${price(market.priceAt(BID, 0))},"bid_qty":${size(market.sizeAt(BID, 0))},"ask":${price(market.priceAt(ASK, 0))},"ask_qty":${size(market.sizeAt(ASK, 0))},"last":${price(lastPrice)},"volume":${size(volume)},"vwap":${price(vwap)},"low":${price(day.low)},"high":${price(day.high)},"change":${price(change)},"change_pct":${percent}}]}`
}

export type PairStatus = 'online' | 'post_only'

/** One pair of `instrument`. Steps are numbers in the shortest form, which is not always a plain one. */
export function pairText(symbol: string, instrument: Instrument, status: PairStatus): string {
  const { base, quote, priceDigits, sizeDigits } = instrument
  const tick = priceDigits > 6 ? `1e-${String(priceDigits).padStart(2, '0')}` : step(priceDigits)
  return `{"symbol":"${symbol}","base":"${base}","quote":"${quote}","status":"${status}","qty_precision":${sizeDigits},"qty_increment":1e-${String(sizeDigits).padStart(2, '0')},"price_precision":${priceDigits},"cost_precision":5,"marginable":false,"has_index":true,"cost_min":0.5,"tick_size":${tick},"price_increment":${tick},"qty_min":0.0001}`
}

const step = (digits: number): string => decimalText(1, digits)

export const assetText = (id: string): string =>
  `{"id":"${id}","status":"enabled","precision":10,"precision_display":5,"borrowable":true,"collateral_value":1.0,"margin_rate":0.01}`

export const instrumentText = (
  type: 'snapshot' | 'update',
  assets: readonly string[],
  pairs: readonly string[]
): string =>
  `{"channel":"instrument","type":"${type}","data":{"assets":[${assets.join(',')}],"pairs":[${pairs.join(',')}]}}`
