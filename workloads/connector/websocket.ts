// One WebSocket to an exchange, as a source of raw frames. No compression (it costs fifty times the CPU), a bound
// on frame size and on the handshake, and every way it can fail told apart. Frames come as Buffers, never as strings.

import type { IncomingMessage } from 'node:http'
import { WebSocket } from 'ws'
import { SsmdError } from '#crds/errors.ts'
import {
  ExchangeError,
  type Failure,
  type Listener,
  type Request,
} from '#exchanges/protocol/adapter.ts'
import { failureOf, shownUrl, unreachable } from '#exchanges/protocol/failure.ts'

const HANDSHAKE_MS = 10_000
/** A Coinbase book is 5 MB in one frame; beyond this it is an attack or a fault. */
const MAX_FRAME_BYTES = 16 * 1024 * 1024
const MAX_ANSWER_BYTES = 2048
/** How long an exchange may take over its goodbye. */
const CLOSE_MS = 2_000

/** Dials; `listener` is told either `refused`, or `opened`, frames and `closed`. */
export function openWebSocket(
  request: Request,
  listener: Listener,
  options: { readonly signal: AbortSignal; readonly nowMs: () => number }
): void {
  const { signal, nowMs } = options
  let opened = false
  let ended = false
  let problem = ''
  let failed: Error | undefined
  let violation: Failure | undefined
  /** The code that we close with after a violation. */
  let ourCode = 1002
  let closing: NodeJS.Timeout | undefined
  const socket = new WebSocket(request.url, {
    headers: { ...request.headers },
    perMessageDeflate: false,
    maxPayload: MAX_FRAME_BYTES,
    handshakeTimeout: HANDSHAKE_MS,
    followRedirects: false,
    // A frame with broken UTF-8 is archived as bytes; ws would end the connection for it.
    skipUTF8Validation: true,
  })
  const end = (tell: () => void) => {
    if (ended) return
    ended = true
    clearTimeout(closing)
    signal.removeEventListener('abort', onAbort)
    tell()
  }
  const refuse = (failure: Failure) => end(() => listener.refused(failure))
  const onAbort = () => {
    if (!opened) socket.terminate()
  }
  signal.addEventListener('abort', onAbort, { once: true })

  socket.on('open', () => {
    opened = true
    listener.opened({
      send: (text) => socket.send(text),
      ping: () => socket.ping(),
      close() {
        socket.close(1000)
        closing ??= setTimeout(() => socket.terminate(), CLOSE_MS)
      },
      terminate: () => socket.terminate(),
    })
  })
  socket.on('message', (data: Buffer) => listener.frame(data))
  socket.on('ping', () => listener.ping())
  socket.on('pong', () => listener.pong())
  socket.on('unexpected-response', (_request, response: IncomingMessage) => {
    readAnswer(response, (body) => {
      refuse(failureOf(response.statusCode ?? 0, response.headers['retry-after'], body, nowMs()))
      socket.terminate()
    })
  })
  socket.on('error', (error: NodeJS.ErrnoException) => {
    failed = error
    problem = error.code === undefined ? error.message : `${error.code}: ${error.message}`
    if (isViolation(error)) {
      const message = `the exchange broke the WebSocket protocol: ${problem}`
      violation = { kind: 'protocol', message, status: 0, retryAfterMs: null }
      ourCode = CLOSE_CODES[error.code ?? ''] ?? 1002
    }
  })
  socket.on('close', (code: number, reason: Buffer) => {
    if (opened) {
      const said = reason.toString('utf8') || problem
      return end(() => listener.closed(violation ? ourCode : code, said, violation))
    }
    if (violation === undefined) return refuse(unreachable(request.url, failed))
    refuse({ ...violation, message: `${shownUrl(request.url)}: ${violation.message}` })
  })
}

const CLOSE_CODES: Readonly<Record<string, number>> = {
  WS_ERR_UNSUPPORTED_MESSAGE_LENGTH: 1009,
  WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH: 1009,
  WS_ERR_INVALID_UTF8: 1007,
}

/** Frames and answers that no server may send: no network does that. */
const isViolation = ({ code, message }: NodeJS.ErrnoException): boolean =>
  code === undefined
    ? /^(Invalid|Server sent) /.test(message)
    : code.startsWith('WS_ERR_') || code.startsWith('HPE_')

/** Any error of a dial as a failure. */
export function toFailure(thrown: unknown): Failure {
  if (thrown instanceof ExchangeError) return thrown.failure
  if (thrown instanceof SsmdError) {
    const { message, hint } = thrown
    const kind = thrown.code === 'SSMD_E_CREDENTIALS' ? 'unauthorized' : 'refused'
    return { kind, message, ...(hint === undefined ? {} : { hint }), status: 0, retryAfterMs: null }
  }
  const error = thrown as NodeJS.ErrnoException & { cause?: { code?: string; message?: string } }
  const message = error?.cause?.message ?? error?.message ?? String(thrown)
  // Node refuses to send it: no network is to blame, and no other attempt helps.
  const kind = error?.code?.startsWith('ERR_') ? 'refused' : 'network'
  return { kind, message, status: 0, retryAfterMs: null }
}

function readAnswer(response: IncomingMessage, done: (body: string) => void): void {
  let body = ''
  const finish = () => {
    clearTimeout(timer)
    response.removeAllListeners('data')
    done(body)
  }
  const timer = setTimeout(() => response.destroy(), CLOSE_MS)
  response.on('data', (chunk: Buffer) => {
    body += chunk.toString('utf8')
    if (body.length > MAX_ANSWER_BYTES) response.destroy()
  })
  response.once('close', finish)
  response.on('error', () => {}) // an answer cut short is an answer: `close` follows
}
