// One port for WebSocket and REST. It verifies the handshake as the exchange does, owns the sockets, pings
// every ten seconds, and drops whoever does not answer. What is said on a connection is the session's affair.
import { createServer, type IncomingMessage, type Server, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { type RawData, type WebSocket, WebSocketServer } from 'ws'
import { SsmdError } from '#crds/errors.ts'
import { verifySignature } from './auth.ts'
import { Client } from './client.ts'
import {
  createHandler,
  type HttpDeps,
  parseUrl,
  SIMULATED_HEADER,
  signedRequest,
  TOO_MANY,
  UNAUTHORIZED,
} from './http.ts'
import type { Hub } from './hub.ts'
import type { RestAnswer } from './rest.ts'
import { DEFAULT_LIMITS, type Limits, Session } from './session.ts'
import type { Source } from './source.ts'

export const WEBSOCKET_PATH = '/trade-api/ws/v2'
export const PING_MS = 10_000
// A ping that is not answered before the second one after it: the peer is gone.
const PINGS_UNANSWERED = 2
const COMMAND_BYTES = 1024 * 1024

export type ServerLog = {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
}

export type SimulatorServer = {
  readonly port: number
  readonly url: string
  close(): Promise<void>
}

export async function startServer(options: {
  host: string
  port: number
  hub: Hub
  source: Source
  http: Omit<HttpDeps, 'onKey' | 'onRefused' | 'rest'>
  log: ServerLog
  limits?: Limits
  /** Default `PING_MS`. */
  pingMs?: number
}): Promise<SimulatorServer> {
  const { hub, log, source } = options
  const deps: HttpDeps = {
    ...options.http,
    get rest() {
      return source.rest
    },
    onKey: (key) => log.info({ key }, 'key registered'),
    onRefused: (fields) => log.warn(fields, 'request refused'),
  }
  const server = createServer(createHandler(deps))
  const sockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: COMMAND_BYTES,
  })
  sockets.on('headers', (headers) => headers.push(`${SIMULATED_HEADER}: true`))
  let clients = 0

  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const refusal = refuse(request, deps)
    if (refusal) {
      log.warn({ status: refusal.status, path: request.url, ...refusal.fields }, 'client refused')
      endWith(socket, refusal)
      return
    }
    ;(socket as Socket).setNoDelay(true)
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      const session = new Session(source, options.limits ?? DEFAULT_LIMITS)
      const key = String(request.headers['kalshi-access-key'])
      serve(new Client({ id: ++clients, key, session, webSocket, socket }), webSocket)
    })
  })

  const pongs = new WeakMap<Client, number>()
  const serve = (client: Client, webSocket: WebSocket): void => {
    hub.add(client)
    pongs.set(client, 0)
    log.info({ client: client.id, key: client.key }, 'client connected')
    webSocket.on('message', (data: RawData) => hub.receive(client, textOf(data)))
    webSocket.on('pong', () => pongs.set(client, 0))
    webSocket.on('error', (error) =>
      log.warn({ client: client.id, error: error.message }, 'client broke the protocol')
    )
    webSocket.on('close', (code) => {
      hub.remove(client)
      log.info({ client: client.id, code, framesSent: client.framesSent }, 'client gone')
    })
  }

  await listen(server, options.host, options.port)
  const pings = setInterval(() => {
    for (const client of hub.clients) {
      const unanswered = pongs.get(client) ?? 0
      if (unanswered >= PINGS_UNANSWERED) {
        log.warn({ client: client.id }, 'client does not answer pings; connection ended')
        client.cut()
        continue
      }
      pongs.set(client, unanswered + 1)
      client.ping()
    }
  }, options.pingMs ?? PING_MS)

  const bound = server.address()
  const port = bound && typeof bound === 'object' ? bound.port : options.port
  const host = options.host.includes(':') ? `[${options.host}]` : options.host
  return {
    port,
    url: `ws://${host}:${port}`,
    async close() {
      clearInterval(pings)
      for (const client of hub.clients) client.close(1001, 'simulator stops')
      sockets.close()
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeIdleConnections()
      // Clients that do not answer the close frame are not waited for.
      const force = setTimeout(() => {
        for (const client of hub.clients) client.cut()
        server.closeAllConnections()
      }, 1_000)
      await closed
      clearTimeout(force)
    },
  }
}

const textOf = (data: RawData): string =>
  Array.isArray(data)
    ? Buffer.concat(data).toString('utf8')
    : Buffer.from(data as Buffer).toString('utf8')

type Refusal = RestAnswer & { readonly fields: object }

/** Why a handshake is not accepted, or undefined. */
function refuse(request: IncomingMessage, deps: HttpDeps): Refusal | undefined {
  const { pathname } = parseUrl(request.url)
  if (pathname !== WEBSOCKET_PATH)
    return {
      status: 404,
      body: { error: { code: 'not_found', message: 'not found' } },
      fields: { expected: WEBSOCKET_PATH },
    }
  const now = deps.now()
  const fault = deps.schedule.request(now)
  if (fault === 'tooManyRequests') return { ...TOO_MANY, fields: { fault } }
  if (fault === 'unauthorized')
    return { ...UNAUTHORIZED('authentication_error', 'FAULT_ON_DEMAND'), fields: { fault } }
  const signed = signedRequest(request, pathname)
  const verdict = verifySignature(signed, deps.keys, now)
  if (verdict.ok) return undefined
  return {
    ...UNAUTHORIZED(verdict.code, verdict.details),
    fields: {
      key: signed.key,
      details: verdict.details,
      hint: 'register the public key with POST /simulator/keys, or set KALSHI_API_KEY and KALSHI_PRIVATE_KEY for the simulator',
    },
  }
}

/** Answers an upgrade with plain HTTP and ends the connection. */
function endWith(socket: Duplex, { status, body }: RestAnswer): void {
  const text = JSON.stringify(body)
  socket.on('error', () => socket.destroy())
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\ncontent-type: application/json\r\n${SIMULATED_HEADER}: true\r\n` +
      `content-length: ${Buffer.byteLength(text)}\r\nconnection: close\r\n\r\n${text}`
  )
}

async function listen(server: Server, host: string, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) =>
      reject(
        cause.code === 'EADDRINUSE'
          ? new SsmdError('SSMD_E_PORT_IN_USE', `simulator: ${host}:${port} is in use`, {
              hint: 'stop what listens there, or give another --port; port 0 takes a free one',
              cause,
            })
          : cause
      )
    )
    server.listen(port, host, resolve)
  })
}
