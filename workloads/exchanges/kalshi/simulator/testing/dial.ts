// A client of Kalshi's protocol for tests: makes a key, registers it, signs, and keeps every frame that comes
// as text. Written against the protocol, with nothing of the simulator's own in it.
import { constants, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { WebSocket } from 'ws'
import { until, within } from '#testing/deadline.ts'

export type TestKey = { readonly id: string; readonly privateKey: KeyObject; readonly pem: string }

// Made once: making one takes a tenth of a second.
const PAIR = generateKeyPairSync('rsa', { modulusLength: 2048 })

export const testKey = (id = 'test-key'): TestKey => ({
  id,
  privateKey: PAIR.privateKey,
  pem: PAIR.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
})

export const httpOf = (url: string): string => url.replace(/^ws/, 'http')

export async function register(url: string, key: TestKey): Promise<Response> {
  return fetch(`${httpOf(url)}/simulator/keys`, {
    method: 'POST',
    body: JSON.stringify({ keyId: key.id, publicKey: key.pem }),
  })
}

export function signedHeaders(key: TestKey, nowMs = Date.now(), saltLength = 32) {
  const at = String(nowMs)
  const signature = sign('sha256', Buffer.from(`${at}GET/trade-api/ws/v2`), {
    key: key.privateKey,
    padding: constants.RSA_PKCS1_PSS_PADDING,
    saltLength,
  })
  return {
    'KALSHI-ACCESS-KEY': key.id,
    'KALSHI-ACCESS-TIMESTAMP': at,
    'KALSHI-ACCESS-SIGNATURE': signature.toString('base64'),
  }
}

export type TestClient = {
  readonly socket: WebSocket
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly frames: string[]
  readonly pings: string[]
  /** Close code, once it is closed. */
  readonly closed: Promise<number>
  send(command: object): void
  /** The first frame, from `from` on, that satisfies the pattern. */
  frame(pattern: RegExp, from?: number): Promise<string>
  close(): Promise<void>
}

/** Connects; rejects with the status of a refusal. */
export async function dial(
  url: string,
  options: {
    key?: TestKey
    headers?: Record<string, string>
    path?: string
    autoPong?: boolean
  } = {}
): Promise<TestClient> {
  const key = options.key ?? testKey()
  const socket = new WebSocket(url + (options.path ?? '/trade-api/ws/v2'), {
    headers: options.headers ?? signedHeaders(key),
    perMessageDeflate: false,
    autoPong: options.autoPong ?? true,
  })
  const frames: string[] = []
  const pings: string[] = []
  let headers: TestClient['headers'] = {}
  socket.on('upgrade', (response) => {
    headers = response.headers
  })
  socket.on('message', (data) => frames.push(String(data)))
  socket.on('ping', (data) => pings.push(String(data)))
  const closed = new Promise<number>((resolve) => socket.on('close', (code) => resolve(code)))
  await within(
    5_000,
    'connected',
    new Promise<void>((resolve, reject) => {
      socket.on('open', () => resolve())
      socket.on('unexpected-response', (_request, response) => {
        const parts: Buffer[] = []
        response.on('data', (part: Buffer) => parts.push(part))
        response.on('end', () =>
          reject(
            Object.assign(new Error(`refused with ${response.statusCode}`), {
              status: response.statusCode,
              headers: response.headers,
              body: Buffer.concat(parts).toString(),
            })
          )
        )
      })
      socket.on('error', reject)
    })
  )
  return {
    socket,
    headers,
    frames,
    pings,
    closed,
    send: (command) => socket.send(JSON.stringify(command)),
    async frame(pattern, from = 0) {
      let found: string | undefined
      await until(5_000, String(pattern), () => {
        found = frames.slice(from).find((text) => pattern.test(text))
        return found !== undefined
      })
      return found as string
    },
    async close() {
      socket.terminate()
      await within(5_000, 'closed', closed)
    },
  }
}
