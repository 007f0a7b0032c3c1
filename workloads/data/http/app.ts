// The Koa application: what every request goes through before its route, and how every error leaves.

import { randomBytes } from 'node:crypto'
import Router from '@koa/router'
import Koa from 'koa'
import { toSsmdError } from '#crds/errors.ts'
import { nearestName } from '../model/nearest.ts'
import { shown } from '../model/parameters.ts'
import { AccessRefused, ANONYMOUS, type Authorize } from './access.ts'
import { type Admission, admission } from './admission.ts'
import { auditRequest } from './audit.ts'
import { CallerGone } from './body.ts'
import { type Gate, NO_PLACE } from './gate.ts'
import { hostName, isLoopbackName } from './host.ts'
import type { Limits } from './limits.ts'
import type { ApiMetrics } from './metrics.ts'
import { PROBLEM_TYPE, type Problem, problemOf, RequestError } from './problem.ts'
import { requestSignal } from './request-signal.ts'
import { type ApiContext, type ApiDeps, type ApiState, type Route, routerPath } from './route.ts'

export type AppOptions = {
  readonly deps: ApiDeps
  /** Aborted when answers that have begun must end, too. */
  readonly cut: AbortSignal
  readonly routes: readonly Route[]
  readonly authorize: Authorize
  readonly limits: Limits
  /** Writes a line to the log for each request that needs a key. */
  readonly isAudited: boolean
  /** Without keys only names of this computer may stand in Host. */
  readonly isLoopbackOnly: boolean
  readonly gates: Readonly<Record<'read' | 'file' | 'compute' | 'stream', Gate>>
  readonly metrics: ApiMetrics
}

type Next = () => Promise<unknown>

export function createApp(options: AppOptions): Koa<ApiState> {
  const app = new Koa<ApiState>()
  // Errors become answers below; Koa itself would write them to the terminal.
  app.silent = true
  const nextId = requestIds()
  app.use((ctx, next) => answered(ctx as ApiContext, next, options, nextId))
  app.use((ctx, next) => {
    refuseOddRequest(ctx as ApiContext, options.isLoopbackOnly)
    return next()
  })
  const router = routerOf(options)
  app.use(router.routes())
  app.use((ctx) => {
    throw noSuchPath(ctx as ApiContext, options.routes)
  })
  return app
}

/** Ids of requests, apart from those of every other process. */
function requestIds(): () => string {
  const run = randomBytes(4).toString('hex')
  let count = 0
  return () => `${run}${(count++).toString(16).padStart(8, '0')}`
}

/** The outermost middleware: an id, headers, and a problem instead of every error. */
async function answered(
  ctx: ApiContext,
  next: Next,
  options: AppOptions,
  nextId: () => string
): Promise<void> {
  const { deps, metrics, isAudited } = options
  const start = performance.now()
  const requestId = nextId()
  Object.assign(ctx.state, {
    requestId,
    route: 'none',
    caller: ANONYMOUS,
    format: 'none',
    isOpen: false,
    place: NO_PLACE,
    rows: 0,
  })
  if (isAudited) auditRequest(ctx, deps.log)
  ctx.set(SECURITY_HEADERS)
  ctx.set('X-Request-Id', requestId)
  // What a caller makes up must not become a label.
  const method = METHODS.has(ctx.method) ? ctx.method : 'other'
  ctx.res.once('close', () => {
    const { route, format } = ctx.state
    const labels = { route, format, method, status: String(ctx.res.statusCode) }
    metrics.answered(labels, (performance.now() - start) / 1000)
  })
  try {
    await next()
  } catch (thrown) {
    if (thrown instanceof CallerGone) {
      ctx.respond = false
      ctx.res.destroy()
      return
    }
    answerProblem(ctx, thrown, deps)
  }
}

const METHODS = new Set(['GET', 'HEAD', 'POST', 'OPTIONS'])

/** Commands say where an archive is on the disk; the API does not. */
function withoutPaths(problem: Problem, roots: ApiDeps['roots']): Problem {
  if (!roots.some(({ path }) => `${problem.detail}${problem.hint ?? ''}`.includes(path)))
    return problem
  let text = JSON.stringify(problem)
  for (const { path, name } of roots)
    text = text.replaceAll(
      JSON.stringify(path).slice(1, -1),
      name ? `the archive ${name}` : 'the archive'
    )
  return JSON.parse(text) as Problem
}

