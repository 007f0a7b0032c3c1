// One port for WebSocket and REST of all exchanges that are served. It owns the sockets, sends the pings that an exchange
// sends, and drops clients that do not answer them. What is said on a connection is the session's affair.
import { createServer, type IncomingMessage, type Server, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { type RawData, type WebSocket, WebSocketServer } from 'ws'
import { SsmdError } from '#crds/errors.ts'
import type { HttpAnswer, Session } from '#exchanges/simulation/venue.ts'
import { Client } from './client.ts'
import {
  createHandler,
  type HttpDeps,
  NOT_FOUND,
  parseUrl,
  placeOf,
  requestOf,
  SIMULATED_HEADER,
} from './http.ts'
import type { Stage } from './stage.ts'
import { socketWire } from './wire.ts'

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

export async function startServer(
  options: Omit<HttpDeps, 'onRefused'> & {
    readonly host: string
    readonly port: number
    readonly log: ServerLog
  }
): Promise<SimulatorServer> {
  const { log, stages, now } = options
  const server = createServer(
    createHandler({ ...options, onRefused: (fields) => log.warn(fields, 'request refused') })
  )
  const sockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: COMMAND_BYTES,
  })
  sockets.on('headers', (headers) => headers.push(`${SIMULATED_HEADER}: true`))
  let clients = 0

  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const { stage, came } = welcome(request, stages, now())
    if (stage === undefined || 'status' in came) {
      const answer = came as HttpAnswer
      log.warn({ status: answer.status, path: request.url, ...answer.refused }, 'client refused')
      endWith(socket, answer)
      return
    }
    ;(socket as Socket).setNoDelay(true)
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      const wire = socketWire(webSocket, socket)
      serve(stage, new Client({ id: ++clients, session: came, wire, now }), webSocket)
    })
  })

  const unanswered = new WeakMap<Client, number>()
  const serve = ({ hub, venue }: Stage, client: Client, webSocket: WebSocket): void => {
    unanswered.set(client, 0)
    log.info(
      { client: client.id, exchange: venue.name, key: client.session.who },
      'client connected'
    )
    webSocket.on('message', (data: RawData) => hub.receive(client, textOf(data)))
    webSocket.on('ping', () => hub.pinged(client))
    webSocket.on('pong', () => {
      unanswered.set(client, 0)
      hub.pinged(client)
    })
    webSocket.on('error', (error) =>
      log.warn({ client: client.id, error: error.message }, 'client broke the protocol')
    )
    webSocket.on('close', (code) => {
      hub.remove(client)
      log.info({ client: client.id, code, framesSent: client.framesSent }, 'client gone')
    })
    hub.add(client)
  }

  await listen(server, options.host, options.port)
  const pings = stages.map(({ venue, hub }) => {
    const { ping } = venue
    if (ping === null) return undefined
    return setInterval(() => {
      for (const client of hub.clients) {
        const silent = unanswered.get(client) ?? 0
        if (silent >= ping.unanswered) {
          log.warn({ client: client.id }, 'client does not answer pings; connection ended')
          client.cut()
          continue
        }
        unanswered.set(client, silent + 1)
        client.ping(ping.body)
      }
    }, ping.everyMs)
  })

  const bound = server.address()
  const port = bound && typeof bound === 'object' ? bound.port : options.port
  const host = options.host.includes(':') ? `[${options.host}]` : options.host
  return {
    port,
    url: `ws://${host}:${port}`,
    async close() {
      for (const timer of pings) clearInterval(timer)
      for (const { hub } of stages)
        for (const client of hub.clients) client.close(1001, 'simulator stops')
      sockets.close()
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeIdleConnections()
      // Clients that do not answer the close frame are not waited for.
      const force = setTimeout(() => {
        for (const { hub } of stages) for (const client of hub.clients) client.cut()
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

/** The session of a handshake and its exchange, or the answer of a refusal. */
function welcome(
  request: IncomingMessage,
  stages: readonly Stage[],
  nowMs: number
): { readonly stage?: Stage; readonly came: Session | HttpAnswer } {
  const url = parseUrl(request.url)
  const place = placeOf(stages, url.pathname)
  if (place === undefined) {
    const exchanges = stages.map(({ venue }) => venue.name)
    return { came: { ...NOT_FOUND, refused: { exchanges } } }
  }
  const { stage, path } = place
  const { exchange, schedule } = stage
  // A path that does not exist is no handshake, and uses up no fault.
  const fault = exchange.knows(path) ? schedule.request(nowMs) : undefined
  if (fault !== undefined)
    return { stage, came: { ...exchange.refusal(fault, nowMs), refused: { fault } } }
  return { stage, came: exchange.connect(requestOf(request, url, path), nowMs) }
}

/** Answers an upgrade with plain HTTP and ends the connection. */
function endWith(socket: Duplex, { status, body, headers }: HttpAnswer): void {
  const text = JSON.stringify(body)
  const more = Object.entries(headers ?? {}).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.on('error', () => socket.destroy())
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Refused'}\r\ncontent-type: application/json\r\n${SIMULATED_HEADER}: true\r\n${more.join('')}` +
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
