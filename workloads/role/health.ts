// A program's own account of itself over HTTP: /livez, /readyz and /metrics. It answers only what it is
// told: the program says when it is ready, and why not.
import { createServer, type Server } from 'node:http'
import type { Registry } from 'prom-client'
import { SsmdError } from '#crds/errors.ts'

export type Health = {
  /** Ready from now on. */
  ready(): void
  /** Alive, but not doing its job; `reason` is what /readyz answers. */
  notReady(reason: string): void
  /** Beyond help: /livez fails, so that whoever runs this restarts it. */
  dead(reason: string): void
  readonly state: { readonly alive: boolean; readonly ready: boolean; readonly reason: string }
}

/** Health that starts as not ready. */
export function createHealth(): Health {
  let state = { alive: true, ready: false, reason: 'starting' }
  return {
    ready() {
      state = { alive: true, ready: true, reason: '' }
    },
    notReady(reason) {
      state = { alive: state.alive, ready: false, reason }
    },
    dead(reason) {
      state = { alive: false, ready: false, reason }
    },
    get state() {
      return state
    },
  }
}

/** Splits `host:port` (`:8080` and `8080` mean every address of this machine). */
export function parseAddress(text: string): { host: string; port: number } {
  const match = /^(?:(.*):)?(\d{1,5})$/.exec(text)
  const port = Number(match?.[2])
  if (!match || port > 65_535) {
    throw new SsmdError('SSMD_E_USAGE', `address ${JSON.stringify(text)} is not host:port`, {
      hint: 'for instance 127.0.0.1:8080; port 0 takes a free one',
    })
  }
  const host = (match[1] ?? '').replace(/^\[(.*)\]$/, '$1')
  return { host: host === '' ? '0.0.0.0' : host, port }
}

/** Serves health and metrics; resolves once it listens, with the address that it got. */
export async function serveHealth(
  address: string,
  health: Health,
  metrics: Registry
): Promise<{ server: Server; address: string }> {
  const { host, port } = parseAddress(address)
  const server = createServer((request, response) => {
    const answer = (status: number, type: string, body: string) => {
      response.writeHead(status, { 'content-type': type })
      response.end(request.method === 'HEAD' ? undefined : body)
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('allow', 'GET, HEAD')
      return answer(405, 'text/plain', 'only GET\n')
    }
    const { state } = health
    switch ((request.url ?? '').split('?')[0]) {
      case '/livez':
        return answer(
          state.alive ? 200 : 503,
          'text/plain',
          `${state.alive ? 'ok' : state.reason}\n`
        )
      case '/readyz':
        return answer(
          state.ready ? 200 : 503,
          'text/plain',
          `${state.ready ? 'ok' : state.reason}\n`
        )
      case '/metrics':
        void metrics.metrics().then(
          (text) => answer(200, metrics.contentType, text),
          (error) => answer(500, 'text/plain', `${String(error)}\n`)
        )
        return
      default:
        return answer(404, 'text/plain', 'here are /livez, /readyz and /metrics\n')
    }
  })
  server.requestTimeout = 10_000
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) =>
      reject(
        cause.code === 'EADDRINUSE'
          ? new SsmdError('SSMD_E_PORT_IN_USE', `health: ${host}:${port} is in use`, {
              hint: 'give another --health-addr; port 0 takes a free one',
              cause,
            })
          : cause
      )
    )
    server.listen(port, host, resolve)
  })
  const bound = server.address()
  const shown =
    bound && typeof bound === 'object'
      ? `${bound.family === 'IPv6' ? `[${bound.address}]` : bound.address}:${bound.port}`
      : address
  return { server, address: shown }
}
