// Serves /livez, /readyz and /metrics. A program either sets whether it is ready, with a reason, or gives checks that run with
// each request; the answer then names every check, so that curl shows what is wrong.

import { createServer, type Server } from 'node:http'
import type { Registry } from 'prom-client'
import { SsmdError } from '#crds/errors.ts'

/** Undefined if all is well, else what is wrong. */
export type Check = () => string | undefined

export type Checks = {
  readonly live: Readonly<Record<string, Check>>
  readonly ready: Readonly<Record<string, Check>>
}

export type Answer = { readonly ok: boolean; readonly text: string }

export type Health = {
  /** Ready from now on. */
  ready(): void
  /** Alive, but not doing its job; `reason` is what /readyz answers. */
  notReady(reason: string): void
  /** Permanently failed: /livez fails, so that Kubernetes or `ssmd up` restarts it. */
  dead(reason: string): void
  /** From now on only these checks decide. */
  ask(checks: Checks): void
  answer(probe: keyof Checks): Answer
}

/** Health that starts as not ready. */
export function createHealth(): Health {
  let state = { alive: true, ready: false, reason: 'starting' }
  let checks: Checks | undefined
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
    ask(given) {
      checks = given
    },
    answer(probe) {
      if (checks) return judge(checks[probe])
      const ok = probe === 'live' ? state.alive : state.ready
      return { ok, text: `${ok ? 'ok' : state.reason}\n` }
    },
  }
}

/** All checks, one a line, as the API server of Kubernetes shows its own. */
export function judge(checks: Readonly<Record<string, Check>>): Answer {
  const lines: string[] = []
  let ok = true
  for (const [name, check] of Object.entries(checks)) {
    const wrong = check()
    if (wrong !== undefined) ok = false
    lines.push(wrong === undefined ? `[+]${name} ok` : `[-]${name} failed: ${wrong}`)
  }
  return { ok, text: `${lines.join('\n')}\n${ok ? 'ok' : 'failed'}\n` }
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
    const probe = (name: keyof Checks) => {
      const { ok, text } = health.answer(name)
      answer(ok ? 200 : 503, 'text/plain', text)
    }
    switch ((request.url ?? '').split('?')[0]) {
      case '/livez':
        return probe('live')
      case '/readyz':
        return probe('ready')
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
