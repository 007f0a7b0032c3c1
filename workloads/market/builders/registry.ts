// Every builder there is: what it takes, what it makes, what it can be told. `/builders` and `ssmd data builders` show it, and programs
// over market events make theirs from it.

import { BAR_DEFINITIONS } from './bar-definitions.ts'
import { bookImbalance, microprice, orderBook, spreadStats } from './book-definitions.ts'
import {
  asOfJoin,
  priceHistory,
  rollingVwap,
  sessionVwap,
  tradeImbalance,
  volumeProfile,
} from './trade-definitions.ts'

export const BUILDERS = [
  orderBook,
  ...BAR_DEFINITIONS,
  priceHistory,
  volumeProfile,
  rollingVwap,
  sessionVwap,
  tradeImbalance,
  bookImbalance,
  microprice,
  spreadStats,
  asOfJoin,
] as const

export type BuilderDefinition = (typeof BUILDERS)[number]
