// Between an operator and a real API server, at the level of requests: it counts them, and does to one what a test asks,
// before it is passed on or after it was served. For faults that a real API server does not produce when asked to.

import { once } from 'node:events'
import http, { type IncomingMessage, type ServerResponse } from 'node:http'
import https from 'node:https'
import type { ClusterAccess } from './cluster.ts'

export type Proxied = {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly plural: string
  readonly namespace: string | undefined
  readonly name: string | undefined
  readonly subresource: string | undefined
  readonly kind: 'list' | 'watch' | 'get' | 'write'
}

export type Instead =
  /** Answered here; the API server never hears of it. */
  | {
      readonly status: number
      readonly body: object
      readonly headers?: Readonly<Record<string, string>>
    }
  /** The connection is closed without an answer. (Not reset: Node 24 may spin for ever at its exit after a reset under way.) */
  | 'cut'
  /** The head of an answer, and nothing after it: a watch that went silent. */
  | 'silence'

export type ApiProxy = {
  /** Plain HTTP: who is asked says who asks, by its token. */
  readonly url: string
  /** Every request, in the order in which it came. */
  readonly seen: readonly Proxied[]
  /** Connections open now. */
  readonly open: number
  /** Asked before a request is passed on. */
  before: (request: Proxied) => Instead | undefined | Promise<Instead | undefined>
  /** Asked when the API server has answered and nothing of it was passed on. */
  after: (request: Proxied) => 'cut' | undefined | Promise<'cut' | undefined>
  /** Closes every connection that is open, silent ones too. */
  cut(): void
  close(): Promise<void>
}

export async function startApiProxy(cluster: ClusterAccess): Promise<ApiProxy> {
  const agent = new https.Agent({ keepAlive: true, maxSockets: 200, ca: cluster.ca })
  const sockets = new Set<IncomingMessage['socket']>()
  const seen: Proxied[] = []
  const server = http.createServer((incoming, response) => {
    serve(incoming, response).catch(() => incoming.socket.destroy())
  })
  server.keepAliveTimeout = 60_000
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
  })
  const serve = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const request = proxied(incoming)
    const body = await bodyOf(incoming)
    seen.push(request)
    const instead = await proxy.before(request)
    if (instead === 'cut') return void incoming.socket.destroy()
    if (instead === 'silence') {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.flushHeaders()
      return
    }
    if (instead) {
      response.writeHead(instead.status, { 'content-type': 'application/json', ...instead.headers })
      response.end(JSON.stringify(instead.body))
      return
    }
    const answer = await forward(cluster, agent, incoming, body)
    if ((await proxy.after(request)) === 'cut') {
      answer.destroy()
      return void incoming.socket.destroy()
    }
    response.writeHead(answer.statusCode ?? 502, answer.headers)
    response.flushHeaders()
    response.on('close', () => answer.destroy())
    answer.on('error', () => response.destroy())
    answer.pipe(response)
  }
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const proxy: ApiProxy = {
    url: `http://127.0.0.1:${(server.address() as { port: number }).port}`,
    seen,
    get open() {
      return sockets.size
    },
    before: () => undefined,
    after: () => undefined,
    cut() {
      for (const socket of sockets) socket.destroy()
    },
    async close() {
      server.closeAllConnections()
      agent.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return proxy
}

async function forward(
  cluster: ClusterAccess,
  agent: https.Agent,
  incoming: IncomingMessage,
  body: Buffer
): Promise<IncomingMessage> {
  const { host: _host, connection: _connection, ...headers } = incoming.headers
  const request = https.request({
    host: cluster.host,
    port: cluster.port,
    method: incoming.method,
    path: incoming.url,
    headers,
    agent,
  })
  request.end(body)
  const [answer] = (await once(request, 'response')) as [IncomingMessage]
  return answer
}

async function bodyOf(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks)
}

function proxied(incoming: IncomingMessage): Proxied {
  const url = new URL(incoming.url ?? '/', 'http://proxy')
  const parts = url.pathname.split('/').filter(Boolean).map(decodeURIComponent)
  parts.splice(0, parts[0] === 'api' ? 2 : 3)
  const namespace =
    parts[0] === 'namespaces' && parts.length > 2 ? parts.splice(0, 2)[1] : undefined
  const [plural = '', name, subresource] = parts
  const method = incoming.method ?? 'GET'
  const isRead = method === 'GET' || url.searchParams.has('dryRun')
  return {
    method,
    path: url.pathname,
    query: url.searchParams,
    plural,
    namespace,
    name,
    subresource,
    kind: !isRead
      ? 'write'
      : url.searchParams.get('watch') === 'true'
        ? 'watch'
        : name === undefined
          ? 'list'
          : 'get',
  }
}
