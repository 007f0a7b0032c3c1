// What sessions and REST ask of the markets, be they made or played.

/** Levels as decimal texts, the best first. */
export type Levels = readonly (readonly [price: string, size: string])[]

export type Snapshot = {
  readonly lastUpdateId: number
  readonly bids: Levels
  readonly asks: Levels
}

export type Listed = {
  readonly symbol: string
  readonly base: string
  readonly quote: string
  readonly tick: string
  readonly step: string
}

export type Source = {
  symbols(): readonly Listed[]
  has(symbol: string): boolean
  /** The book now; null: it is not known. `levels` of each side at most. */
  snapshot(symbol: string, levels: number): Snapshot | null
  /** The last price as text; null: nothing was traded. */
  price(symbol: string): string | null
}
