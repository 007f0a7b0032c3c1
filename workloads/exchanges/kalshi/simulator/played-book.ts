// The book of a replayed market as far as it has been played: what a late subscriber is given as its first
// snapshot. Whole numbers: prices in millionths of a dollar, sizes in hundredths. Old forms of frames, which
// carry no dollar texts, make the book unknown rather than wrong.

import type { Frame } from '../../simulation/frame.ts'

const QUOTE = 34
const MINUS = 45
const DOT = 46
const DELTA = Buffer.from('{"type":"orderbook_delta",')
const MARKET_HEAD = Buffer.from(',"msg":{"market_ticker":"')
const ID_HEAD = Buffer.from('","market_id":"')
const PRICE_HEAD = Buffer.from('","price_dollars":"')
const DELTA_HEAD = Buffer.from('","delta_fp":"')
const SIDE_HEAD = Buffer.from('","side":"')
const ID_LENGTH = 36

type Side = 'yes' | 'no'
type Levels = readonly (readonly [string, string])[]
type Message = {
  market_id?: string
  yes_dollars_fp?: Levels
  no_dollars_fp?: Levels
  price_dollars?: string
  delta_fp?: string
  side?: Side
}

const startsWith = (bytes: Buffer, at: number, head: Buffer): boolean => {
  for (let i = 0; i < head.length; i++) if (bytes[at + i] !== head[i]) return false
  return true
}

/** A decimal text as an integer of 10^-digits; NaN where it is none, or has more digits than that. */
export function decimal(text: string, digits: number): number {
  const match = /^(-?)(\d{1,9})(?:\.(\d*))?$/.exec(text)
  if (!match) return Number.NaN
  const fraction = (match[3] ?? '').replace(/0+$/, '')
  if (fraction.length > digits) return Number.NaN
  const value = Number((match[2] as string) + fraction.padEnd(digits, '0'))
  return match[1] ? -value : value
}

/** An integer of 10^-digits as text with at least `least` decimals. */
export function decimalText(value: number, digits: number, least: number): string {
  const whole = String(Math.abs(value)).padStart(digits + 1, '0')
  const fraction = whole.slice(-digits)
  const kept = fraction.replace(/0+$/, '').padEnd(least, '0')
  return `${value < 0 ? '-' : ''}${whole.slice(0, -digits)}.${kept}`
}

export class PlayedBook {
  /** Whether anything of this market has been played. */
  played = false
  /** False until a snapshot was played, and after a frame that could not be understood. */
  known = false
  marketId = ''
  readonly yes = new Map<number, number>()
  readonly no = new Map<number, number>()

  /** A frame of the orderbook channel. */
  apply({ bytes, start, end, seqEnd, market }: Frame): void {
    this.played = true
    const marketAt = seqEnd + MARKET_HEAD.length
    if (startsWith(bytes, start, DELTA) && startsWith(bytes, seqEnd, MARKET_HEAD)) {
      if (this.#applyFast(bytes, marketAt + market.length)) return
    }
    this.#applyParsed(bytes.toString('utf8', start, end))
  }

  /** `msg` of a snapshot of what was played, in the form of the current generation. */
  message(market: string): string {
    const side = (name: string, levels: Levels): string =>
      levels.length === 0 ? '' : `,"${name}":${JSON.stringify(levels)}`
    return `{"market_ticker":${JSON.stringify(market)},"market_id":${JSON.stringify(this.marketId)}${side('yes_dollars_fp', this.levels('yes'))}${side('no_dollars_fp', this.levels('no'))}}`
  }

  /** Levels of a side, ascending by price. */
  levels(side: Side): Levels {
    return [...this[side]]
      .sort(([a], [b]) => a - b)
      .map(([price, size]) => [decimalText(price, 6, 4), decimalText(size, 2, 2)] as const)
  }

  #change(side: Side, price: number, change: number): void {
    const levels = this[side]
    const size = (levels.get(price) ?? 0) + change
    if (size === 0) levels.delete(price)
    else levels.set(price, size)
  }

  /** The key order that Kalshi sends; false: something else. */
  #applyFast(bytes: Buffer, marketEnd: number): boolean {
    if (!startsWith(bytes, marketEnd, ID_HEAD)) return false
    let at = marketEnd + ID_HEAD.length + ID_LENGTH
    if (!startsWith(bytes, at, PRICE_HEAD)) return false
    at += PRICE_HEAD.length
    let price = 0
    let digits = -1
    for (; bytes[at] !== QUOTE; at++) {
      const byte = bytes[at] as number
      if (byte === DOT && digits < 0) digits = 0
      else if (byte < 48 || byte > 57) return false
      else {
        price = price * 10 + byte - 48
        if (digits >= 0) digits++
      }
    }
    if (digits < 0 || digits > 6) return false
    for (; digits < 6; digits++) price *= 10
    if (!startsWith(bytes, at, DELTA_HEAD)) return false
    at += DELTA_HEAD.length
    const negative = bytes[at] === MINUS
    if (negative) at++
    let change = 0
    digits = -1
    for (; bytes[at] !== QUOTE; at++) {
      const byte = bytes[at] as number
      if (byte === DOT && digits < 0) digits = 0
      else if (byte < 48 || byte > 57) return false
      else {
        change = change * 10 + byte - 48
        if (digits >= 0) digits++
      }
    }
    if (digits !== 2 || !startsWith(bytes, at, SIDE_HEAD)) return false
    const side = bytes[at + SIDE_HEAD.length]
    if (side !== 121 && side !== 110) return false
    this.#change(side === 121 ? 'yes' : 'no', price, negative ? -change : change)
    return true
  }

  #applyParsed(text: string): void {
    let msg: Message | undefined
    let isDelta: boolean
    try {
      const frame = JSON.parse(text) as { type?: unknown; msg?: Message }
      msg = frame.msg
      isDelta = frame.type === 'orderbook_delta'
    } catch {
      this.known = false
      return
    }
    if (!msg) {
      this.known = false
      return
    }
    if (typeof msg.market_id === 'string') this.marketId = msg.market_id
    if (isDelta) {
      const price = decimal(msg.price_dollars ?? '', 6)
      const change = decimal(msg.delta_fp ?? '', 2)
      if ((msg.side !== 'yes' && msg.side !== 'no') || Number.isNaN(price + change))
        this.known = false
      else this.#change(msg.side, price, change)
      return
    }
    this.known = !('yes' in msg) && !('no' in msg)
    for (const side of ['yes', 'no'] as const) {
      this[side].clear()
      for (const [price, size] of msg[`${side}_dollars_fp`] ?? [])
        this[side].set(decimal(price, 6), decimal(size, 2))
    }
  }
}
