// Every query there is, in the order in which the documentation shows them.

import type { Query } from '../model/query.ts'
import { asof } from './asof.ts'
import { bars } from './bars.ts'
import { book } from './book.ts'
import { builders } from './builders.ts'
import { coverage } from './coverage.ts'
import { dataset } from './dataset.ts'
import { datasets } from './datasets.ts'
import { estimate } from './estimate.ts'
import { events } from './events.ts'
import { feeds } from './feeds.ts'
import { freshness } from './freshness.ts'
import { gaps } from './gaps.ts'
import { instruments } from './instruments.ts'
import { records } from './records.ts'
import { schema } from './schema.ts'
import { symbols } from './symbols.ts'

export const QUERIES: readonly Query[] = [
  feeds,
  datasets,
  dataset,
  coverage,
  gaps,
  freshness,
  symbols,
  instruments,
  schema,
  estimate,
  records,
  events,
  bars,
  book,
  asof,
  builders,
]