function answerProblem(ctx: ApiContext, thrown: unknown, { log, roots }: ApiDeps): void {
  const { requestId, route } = ctx.state
  if (thrown instanceof AccessRefused) ctx.state.refused = thrown
  const problem = withoutPaths(problemOf(thrown, ctx.path, requestId), roots)
  if (problem.status >= 500 && problem.status !== 503) {
    const { code, message, cause } = toSsmdError(thrown)
    const stack = code === 'SSMD_E_INTERNAL' ? ((cause ?? thrown) as Error).stack : undefined
    log.error({ code, route, request: requestId, stack }, message)
  }
  // The answer has begun: the route that wrote it has ended it.
  if (ctx.res.headersSent || ctx.respond === false) return
  for (const name of OF_AN_ANSWER) ctx.remove(name)
  if (thrown instanceof RequestError) ctx.set(thrown.headers)
  ctx.status = problem.status
  ctx.state.format = 'problem'
  ctx.set('Cache-Control', 'no-store')
  ctx.body = `${JSON.stringify(problem)}\n`
  ctx.set('Content-Type', PROBLEM_TYPE)
}

/** Headers that a route had set for the answer that did not come. */
const OF_AN_ANSWER = [
  'ETag',
  'Accept-Ranges',
  'Content-Disposition',
  'Content-Encoding',
  'Content-Length',
  'Content-Range',
]

const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
}

/** What no route has to think about: methods, bodies, and names of other hosts. */
function refuseOddRequest(ctx: ApiContext, isLoopbackOnly: boolean): void {
  const { req } = ctx
  if (!req.url?.startsWith('/'))
    throw new RequestError(400, 'the address is no path', { hint: 'this API is no proxy' })
  const hosts = req.headersDistinct.host ?? []
  if (hosts.length > 1) throw new RequestError(400, 'the request has two Host headers')
  if (isLoopbackOnly && !isLoopbackName(hostName(hosts[0]))) {
    throw new RequestError(403, `${shown(hosts[0] ?? '')} is no name of this computer`, {
      code: 'SSMD_E_FORBIDDEN',
      hint: 'without API keys only localhost and 127.0.0.1 are answered; create a key with ssmd api-key create',
    })
  }
  const hasBody =
    req.headers['transfer-encoding'] !== undefined || Number(req.headers['content-length'] ?? 0) > 0
  if (hasBody && ctx.method !== 'POST') {
    // What follows on this connection might be the body: nothing more is read from it.
    throw new RequestError(413, `${ctx.method} takes no body`, { headers: { Connection: 'close' } })
  }
}

function routerOf(options: AppOptions): Router {
  const router = new Router({ strict: true, sensitive: true })
  const admitted = admission(options.authorize, options.limits)
  for (const route of options.routes) {
    const handle = (ctx: unknown) => runRoute(ctx as ApiContext, route, admitted, options)
    if (route.method === 'GET') router.get(routerPath(route.path), handle)
    else router.post(routerPath(route.path), handle)
  }
  return router
}

async function runRoute(
  ctx: ApiContext,
  route: Route,
  { admit, holdStream }: Admission,
  { gates, deps, cut }: AppOptions
): Promise<void> {
  ctx.state.route = route.path
  ctx.state.isOpen = route.need === 'open'
  await admit(ctx, route)
  if (route.class === 'light') {
    await route.handle(ctx)
    return
  }
  using _stream = route.class === 'stream' ? holdStream(ctx.state.caller) : undefined
  using asked = requestSignal(ctx, route.class === 'stream' ? deps.signal : cut)
  await gates[route.class].run(asked.signal, async (place) => {
    ctx.state.place = place
    await route.handle(ctx)
  })
}

function noSuchPath(ctx: ApiContext, routes: readonly Route[]): RequestError {
  const here = routes.filter(({ path }) => matches(path, ctx.path))
  if (here.length > 0) {
    const allowed = here[0]!.method === 'GET' ? 'GET, HEAD' : 'POST'
    return new RequestError(405, `${shown(ctx.method)} is not answered here, ${allowed} is`, {
      headers: { Allow: allowed },
    })
  }
  const paths = routes.flatMap(({ document, path }) => (document ? [path] : []))
  const near = nearestName(ctx.path, paths)
  return new RequestError(404, `there is nothing at ${shown(ctx.path)}`, {
    code: 'SSMD_E_NOT_FOUND',
    hint: near === undefined ? 'see /docs' : `did you mean ${near}?`,
  })
}

function matches(pattern: string, path: string): boolean {
  const wanted = pattern.split('/')
  const parts = path.split('/')
  return (
    wanted.length === parts.length &&
    wanted.every((part, i) => part === parts[i] || (part.startsWith('{') && parts[i] !== ''))
  )
}
