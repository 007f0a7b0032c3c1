// A server that speaks Kalshi's protocol over real sockets, strict in what it takes, with the lies that a test needs:
// refusals, cuts, silence, delays. Written for the connector's tests; it shares nothing with the simulator.

import { constants, verify } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { type WebSocket, WebSocketServer } from 'ws'
import { KalshiModel } from '#exchanges/kalshi/testing/kalshi-model.ts'

export type Refusal = {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

export type FakeClient = {
  readonly model: KalshiModel
  readonly socket: WebSocket
  /** Every text frame sent to it, acks too, in order. */
  readonly sent: string[]
  send(frame: string | Buffer): void
  /** An event of a market, to whoever subscribed to it. */
  publish(channel: string, type: string, market: string, msg: string): void
  /** Ends the TCP connection without a word. */
  cut(): void
}

export type FakeKalshi = {
  readonly port: number
  readonly url: string
  readonly restUrl: string
  readonly clients: FakeClient[]
  /** Times (performance.now) of all upgrade requests. */
  readonly dials: number[]
  readonly headers: IncomingMessage['headers'][]
  /** Public keys by id; a dial with any other is refused with 401. */
  readonly keys: Map<string, string>
  /** Taken one by one by the next upgrades. */
  readonly refusals: Refusal[]
  /** Taken one by one by the next REST requests. */
  readonly restRefusals: Refusal[]
  readonly restQueries: string[]
  readonly signedQueries: string[]
  /** What REST lists, by status. */
  markets: { open: string[]; unopened: { ticker: string; open_time: string }[] }
  /** Called with each REST request for markets; true: it was answered. */
  onRest: ((query: URLSearchParams, response: ServerResponse) => boolean) | null
  pingMs: number
  /** Called with each command; true: it was dealt with. */
  onCommand: ((client: FakeClient, text: string) => boolean) | null
  onConnect: ((client: FakeClient) => void) | null
  live(): FakeClient[]
  close(): Promise<void>
}

const WS_PATH = '/trade-api/ws/v2'
const REST_PATH = '/trade-api/v2'

export async function startFakeKalshi(options: { port?: number } = {}): Promise<FakeKalshi> {
  const sockets = new Set<Socket>()
  const timers = new Set<NodeJS.Timeout>()
  const server = createServer((request, response) => rest(fake, request, response))
  const upgrades = new WebSocketServer({ noServer: true, perMessageDeflate: false })
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => {})
  })
  server.on('upgrade', (request, socket, head) => {
    fake.dials.push(performance.now())
    fake.headers.push(request.headers)
    const refusal = fake.refusals.shift() ?? refusalOf(fake, request, WS_PATH)
    if (refusal !== undefined) {
      const extra = Object.entries(refusal.headers ?? {}).map(
        ([name, value]) => `${name}: ${value}\r\n`
      )
      const body = refusal.body ?? ''
      socket.end(
        `HTTP/1.1 ${refusal.status} No\r\nContent-Length: ${body.length}\r\n${extra.join('')}\r\n${body}`
      )
      return
    }
    upgrades.handleUpgrade(request, socket, head, (ws) => {
      const client = newClient(ws)
      fake.clients.push(client)
      ws.on('message', (data: Buffer) => {
        const text = data.toString('utf8')
        if (fake.onCommand?.(client, text)) return
        for (const frame of client.model.handle(text)) client.send(frame)
      })
      const pings = setInterval(() => {
        if (fake.pingMs > 0 && ws.readyState === ws.OPEN) ws.ping('heartbeat')
      }, 200)
      timers.add(pings)
      ws.on('close', () => clearInterval(pings))
      ws.on('error', () => {})
      fake.onConnect?.(client)
    })
  })
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const fake: FakeKalshi = {
    port,
    url: `ws://127.0.0.1:${port}${WS_PATH}`,
    restUrl: `http://127.0.0.1:${port}${REST_PATH}`,
    clients: [],
    dials: [],
    headers: [],
    keys: new Map(),
    refusals: [],
    restRefusals: [],
    restQueries: [],
    signedQueries: [],
    markets: { open: [], unopened: [] },
    onRest: null,
    pingMs: 200,
    onCommand: null,
    onConnect: null,
    live: () => fake.clients.filter(({ socket }) => socket.readyState === socket.OPEN),
    async close() {
      for (const timer of timers) clearInterval(timer)
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return fake
}

function newClient(socket: WebSocket): FakeClient {
  const model = new KalshiModel()
  const sent: string[] = []
  const client: FakeClient = {
    model,
    socket,
    sent,
    send(frame) {
      sent.push(frame.toString())
      socket.send(frame)
    },
    publish(channel, type, market, msg) {
      for (const frame of model.frames(channel, type, market, msg)) client.send(frame)
    },
    cut: () => socket.terminate(),
  }
  return client
}

/** 401 where the signature is not one of a known key over time, method and path. */
function refusalOf(fake: FakeKalshi, request: IncomingMessage, path: string): Refusal | undefined {
  const { headers } = request
  const id = String(headers['kalshi-access-key'] ?? '')
  const time = String(headers['kalshi-access-timestamp'] ?? '')
  const signature = Buffer.from(String(headers['kalshi-access-signature'] ?? ''), 'base64')
  const key = fake.keys.get(id)
  const fresh = Math.abs(Date.now() - Number(time)) < 5_000
  const padding = constants.RSA_PKCS1_PSS_PADDING
  const signed =
    key !== undefined &&
    request.url?.split('?')[0] === path &&
    verify('sha256', Buffer.from(`${time}GET${path}`), { key, padding, saltLength: 32 }, signature)
  return fresh && signed ? undefined : { status: 401, body: '{"error":"unauthorized"}' }
}

function rest(fake: FakeKalshi, request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? '/', 'http://fake')
  const answer = (
    status: number,
    body: unknown,
    headers: Readonly<Record<string, string>> = {}
  ) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers })
    response.end(typeof body === 'string' ? body : JSON.stringify(body))
  }
  if (request.method === 'POST' && url.pathname === '/simulator/keys') {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { keyId, publicKey } = JSON.parse(Buffer.concat(chunks).toString()) as Record<
        string,
        string
      >
      fake.keys.set(keyId!, publicKey!)
      answer(201, {})
    })
    return
  }
  if (url.pathname !== `${REST_PATH}/markets`) {
    answer(404, { error: 'not found' })
    return
  }
  fake.restQueries.push(url.search)
  // Market data needs no signature; but one that is there must hold.
  const signed = request.headers['kalshi-access-signature'] !== undefined
  if (signed) fake.signedQueries.push(url.search)
  const refusal =
    fake.restRefusals.shift() ?? (signed ? refusalOf(fake, request, url.pathname) : undefined)
  if (refusal !== undefined) {
    answer(refusal.status, refusal.body ?? { error: 'no' }, refusal.headers)
    return
  }
  const { searchParams } = url
  if (fake.onRest?.(searchParams, response)) return
  const series = searchParams.get('series_ticker')
  const status = searchParams.get('status')
  const all =
    status === 'open'
      ? fake.markets.open.map((ticker) => ({ ticker, status: 'active' }))
      : status === 'unopened'
        ? fake.markets.unopened
        : []
  const listed = all.filter(({ ticker }) => series === null || ticker.startsWith(`${series}-`))
  // Pages of three, so that paging is always used.
  const from = Number(searchParams.get('cursor') || 0)
  const next = from + 3 < listed.length ? String(from + 3) : ''
  answer(200, { markets: listed.slice(from, from + 3), cursor: next })
}
