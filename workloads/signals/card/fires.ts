// Fires as a card looks at them: when, of which instrument, and which side they name.

import type { FiresPart, Spread } from '#runs/card.ts'
import { ascending, mean, quantile } from './numbers.ts'

export type Fire = {
  readonly id: string
  readonly feed: string
  readonly symbol: string
  readonly recvMs: number
  readonly recvNs: number
  /** 1: what follows is better the higher the price; -1: the lower. */
  readonly side: 1 | -1
  /** Its payload names the side; without it the side is 1. */
  readonly hasSide: boolean
}

type Line = {
  readonly id: string
  readonly feed: string
  readonly symbol: string
  readonly recv: string
  readonly payload: unknown
}

const SIDES: Readonly<Record<string, 1 | -1>> = {
  long: 1,
  buy: 1,
  yes: 1,
  short: -1,
  sell: -1,
  no: -1,
}

/** Of a line of fires.jsonl. */
export function readFire(text: string): Fire {
  const { id, feed, symbol, recv, payload } = JSON.parse(text) as Line
  const said = sideOf(payload)
  return {
    id,
    feed,
    symbol,
    recvMs: Date.parse(`${recv.slice(0, 23)}Z`),
    recvNs: Number(recv.slice(23, 29)),
    side: said ?? 1,
    hasSide: said !== undefined,
  }
}

function sideOf(payload: unknown): 1 | -1 | undefined {
  if (typeof payload !== 'object' || payload === null) return undefined
  const { side } = payload as { readonly side?: unknown }
  return typeof side === 'string' && Object.hasOwn(SIDES, side) ? SIDES[side] : undefined
}

const SYMBOLS = 20

/** `minutes`: minutes since 1970 that had data. */
export function firesPart(fires: readonly Fire[], minutes: ReadonlySet<number>): FiresPart {
  const days = new Map<string, number>()
  const symbols = new Map<string, { feed: string; symbol: string; fires: number }>()
  const perMinute = new Map<number, number>()
  for (const { recvMs, feed, symbol } of fires) {
    add(days, new Date(recvMs).toISOString().slice(0, 10))
    add(perMinute, Math.floor(recvMs / 60_000))
    const key = JSON.stringify([feed, symbol])
    const known = symbols.get(key) ?? { feed, symbol, fires: 0 }
    known.fires++
    symbols.set(key, known)
  }
  const bySymbol = [...symbols.entries()]
    .sort(([a, one], [b, other]) => other.fires - one.fires || (a < b ? -1 : 1))
    .map(([, one]) => one)
  const waits = fires.slice(1).map((fire, i) => secondsBetween(fires[i]!, fire))
  const sells = fires.filter(({ side }) => side === -1).length
  return {
    total: fires.length,
    withoutSide: fires.filter(({ hasSide }) => !hasSide).length,
    buys: fires.length - sells,
    sells,
    perDay: [...days].sort().map(([day, count]) => ({ day, fires: count })),
    perSymbol: bySymbol.slice(0, SYMBOLS),
    symbols: bySymbol.length,
    topSymbolShare: bySymbol[0] === undefined ? null : bySymbol[0].fires / fires.length,
    interArrivalSeconds: spreadOf(waits),
    clustering: {
      dispersion: dispersion(perMinute, minutes),
      withinSecond:
        waits.length === 0 ? null : waits.filter((one) => one <= 1).length / waits.length,
    },
  }
}

function add<K>(counts: Map<K, number>, key: K): void {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}

const secondsBetween = (a: Fire, b: Fire): number =>
  (b.recvMs - a.recvMs) / 1e3 + (b.recvNs - a.recvNs) / 1e9

function spreadOf(values: readonly number[]): Spread | null {
  if (values.length === 0) return null
  const sorted = ascending(values)
  const at = (share: number): number => quantile(sorted, share)!
  return {
    min: sorted[0]!,
    p10: at(0.1),
    median: at(0.5),
    mean: mean(values)!,
    p90: at(0.9),
    max: sorted.at(-1)!,
  }
}

/** Of the minutes with data; those without a fire count 0. */
function dispersion(
  perMinute: ReadonlyMap<number, number>,
  minutes: ReadonlySet<number>
): number | null {
  const count = new Set([...minutes, ...perMinute.keys()]).size
  if (count < 2 || perMinute.size === 0) return null
  let [sum, squares] = [0, 0]
  for (const fires of perMinute.values()) {
    sum += fires
    squares += fires ** 2
  }
  const average = sum / count
  return (squares / count - average ** 2) / average
}
