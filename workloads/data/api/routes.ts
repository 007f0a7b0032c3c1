// Every route there is.

import type { Limits } from '../http/limits.ts'
import type { ApiMetrics } from '../http/metrics.ts'
import type { ApiDeps, Route } from '../http/route.ts'
import type { Query } from '../model/query.ts'
import { liveRoute } from '../tail/live-route.ts'
import { tailRoute } from '../tail/tail-route.ts'
import { documentRoutes } from './document-routes.ts'
import { fileRoute } from './file-route.ts'
import { originalRoutes } from './original.ts'
import { pageRoutes } from './page.ts'
import { queryRoutes } from './query-routes.ts'
import { sqlRoute } from './sql-route.ts'

export type RouteOptions = {
  readonly queries: readonly Query[]
  readonly deps: ApiDeps
  /** Aborted when answers that have begun must end, too; `deps.signal` ends streams as soon as the program stops. */
  readonly cut: AbortSignal
  readonly limits: Limits
  readonly metrics: ApiMetrics
  readonly isLoopbackOnly: boolean
}

export function allRoutes(options: RouteOptions): Route[] {
  const { queries, deps: whole, cut, limits, metrics } = options
  // What has begun is ended later than streams are.
  const deps = { ...whole, signal: cut }
  const routes = [
    ...queryRoutes(queries, deps, limits, metrics),
    sqlRoute(deps, limits, metrics),
    fileRoute(deps, limits, metrics),
    ...originalRoutes({ ...options, deps }),
    liveRoute(whole, limits),
    tailRoute(whole, limits),
  ]
  return [...routes, ...documentRoutes(routes, deps.version), ...pageRoutes()]
}
