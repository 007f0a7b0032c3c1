// Runs of market events for property tests of builders, and what a slow, independent reading of the same run says: all with BigInt.

import fc from 'fast-check'
import { EventBatch } from '../../columns.ts'
import { EVENT, FLAG, MarketEvent } from '../../event.ts'
import type { Builder } from '../definition.ts'

export const T0 = Date.parse('2026-11-24T12:00:00Z')

export type Decimal = { readonly integer: number; readonly scale: number }
export type Step = {
  readonly kind: 'trade' | 'quote' | 'gap'
  readonly feed: string
  readonly symbol: string
  /** Receive time in nanoseconds behind T0. */
  readonly at: bigint
  readonly price: Decimal
  readonly size: Decimal
  readonly side: number
  readonly isHistory: boolean
  readonly bid: Decimal
  readonly ask: Decimal
  readonly bidSize: Decimal
  readonly askSize: Decimal
  readonly phase: 'begins' | 'ends' | 'was'
  readonly from: bigint
  readonly until: bigint
}

const decimal = (most: number, absent = false): fc.Arbitrary<Decimal> =>
  fc.record({
    integer: absent
      ? fc.oneof(
          { weight: 8, arbitrary: fc.integer({ min: 0, max: most }) },
          { weight: 1, arbitrary: fc.constant(Number.NaN) }
        )
      : fc.integer({ min: 0, max: most }),
    scale: fc.nat(8),
  })

const drawn = fc.record({
  kind: fc.oneof(
    { weight: 5, arbitrary: fc.constant('trade' as const) },
    { weight: 3, arbitrary: fc.constant('quote' as const) },
    { weight: 1, arbitrary: fc.constant('gap' as const) }
  ),
  feed: fc.constantFrom('f', 'f', 'f', 'g'),
  symbol: fc.constantFrom('A', 'A', 'B'),
  wait: fc.oneof(
    fc.constantFrom(0n, 1n, 1_000_000_000n, 5_000_000_000n),
    fc.bigInt({ min: 0n, max: 3_000_000_000n })
  ),
  pause: fc.oneof(
    { weight: 30, arbitrary: fc.constant(0n) },
    { weight: 1, arbitrary: fc.constant(4_000_000_000n) }
  ),
  price: fc.oneof(decimal(2 ** 33), decimal(300)),
  size: fc.oneof(decimal(2 ** 53 - 1, true), decimal(50)),
  side: fc.constantFrom(0, 1, 2),
  isHistory: fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, fc.constant(true)),
  bid: decimal(500, true),
  ask: decimal(500, true),
  bidSize: decimal(2 ** 50, true),
  askSize: decimal(50, true),
  phase: fc.constantFrom('begins' as const, 'ends' as const, 'was' as const, 'was' as const),
  isOfAll: fc.boolean(),
  back: fc.bigInt({ min: 0n, max: 2_000_000_000n }),
  long: fc.bigInt({ min: 0n, max: 2_000_000_000n }),
})

/** Half of the runs are so fast that all of them is in one window; half are of one instrument. */
export const RUNS: fc.Arbitrary<readonly Step[]> = fc
  .tuple(fc.array(drawn, { maxLength: 90, size: 'max' }), fc.constantFrom(1n, 1000n), fc.boolean())
  .map(([list, haste, isOfOne]) => {
    let at = 0n
    const lasting: Record<string, bigint[]> = { f: [], g: [] }
    return list.map(({ wait, pause, isOfAll, back, long, ...any }): Step => {
      const one = isOfOne ? { ...any, feed: 'f', symbol: 'A' } : any
      at += wait / haste + pause
      if (one.kind !== 'gap') return { ...one, at, from: 0n, until: 0n }
      const begun = lasting[one.feed]!
      const phase = one.phase === 'ends' && begun.length === 0 ? 'was' : one.phase
      let from = at - back
      if (phase === 'begins') begun.push(from)
      if (phase === 'ends') from = begun.shift()!
      const until = phase === 'was' && from + long < at ? from + long : at
      // Gaps that last are of a whole feed.
      const symbol = phase === 'was' && !isOfAll ? one.symbol : ''
      return { ...one, at, symbol, phase, from, until }
    })
  })

