// Every query there is, in the order in which the documentation shows them.

import type { Query } from '../query.ts'

export const QUERIES: readonly Query[] = []
