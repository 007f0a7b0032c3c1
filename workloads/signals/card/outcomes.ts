// What prices did after the fires, and after random moments near them: moves of the middle between bid and ask in the fire's direction, in
// ticks. A move without a price at both ends is missing, and nothing stands in for it.

import type { Moves, Outcome } from '#runs/card.ts'
import { keyOf, type MarketPass, type Settlement } from './market-pass.ts'
import { type Asked, DRAW_HORIZONS, FIRE_HORIZONS, HORIZONS } from './moments.ts'
import { mean, median, wilson } from './numbers.ts'
import type { Quote } from './quote.ts'

export const SETTLEMENT = 'settlement'

/** What is left of binary fractions is no move. */
const rounded = (ticks: number): number => Math.round(ticks * 1e9) / 1e9

/** Moves that are known, and how many are not. */
class Counted {
  readonly moves: number[] = []
  missing = 0

  add(move: number): void {
    if (Number.isFinite(move)) this.moves.push(rounded(move))
    else this.missing++
  }

  sum(): Moves {
    const { moves, missing } = this
    const hits = moves.filter((one) => one > 0).length
    return {
      count: moves.length,
      missing,
      hits,
      hitRate: moves.length === 0 ? null : hits / moves.length,
      interval: wilson(hits, moves.length),
      meanTicks: mean(moves),
      medianTicks: median(moves),
    }
  }
}

export function outcomes({ quotes, settlements }: MarketPass): Outcome[] {
  const found = HORIZONS.map(([horizon], h) => {
    const fires = new Counted()
    const baseline = new Counted()
    for (const { asked, tick } of quotes) {
      eachMoment(asked, (place, side, isFire) => {
        const later = place + (isFire ? FIRE_HORIZONS : DRAW_HORIZONS) + h
        const move = (side * (asked.middle(later) - asked.middle(place))) / tick
        if (isFire) fires.add(move)
        else baseline.add(move)
      })
    }
    return outcomeOf(horizon, fires, baseline)
  })
  if (settlements.size > 0) found.push(settled(quotes, settlements))
  return found
}

function settled(quotes: readonly Quote[], settlements: ReadonlyMap<string, Settlement>): Outcome {
  const fires = new Counted()
  const baseline = new Counted()
  for (const { asked, tick } of quotes) {
    const end = settlements.get(keyOf(asked.feed, asked.symbol))
    eachMoment(asked, (place, side, isFire) => {
      const isBefore = end !== undefined && asked.ms[place]! < end.ms
      const move = isBefore ? (side * (end.value - asked.middle(place))) / tick : Number.NaN
      if (isFire) fires.add(move)
      else baseline.add(move)
    })
  }
  return outcomeOf(SETTLEMENT, fires, baseline)
}

function outcomeOf(horizon: string, fires: Counted, baseline: Counted): Outcome {
  const [own, random] = [fires.sum(), baseline.sum()]
  const isKnown = own.meanTicks !== null && random.meanTicks !== null
  return {
    horizon,
    fires: own,
    baseline: random,
    advantageTicks: isKnown ? own.meanTicks - random.meanTicks : null,
  }
}

/** The fires of an instrument and their random moments; those have the side of their fire. */
function eachMoment(
  asked: Asked,
  take: (place: number, side: 1 | -1, isFire: boolean) => void
): void {
  asked.fires.forEach(({ side }, i) => {
    take(asked.fireAt(i), side, true)
    for (let k = 0; k < asked.draws; k++) take(asked.drawAt(i, k), side, false)
  })
}
