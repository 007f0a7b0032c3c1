// Every query there is, in the order in which the documentation shows them.

import type { Query } from '../query.ts'
import { datasets } from './datasets.ts'
import { feeds } from './feeds.ts'

export const QUERIES: readonly Query[] = [feeds, datasets]
