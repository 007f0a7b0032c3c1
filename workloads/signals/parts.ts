// Which of several processes an instrument belongs to, and the order in which their fires are put together again.

import { seedOf } from './chance.ts'
import type { RawFire } from './messages.ts'

export const partOf = (feed: string, symbol: string, parts: number): number =>
  seedOf(`${feed} ${symbol}`) % parts

/** The total order of their events; of one gap that of instruments. */
export function compareFires(a: RawFire, b: RawFire): number {
  if (a.recv !== b.recv) return a.recv < b.recv ? -1 : 1
  if (a.feed !== b.feed) return a.feed < b.feed ? -1 : 1
  if (a.connection !== b.connection) return a.connection < b.connection ? -1 : 1
  if (a.number !== b.number) return a.number - b.number
  if (a.row !== b.row) return a.row - b.row
  if (a.gaps !== b.gaps) return a.gaps - b.gaps
  if (a.symbol !== b.symbol) return a.symbol < b.symbol ? -1 : 1
  return a.nth - b.nth
}
