// What sessions and REST ask of the markets, be they made or played.

import type { Channel } from '../../simulation/frame.ts'

export type Listed = {
  readonly symbol: string
  readonly base: string
  readonly quote: string
  readonly tick: string
  readonly step: string
}

export type Source = {
  /** Exchange time, microseconds since 1970. */
  readonly nowUs: number
  products(): readonly Listed[]
  has(symbol: string): boolean
  /** The event that a subscription to this channel begins with; null: nothing is known. */
  snapshot(channel: Channel, symbol: string): string | null
}
