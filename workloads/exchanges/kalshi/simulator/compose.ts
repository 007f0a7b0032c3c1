// The bytes of the frames of a generated market, in Kalshi's key order and with its digits. One scratch
// buffer and one frame object are used again for each frame; sid and seq are left open for the simulator.
import { type Frame, FrameMaker } from '../../simulation/frame.ts'
import { secondText, timeTextOf } from './calendar.ts'
import { type Channel, LIFECYCLE, ORDERBOOK, TICKER, TRADE } from './channels.ts'
import type { Listing } from './listing.ts'
import { NO, type Side, YES } from './market.ts'

const DOLLARS = Array.from({ length: 101 }, (_, cents) => (cents / 100).toFixed(4))
const HUNDREDTHS = Array.from({ length: 100 }, (_, part) => `.${String(part).padStart(2, '0')}`)
const SIDES = ['yes', 'no'] as const

/** Hundredths as text with two digits, signed. */
export function sizeText(hundredths: number): string {
  if (hundredths < 0) return `-${sizeText(-hundredths)}`
  const whole = Math.floor(hundredths / 100)
  return whole + (HUNDREDTHS[hundredths - whole * 100] as string)
}

/** `msg` of a snapshot: a side without levels has no key. */
export function snapshotMessage(listing: Listing): string {
  const side = (name: string, levels: Int32Array): string => {
    const entries: string[] = []
    for (let price = 1; price < 100; price++) {
      const size = levels[price] as number
      if (size > 0) entries.push(`["${DOLLARS[price]}","${sizeText(size)}"]`)
    }
    return entries.length === 0 ? '' : `,"${name}":[${entries.join(',')}]`
  }
  const { sides } = listing.book
  return `{"market_ticker":"${listing.ticker}","market_id":"${listing.marketId}"${side('yes_dollars_fp', sides[YES])}${side('no_dollars_fp', sides[NO])}}`
}

/** `msg` of a ticker frame. */
export function tickerMessage(listing: Listing, ms: number, time: string): string {
  const { best, sides, lastPrice, lastSize, volume, openInterest, turnover } = listing.book
  const [yes, no] = best
  return `{"market_ticker":"${listing.ticker}","market_id":"${listing.marketId}","price_dollars":"${
    lastPrice === 0 ? '' : DOLLARS[lastPrice]
  }","yes_bid_dollars":"${DOLLARS[yes]}","yes_ask_dollars":"${DOLLARS[100 - no]}","volume_fp":"${sizeText(volume)}","open_interest_fp":"${sizeText(openInterest)}","dollar_volume":${Math.floor(turnover / 100)},"dollar_open_interest":${Math.floor(openInterest / 200)},"yes_bid_size_fp":"${sizeText(yes === 0 ? 0 : (sides[YES][yes] as number))}","yes_ask_size_fp":"${sizeText(no === 0 ? 0 : (sides[NO][no] as number))}","last_trade_size_fp":"${sizeText(lastSize)}","ts":${Math.floor(ms / 1000)},"ts_ms":${ms},"time":"${time}"}`
}

export class Composer {
  readonly #maker = new FrameMaker(ORDERBOOK)
  #second = -1
  #secondText = ''
  #ms = 0
  #micros = 0

  /** Exchange time of the frames to come; `micros` within the millisecond. */
  at(ms: number, micros: number): void {
    const second = Math.floor(ms / 1000)
    if (second !== this.#second) {
      this.#second = second
      this.#secondText = secondText(second)
    }
    this.#ms = ms
    this.#micros = (ms - second * 1000) * 1000 + micros
  }

  get timeText(): string {
    return timeTextOf(this.#secondText, this.#micros)
  }

  delta(listing: Listing, side: Side, price: number, change: number): Frame {
    const text = `"msg":{"market_ticker":"${listing.ticker}","market_id":"${listing.marketId}","price_dollars":"${DOLLARS[price]}","delta_fp":"${sizeText(change)}","side":"${SIDES[side]}","ts":"${this.timeText}","ts_ms":${this.#ms}}}`
    return this.#numbered('orderbook_delta', ORDERBOOK, listing.ticker, text)
  }

  trade(listing: Listing, id: string, yesPrice: number, size: number, taker: Side): Frame {
    const side = SIDES[taker]
    const text = `"msg":{"trade_id":"${id}","market_ticker":"${listing.ticker}","yes_price_dollars":"${DOLLARS[yesPrice]}","no_price_dollars":"${DOLLARS[100 - yesPrice]}","count_fp":"${sizeText(size)}","taker_side":"${side}","taker_outcome_side":"${side}","taker_book_side":"${taker === YES ? 'bid' : 'ask'}","ts":${this.#second},"ts_ms":${this.#ms}}}`
    return this.#numbered('trade', TRADE, listing.ticker, text)
  }

  snapshot(listing: Listing): Frame {
    const text = `"msg":${snapshotMessage(listing)}}`
    return this.#numbered('orderbook_snapshot', ORDERBOOK, listing.ticker, text)
  }

  ticker(listing: Listing): Frame {
    const head = '{"type":"ticker","sid":'
    const frame = this.#maker.fill(
      TICKER,
      listing.ticker,
      `${head},"msg":${tickerMessage(listing, this.#ms, this.timeText)}}`
    )
    frame.idAt = frame.idEnd = head.length
    return frame
  }

  /** A frame of the lifecycle channel: no market filter applies to it. */
  lifecycle(type: 'market_lifecycle_v2' | 'event_lifecycle', msg: string): Frame {
    return this.#numbered(type, LIFECYCLE, '', `"msg":${msg}}`)
  }

  #numbered(type: string, channel: Channel, market: string, rest: string): Frame {
    const frame = this.#maker.fill(channel, market, `{"type":"${type}","sid":,"seq":,${rest}`)
    frame.idAt = frame.idEnd = type.length + 17
    frame.seqAt = frame.seqEnd = type.length + 24
    frame.provable = true
    return frame
  }
}
