// The HTTP server of the data API: limits of the connection, the application behind it, and an orderly end.

import { createServer, type Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Registry } from 'prom-client'
import { SsmdError } from '#crds/errors.ts'
import type { Authorize } from '../http/access.ts'
import { createApp } from '../http/app.ts'
import { CallerGone } from '../http/body.ts'
import { Gate } from '../http/gate.ts'
import { LIMITS, type Limits } from '../http/limits.ts'
import { apiMetrics } from '../http/metrics.ts'
import type { ApiDeps } from '../http/route.ts'
import { Turns } from '../http/turns.ts'
import type { Query } from '../model/query.ts'
import { QUERIES } from '../queries/index.ts'
import { allRoutes } from './routes.ts'

export type ApiOptions = ApiDeps & {
  readonly host: string
  /** 0 takes a free one. */
  readonly port: number
  readonly authorize: Authorize
  readonly isLoopbackOnly: boolean
  readonly metrics: Registry
  readonly limits?: Partial<Limits>
  /** @default all there are */
  readonly queries?: readonly Query[]
}

export type Api = {
  readonly address: string
  /** Takes no more requests, lets what is being answered come to its end for a while, and ends. */
  close(): Promise<void>
}

/** Resolves once it listens. */
export async function startApi(options: ApiOptions): Promise<Api> {
  const limits: Limits = { ...LIMITS, ...options.limits }
  const { waiting, waitMs } = limits
  const gates = {
    read: new Gate({ active: limits.reads, open: limits.openReads, waiting, waitMs }),
    file: new Gate({ active: limits.files, waiting, waitMs }),
    compute: new Gate({ active: limits.computes, waiting, waitMs }),
    // A stream lasts: waiting for the place of another one would be waiting for nothing.
    stream: new Gate({ active: limits.streams, waiting: 0, waitMs }),
  }
  const metrics = apiMetrics(options.metrics, gates)
  const { queries = QUERIES, authorize, isLoopbackOnly } = options
  const end = new AbortController()
  const cut = end.signal
  const routes = allRoutes({ queries, deps: options, cut, limits, metrics, isLoopbackOnly })
  const app = createApp({
    ...{ deps: options, cut, routes, authorize, isLoopbackOnly, gates, metrics, limits },
    // Without keys there is one caller, the person at this computer.
    isAudited: !isLoopbackOnly,
  })
  const handle = app.callback()
  const turns = new Turns()
  const light = new Set(routes.filter((route) => route.class === 'light').map(({ path }) => path))
  const server = createServer(
    {
      maxHeaderSize: limits.headerBytes,
      headersTimeout: limits.headersMs,
      requestTimeout: limits.requestMs,
      keepAliveTimeout: limits.keepAliveMs,
      connectionsCheckingInterval: Math.min(limits.headersMs, 5_000),
      requireHostHeader: true,
      insecureHTTPParser: false,
    },
    (request, response) => {
      const begin = (): void => void handle(request, response)
      if (light.has(pathOf(request.url))) begin()
      // Who is gone by then is told nothing.
      else turns.begin(() => response.destroyed || begin())
    }
  )
  server.maxConnections = limits.connections
  server.on('clientError', answerNoHttp)
  const address = await listen(server, options.host, options.port)
  return {
    address,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve))
      const late = setTimeout(() => {
        end.abort(new CallerGone('the program stops'))
        server.closeAllConnections()
      }, limits.graceMs)
      await closed
      clearTimeout(late)
    },
  }
}

const pathOf = (url = ''): string => url.split('?', 1)[0]!

async function listen(server: Server, host: string, port: number): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      reject(
        cause.code === 'EADDRINUSE'
          ? new SsmdError('SSMD_E_PORT_IN_USE', `${host}:${port} is in use`, {
              hint: 'stop the other program, or give another --listen; port 0 takes a free one',
              cause,
            })
          : cause
      )
    })
    server.listen(port, host, resolve)
  })
  const bound = server.address() as AddressInfo
  return bound.family === 'IPv6'
    ? `[${bound.address}]:${bound.port}`
    : `${bound.address}:${bound.port}`
}

const STATUS_OF: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
}

/** What the parser refuses never becomes a request: a short answer, and the connection ends. */
function answerNoHttp(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const status = STATUS_OF[error.code ?? ''] ?? '400 Bad Request'
  const title = status.slice(4)
  const body = JSON.stringify({
    type: '/docs#SSMD_E_REQUEST',
    title,
    status: Number(status.slice(0, 3)),
    detail: `the request was refused: ${title}`,
    code: 'SSMD_E_REQUEST',
    error: title,
  })
  socket.end(
    `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Type: application/problem+json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
  )
}
