// The spread between best bid and ask within the last span of receive time: now, the least, the greatest, and the mean weighted by how long
// each was in force, exact. Time in which bid and ask were not known, as behind a gap, counts for nothing.
//
// Spreads stand in a ring of columns, each with the time from which and until which it was in force: 49 bytes for each, with the extremes.

import { rescale } from '../decimal.ts'
import type { MarketEvent } from '../event.ts'
import { type Keeper, keepRing } from '../keep.ts'
import { DecimalSum, divided } from './decimal-sum.ts'
import type { Builder } from './definition.ts'
import { Extreme } from './extreme.ts'
import { isBefore } from './gaps.ts'
import { moved } from './ring.ts'
import { type Top, type TopOptions, Tops, type TopUser } from './tops.ts'
import type { WindowOptions } from './trade-window.ts'

const USUAL = 16

export class SpreadStats implements TopUser {
  readonly top: Top
  readonly #spanMs: number
  readonly #most: number
  #mask = USUAL - 1
  #startMs = new Float64Array(USUAL)
  #startNs = new Int32Array(USUAL)
  #endMs = new Float64Array(USUAL)
  #endNs = new Int32Array(USUAL)
  #spreads = new Float64Array(USUAL)
  #scales = new Uint8Array(USUAL)
  #first = 0
  #next = 0
  /** The last one is in force; its end is the time until which it was counted. */
  #isOpen = false
  #cutMs = -1
  #cutNs = 0
  readonly #least = new Extreme(-1)
  readonly #greatest = new Extreme(1)
  /** The sum of spread × nanoseconds in force, and of those nanoseconds. */
  readonly #weighted = new DecimalSum()
  #ns = 0

  constructor(top: Top, { spanMs, most }: WindowOptions) {
    this.top = top
    this.#spanMs = spanMs
    this.#most = most
  }

  get feed(): string {
    return this.top.feed
  }

  get symbol(): string {
    return this.top.symbol
  }

  /** Where the window begins, exclusive. */
  get sinceMs(): number {
    return this.top.nowMs - this.#spanMs
  }

  get sinceNs(): number {
    return this.top.nowNs
  }

  /** The spread now; NaN if bid or ask is not known. */
  get spread(): number {
    return this.#isOpen ? this.#spreads[(this.#next - 1) & this.#mask]! : Number.NaN
  }

  get spreadScale(): number {
    return this.#isOpen ? this.#scales[(this.#next - 1) & this.#mask]! : 0
  }

  /** Of the spreads in force within the window; NaN if there were none. */
  get least(): number {
    return this.#least.integer
  }

  get leastScale(): number {
    return this.#least.scale
  }

  get greatest(): number {
    return this.#greatest.integer
  }

  get greatestScale(): number {
    return this.#greatest.scale
  }

  /** Nanoseconds of the window in which the spread is known. */
  get knownNs(): number {
    return this.#ns
  }

