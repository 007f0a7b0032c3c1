// /livez, /readyz and /metrics of the operator. Alive: the event loop turns, the lease is as it should be, no watch
// and no pass hangs; whoever runs us restarts us otherwise. Ready: the caches are filled. Each answer names
// every check, so that `kubectl get --raw` or curl shows what is wrong.

import { createServer, type Server } from 'node:http'
import type { Registry } from 'prom-client'
import { SsmdError } from '#crds/errors.ts'

/** Undefined where all is well, else what is wrong. */
export type Check = () => string | undefined

export type Checks = {
  readonly live: Readonly<Record<string, Check>>
  readonly ready: Readonly<Record<string, Check>>
}

export type HealthServer = { readonly address: string; close(): Promise<void> }

/** All checks, one a line, as the API server shows its own. */
export function judge(checks: Readonly<Record<string, Check>>): { ok: boolean; text: string } {
  const lines: string[] = []
  let ok = true
  for (const [name, check] of Object.entries(checks)) {
    const wrong = check()
    if (wrong !== undefined) ok = false
    lines.push(wrong === undefined ? `[+]${name} ok` : `[-]${name} failed: ${wrong}`)
  }
  return { ok, text: `${lines.join('\n')}\n${ok ? 'ok' : 'failed'}\n` }
}

/** Serves on `host:port` (port 0 takes a free one); resolves once it listens. */
export async function serveHealth(
  address: { readonly host: string; readonly port: number },
  checks: Checks,
  registry: Registry
): Promise<HealthServer> {
  const server = createServer((request, response) => {
    const answer = (status: number, type: string, body: string) => {
      response.writeHead(status, { 'content-type': type })
      response.end(request.method === 'HEAD' ? undefined : body)
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('allow', 'GET, HEAD')
      answer(405, 'text/plain', 'only GET\n')
      return
    }
    const path = (request.url ?? '').split('?')[0]
    if (path === '/livez' || path === '/readyz') {
      const { ok, text } = judge(path === '/livez' ? checks.live : checks.ready)
      answer(ok ? 200 : 503, 'text/plain', text)
    } else if (path === '/metrics') {
      registry.metrics().then(
        (text) => answer(200, registry.contentType, text),
        (thrown) => answer(500, 'text/plain', `${String(thrown)}\n`)
      )
    } else answer(404, 'text/plain', 'here are /livez, /readyz and /metrics\n')
  })
  server.requestTimeout = 10_000
  await listen(server, address)
  const bound = server.address()
  if (bound === null || typeof bound === 'string') throw new Error('health: no address')
  const host = bound.family === 'IPv6' ? `[${bound.address}]` : bound.address
  return {
    address: `${host}:${bound.port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function listen(server: Server, { host, port }: { host: string; port: number }): Promise<void> {
  return new Promise((resolve, reject) => {
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
}
