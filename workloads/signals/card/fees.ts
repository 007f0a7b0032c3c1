// What a trade costs: by the facts of the exchange, or by rates that the command was told.

import type { ExchangeFacts } from '#crds/exchanges.gen.ts'
import type { FeesOf } from '#runs/card.ts'

export type Rates = { readonly taker: number; readonly maker: number }

export type Fees = {
  readonly about: FeesOf
  readonly cost: (symbol: string, kind: 'taker' | 'maker', price: number, size: number) => number
}

/** `told`: rates of the value of a trade; they stand in for the exchange's own. */
export function feesFor(feed: string, facts: ExchangeFacts['fees'], told: Rates | undefined): Fees {
  if (told !== undefined || facts === null) {
    const { taker, maker } = told ?? { taker: 0, maker: 0 }
    const from = told === undefined ? 'none' : 'told'
    return {
      about: { feed, from, formula: 'notional', taker, maker },
      cost: (_, kind, price, size) => (kind === 'taker' ? taker : maker) * price * size,
    }
  }
  const { taker, maker, special, roundUpTo, formula } = facts
  return {
    about: { feed, from: 'exchange', formula, taker, maker },
    cost: (symbol, kind, price, size) => {
      const rates = special.prefixes.some((one) => symbol.startsWith(one)) ? special : facts
      return roundedUp(rates[kind] * size * price * (1 - price), roundUpTo)
    },
  }
}

/** 1.7500000000000002 cents are 1.75: what is left of binary fractions does not cost a cent. */
const roundedUp = (cost: number, step: number): number =>
  Math.round(Math.ceil(cost / step - 1e-9) * step * 1e8) / 1e8