  /** The mean weighted by time, rounded half up to `scale` decimals; undefined if no time has passed yet. */
  mean(scale: number): bigint | undefined {
    return divided(this.#weighted.value, this.#weighted.scale, BigInt(this.#ns), 0, scale)
  }

  /** Nearly the mean, as a number; NaN if no time has passed yet. */
  get near(): number {
    return this.#ns === 0 ? Number.NaN : this.#weighted.near / this.#ns
  }

  /** Something was missing within the window, or bid and ask cannot be relied on now. */
  get gap(): boolean {
    return this.top.gap || this.top.known.missedSince(this.sinceMs, this.sinceNs)
  }

  /** There were more spreads in the window than are kept. */
  get cut(): boolean {
    return isBefore(this.sinceMs, this.sinceNs, this.#cutMs, this.#cutNs)
  }

  /** False: it is cut, or its beginning was not read. */
  get complete(): boolean {
    return !this.cut && this.top.known.knownSince(this.sinceMs, this.sinceNs)
  }

  changed(): void {
    const { top } = this
    const scale = Math.max(top.bidScale, top.askScale)
    const spread = top.isWhole
      ? rescale(top.ask, top.askScale, scale) - rescale(top.bid, top.bidScale, scale)
      : Number.NaN
    const isSame = this.#isOpen && spread === this.spread && scale === this.spreadScale
    if (!isSame) {
      this.#close(top.recvMs, top.recvNs)
      if (Number.isSafeInteger(spread)) this.#open(spread, scale)
    }
    this.advance()
  }

  missed(ms: number, ns: number): void {
    const { nowMs, nowNs } = this.top
    if (isBefore(ms, ns, nowMs, nowNs)) this.#close(ms, ns)
    else this.#close(nowMs, nowNs)
    this.advance()
  }

  /** Counts the spread in force until now, and lets leave what is too old. */
  advance(): void {
    const { sinceMs, sinceNs } = this
    if (this.#isOpen) this.#count(this.top.nowMs, this.top.nowNs)
    while (this.#first < this.#next) {
      const i = this.#first & this.#mask
      if (isBefore(sinceMs, sinceNs, this.#endMs[i]!, this.#endNs[i]!)) {
        if (isBefore(this.#startMs[i]!, this.#startNs[i]!, sinceMs, sinceNs)) {
          this.#take(i, -this.#nsOf(i, sinceMs, sinceNs))
          this.#startMs[i] = sinceMs
          this.#startNs[i] = sinceNs
        }
        return
      }
      this.#drop()
    }
  }

  keep(keeper: Keeper): void {
    this.top.keep(keeper)
    this.#mask = keeper.number(this.#mask)
    this.#first = keeper.number(this.#first)
    this.#next = keeper.number(this.#next)
    const [room, first, next] = [this.#mask + 1, this.#first, this.#next]
    const floats = (one: Float64Array<ArrayBuffer>) =>
      keepRing(one, room, first, next, (part) => keeper.floats(part))
    const ints = (one: Int32Array<ArrayBuffer>) =>
      keepRing(one, room, first, next, (part) => keeper.ints(part))
    this.#startMs = floats(this.#startMs)
    this.#startNs = ints(this.#startNs)
    this.#endMs = floats(this.#endMs)
    this.#endNs = ints(this.#endNs)
    this.#spreads = floats(this.#spreads)
    this.#scales = keepRing(this.#scales, room, first, next, (part) => keeper.bytes(part))
    this.#isOpen = keeper.flag(this.#isOpen)
    this.#cutMs = keeper.number(this.#cutMs)
    this.#cutNs = keeper.number(this.#cutNs)
    this.#least.keep(keeper)
    this.#greatest.keep(keeper)
    this.#weighted.keep(keeper)
    this.#ns = keeper.number(this.#ns)
  }

  #open(spread: number, scale: number): void {
    if (this.#next - this.#first === this.#most) {
      const i = this.#first & this.#mask
      this.#cutMs = this.#endMs[i]!
      this.#cutNs = this.#endNs[i]!
      this.#drop()
    }
    if (this.#next - this.#first > this.#mask) this.#grow()
    this.#least.push(this.#next, spread, scale)
    this.#greatest.push(this.#next, spread, scale)
    const i = this.#next++ & this.#mask
    const { recvMs, recvNs } = this.top
    this.#startMs[i] = recvMs
    this.#startNs[i] = recvNs
    this.#endMs[i] = recvMs
    this.#endNs[i] = recvNs
    this.#spreads[i] = spread
    this.#scales[i] = scale
    this.#isOpen = true
  }

  /** The spread was in force until then, but not before it began. */
  #close(ms: number, ns: number): void {
    if (!this.#isOpen) return
    const i = (this.#next - 1) & this.#mask
    const isNever = isBefore(ms, ns, this.#startMs[i]!, this.#startNs[i]!)
    this.#count(isNever ? this.#startMs[i]! : ms, isNever ? this.#startNs[i]! : ns)
    this.#isOpen = false
  }

  /** Counts the last one until then: to what was counted already, or less. */
  #count(ms: number, ns: number): void {
    const i = (this.#next - 1) & this.#mask
    this.#take(i, (ms - this.#endMs[i]!) * 1e6 + ns - this.#endNs[i]!)
    this.#endMs[i] = ms
    this.#endNs[i] = ns
  }

  #drop(): void {
    const i = this.#first++ & this.#mask
    this.#take(i, -this.#nsOf(i, this.#endMs[i]!, this.#endNs[i]!))
    this.#least.dropBefore(this.#first)
    this.#greatest.dropBefore(this.#first)
  }

  /** Nanoseconds from the start of one to a time. */
  #nsOf(i: number, ms: number, ns: number): number {
    return (ms - this.#startMs[i]!) * 1e6 + ns - this.#startNs[i]!
  }

  #take(i: number, ns: number): void {
    if (ns === 0) return
    this.#ns += ns
    this.#weighted.addProduct(this.#spreads[i]!, this.#scales[i]!, ns, 0)
  }

  #grow(): void {
    this.#mask = 2 * this.#mask + 1
    const room = this.#mask + 1
    const [first, next] = [this.#first, this.#next]
    this.#startMs = moved(this.#startMs, new Float64Array(room), first, next)
    this.#startNs = moved(this.#startNs, new Int32Array(room), first, next)
    this.#endMs = moved(this.#endMs, new Float64Array(room), first, next)
    this.#endNs = moved(this.#endNs, new Int32Array(room), first, next)
    this.#spreads = moved(this.#spreads, new Float64Array(room), first, next)
    this.#scales = moved(this.#scales, new Uint8Array(room), first, next)
  }
}

export type SpreadOptions = TopOptions & WindowOptions

export class SpreadStatistics implements Builder<SpreadStats> {
  readonly #tops: Tops<SpreadStats>

  constructor(options: SpreadOptions, emit: (stats: SpreadStats) => void = () => {}) {
    this.#tops = new Tops(options, (top) => new SpreadStats(top, options), emit)
  }

  knownFrom(ms: number, ns: number): void {
    this.#tops.knownFrom(ms, ns)
  }

  see(ms: number, ns: number): void {
    this.#tops.see(ms, ns)
  }

  apply(event: MarketEvent): void {
    this.#tops.apply(event)
  }

  get(feed: string, symbol: string): SpreadStats | undefined {
    const stats = this.#tops.get(feed, symbol)
    stats?.advance()
    return stats
  }

  end(): void {}

  keep(keeper: Keeper): void {
    this.#tops.keep(keeper)
  }
}
