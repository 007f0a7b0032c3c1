// The HTTP side: which exchange a request is for, what it answers, and the simulator's own account. Every answer says that
// it is simulated. What is answered is the exchange's affair; here are sockets, faults on requests and headers.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { SsmdError, toSsmdError } from '#crds/errors.ts'
import type { HttpAnswer, HttpRequest } from '#exchanges/simulation/venue.ts'
import type { Stage } from './stage.ts'

export const SIMULATED_HEADER = 'x-ssmd-simulated'
const BODY_LIMIT = 16 * 1024
/** Paths of the simulator's own, on which no fault strikes. */
const OWN_PATHS = '/simulator'

export type HttpDeps = {
  readonly stages: readonly Stage[]
  readonly now: () => number
  readonly status: (stage: Stage) => object
  readonly onRefused: (fields: object) => void
}

export const NOT_FOUND: HttpAnswer = {
  status: 404,
  body: { error: { code: 'not_found', message: 'not found' } },
}

export function createHandler(
  deps: HttpDeps
): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    const url = parseUrl(request.url)
    void answer(request, url, deps)
      .catch((thrown: unknown): HttpAnswer => {
        const error = toSsmdError(thrown)
        return {
          status: error.code === 'SSMD_E_INTERNAL' ? 500 : 400,
          body: { error: { code: error.code, message: error.message, details: error.hint ?? '' } },
        }
      })
      .then(({ status, body, headers, refused }) => {
        if (refused !== undefined) deps.onRefused({ status, path: url.pathname, ...refused })
        response.writeHead(status, {
          'content-type': 'application/json',
          [SIMULATED_HEADER]: 'true',
          ...headers,
          ...(status === 405 ? { allow: 'GET, POST' } : {}),
        })
        response.end(request.method === 'HEAD' ? undefined : JSON.stringify(body))
      })
  }
}

/** The request target as a URL; whatever it is, this does not throw. */
export function parseUrl(target: string | undefined): URL {
  const base = 'http://simulator'
  return URL.canParse(target ?? '/', base) ? new URL(target ?? '/', base) : new URL('/?', base)
}

/**
 * Which exchange a path is for, and the path as that exchange knows it: `/<exchange>/…`, or else the path of the first one
 * that has it.
 */
export function placeOf(
  stages: readonly Stage[],
  path: string
): { readonly stage: Stage; readonly path: string } | undefined {
  const [, first = ''] = path.split('/', 2)
  const named = stages.find(({ venue }) => venue.name === first)
  if (named !== undefined) return { stage: named, path: path.slice(first.length + 1) || '/' }
  const stage = stages.length === 1 ? stages[0] : stages.find((one) => one.exchange.knows(path))
  return stage === undefined ? undefined : { stage, path }
}

export const requestOf = (
  request: IncomingMessage,
  url: URL,
  path: string,
  body = ''
): HttpRequest => ({
  method: request.method ?? 'GET',
  path,
  sentPath: url.pathname,
  query: url.searchParams,
  header(name) {
    const value = request.headers[name]
    return Array.isArray(value) ? value[0] : value
  },
  body,
})

async function answer(request: IncomingMessage, url: URL, deps: HttpDeps): Promise<HttpAnswer> {
  const { method } = request
  const { stages } = deps
  const isRead = method === 'GET' || method === 'HEAD'
  const place = placeOf(stages, url.pathname)
  if (isRead && (place?.path ?? url.pathname) === OWN_PATHS)
    return { status: 200, body: account(place?.stage, url.pathname, deps) }
  if (place === undefined) return NOT_FOUND
  const { stage, path } = place
  const nowMs = deps.now()
  if (path.startsWith(`${OWN_PATHS}/`))
    return stage.exchange.answer(requestOf(request, url, path, await readBody(request)), nowMs)
  if (!isRead) return { status: 405, body: { error: { code: 'method_not_allowed' } } }
  const fault = stage.schedule.request(nowMs)
  if (fault !== undefined) return stage.exchange.refusal(fault, nowMs)
  return stage.exchange.answer(requestOf(request, url, path), nowMs)
}

/** `GET /simulator`: of one exchange, or of each. */
function account(stage: Stage | undefined, path: string, deps: HttpDeps): object {
  if (stage !== undefined && (deps.stages.length === 1 || path !== OWN_PATHS))
    return deps.status(stage)
  const exchanges = deps.stages.map((one) => [one.venue.name, deps.status(one)] as const)
  return { simulated: true, exchanges: Object.fromEntries(exchanges) }
}

async function readBody(request: IncomingMessage): Promise<string> {
  if (request.method !== 'POST') return ''
  const parts: Buffer[] = []
  let length = 0
  for await (const part of request as AsyncIterable<Buffer>) {
    length += part.length
    if (length > BODY_LIMIT)
      throw new SsmdError('SSMD_E_CREDENTIALS', `the body is longer than ${BODY_LIMIT} bytes`)
    parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}