const msOf = (ns: bigint): number => T0 + Number((ns - nsOf(ns)) / 1_000_000n)
const nsOf = (ns: bigint): bigint => ((ns % 1_000_000n) + 1_000_000n) % 1_000_000n
export const nanos = (ms: number, ns: number): bigint => BigInt(ms - T0) * 1_000_000n + BigInt(ns)

export function eventOf(step: Step): MarketEvent {
  const event = new MarketEvent()
  event.feed = step.feed
  event.symbol = step.symbol
  event.recvMs = msOf(step.at)
  event.recvNs = Number(nsOf(step.at))
  event.begin(EVENT[step.kind])
  if (step.kind === 'gap') {
    event.flags = { begins: FLAG.first, ends: FLAG.last, was: FLAG.first | FLAG.last }[step.phase]
    event.timeMs = msOf(step.from)
    event.timeNs = Number(nsOf(step.from))
    event.untilMs = step.phase === 'begins' ? -1 : msOf(step.until)
    event.untilNs = step.phase === 'begins' ? 0 : Number(nsOf(step.until))
    return event
  }
  // The exchange's clock is 3 ms behind.
  event.timeMs = msOf(step.at) - 3
  event.timeNs = Number(nsOf(step.at))
  if (step.kind === 'trade') {
    event.price = step.price.integer
    event.priceScale = step.price.scale
    event.size = step.size.integer
    event.sizeScale = step.size.scale
    event.side = step.side
    event.flags = step.isHistory ? FLAG.history : 0
    return event
  }
  event.bid = step.bid.integer
  event.bidScale = step.bid.scale
  event.bidSize = step.bidSize.integer
  event.bidSizeScale = step.bidSize.scale
  event.ask = step.ask.integer
  event.askScale = step.ask.scale
  event.askSize = step.askSize.integer
  event.askSizeScale = step.askSize.scale
  return event
}

/** What a builder handed out of a run, as text: of events one by one, or of batches of `rows` events. */
export function handedOut<Made>(
  create: (emit: (made: Made) => void) => Builder<Made>,
  shown: (made: Made) => string,
  steps: readonly Step[],
  rows?: number
): string[] {
  const out: string[] = []
  const builder = create((made) => out.push(shown(made)))
  const size = rows ?? 1
  for (let i = 0; i < steps.length; i += size) {
    const some = steps.slice(i, i + size)
    if (rows === undefined) for (const step of some) builder.apply(eventOf(step))
    else {
      const batch = new EventBatch()
      for (const step of some) batch.append(eventOf(step))
      batch.each((event) => builder.apply(event))
    }
  }
  builder.end()
  for (const feed of ['f', 'g']) {
    for (const symbol of ['A', 'B']) {
      const made = builder.get(feed, symbol)
      out.push(made === undefined ? '' : shown(made))
    }
  }
  return out
}

export type Hole = { readonly from: bigint; until: bigint }

/** The gaps of an instrument that are known behind some steps; one that lasts ends never. */
export function holesOf(steps: readonly Step[], feed: string, symbol: string): Hole[] {
  const holes: Hole[] = []
  const lasting: Hole[] = []
  for (const step of steps) {
    if (step.kind !== 'gap' || step.feed !== feed) continue
    if (step.symbol !== '' && step.symbol !== symbol) continue
    if (step.phase === 'was') holes.push({ from: step.from, until: step.until })
    else if (step.phase === 'begins') {
      const hole = { from: step.from, until: 1n << 62n }
      holes.push(hole)
      lasting.push(hole)
    } else lasting.shift()!.until = step.until
  }
  return holes
}

/** Whether something was missing from a time on. */
export const isMissed = (holes: readonly Hole[], since: bigint): boolean =>
  holes.some(({ until }) => until > since)

/** A decimal with 20 decimals. */
export const exact = ({ integer, scale }: Decimal): bigint =>
  BigInt(integer) * 10n ** BigInt(20 - scale)

/** The same of what a builder says: an integer and a scale. */
export const same = (value: bigint | number | undefined, scale: number): string =>
  value === undefined || Number.isNaN(value)
    ? '-'
    : String(BigInt(value as number) * 10n ** BigInt(20 - scale))

/** over ÷ under rounded half up at 6 decimals, as the definition says: the whole number nearest to it, the larger one of two. */
export function rounded(over: bigint, under: bigint): bigint {
  const double = 2n * over * 1_000_000n + under
  let floor = double / (2n * under)
  while (floor * 2n * under > double) floor--
  return floor
}
