// Every route there is. The live part and SQL add theirs here.

import type { Query } from '../query.ts'
import type { Limits } from './limits.ts'
import type { ApiMetrics } from './metrics.ts'
import { pageRoutes } from './page.ts'
import { queryRoutes } from './query-routes.ts'
import type { ApiDeps, Route } from './route.ts'

export type RouteOptions = {
  readonly queries: readonly Query[]
  readonly deps: ApiDeps
  readonly limits: Limits
  readonly metrics: ApiMetrics
  readonly isLoopbackOnly: boolean
}

export function allRoutes(options: RouteOptions): Route[] {
  const { queries, deps, limits, metrics } = options
  return [...queryRoutes(queries, deps, limits, metrics), ...pageRoutes()]
}
