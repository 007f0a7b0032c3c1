// Every query there is, in the order in which the documentation shows them.

import type { Query } from '../query.ts'
import { coverage } from './coverage.ts'
import { dataset } from './dataset.ts'
import { datasets } from './datasets.ts'
import { feeds } from './feeds.ts'
import { gaps } from './gaps.ts'

export const QUERIES: readonly Query[] = [feeds, datasets, dataset, coverage, gaps]
