// The one way to connect to NATS: retries without limit, reconnects without limit, and logs each change. A wrong password is
// retried too, because credentials are rotated while programs run. No secret is logged.

import {
  type ConnectionOptions,
  connect,
  DebugEvents,
  ErrorCode,
  Events,
  type NatsConnection,
  type NatsError,
  type Status,
} from 'nats'
import type { Logger } from 'pino'
import { SsmdError } from '#crds/errors.ts'
import { backoffMs, pause } from '#role/backoff.ts'
import { fileAuthenticator, textAuthenticator } from './credentials.ts'
import { watchStatus } from './status-watch.ts'
import { inboxPrefix } from './users.ts'

export type BusOptions = {
  /** `nats://host:port`, several with commas; `tls://` insists on TLS; `user:password@` or `token@` is taken from it. */
  readonly url: string
  /** Shown by the server beside the connection. */
  readonly name: string
  /** Default: none, for a caller that shows the connection itself. */
  readonly log?: Logger
  /** Ends the wait for the first connection; the caller closes what it got. */
  readonly signal: AbortSignal
  /** NATS credentials or an NKey seed; read again at each dial. */
  readonly credentialsFile?: string | undefined
  /** The contents of such a file, instead of its path. */
  readonly credentials?: string | undefined
  /** Called with the reason of a failed attempt, if it differs from the last one. */
  readonly onFailure?: (reason: string) => void
  /** The user whose inbox is used. @default the client library's */
  readonly user?: string
  /** Default Math.random. */
  readonly random?: () => number
}

const FIRST = { baseMs: 250, capMs: 5_000 }
// A dead peer is noticed after 2 unanswered pings: half a minute instead of the client's six.
const PING_MS = 10_000
const MAX_PINGS_OUT = 2
const REFUSED_HINT =
  'give credentials that this server knows: --nats-creds (beside ssmd up: data/.ssmd/users/<name>.nk), or transport.credentialsRef'

/** Resolves once connected; rejects with `signal.reason` if it aborts before, and with SSMD_E_NATS for an invalid URL. */
export async function connectBus(options: BusOptions): Promise<NatsConnection> {
  const { log, signal } = options
  const random = options.random ?? Math.random
  const target = connectionOptions(options, random)
  const servers = (target.servers as string[]).join(',')
  let shown = ''
  for (let attempt = 0; ; attempt++) {
    signal.throwIfAborted()
    try {
      const nc = await untilAborted(connect(target), signal)
      log?.info({ servers, server: nc.getServer() }, 'connected to NATS')
      if (log) watchStatus(nc, (status) => logStatus(log, servers, status))
      return nc
    } catch (error) {
      signal.throwIfAborted()
      const { message: reason, code } = error as NatsError
      if (reason !== shown) {
        shown = reason
        const hint = code === ErrorCode.AuthorizationViolation ? REFUSED_HINT : undefined
        log?.warn({ servers, reason, hint }, 'NATS cannot be reached; retrying')
        options.onFailure?.(reason)
      }
      await pause(backoffMs(attempt, FIRST, random), signal)
    }
  }
}

function connectionOptions(options: BusOptions, random: () => number): ConnectionOptions {
  const urls = options.url.split(',').map((text) => parseUrl(text.trim()))
  const { username, password } = urls[0]!
  const { credentialsFile: file, credentials } = options
  return {
    servers: urls.map((url) => url.host),
    name: options.name,
    timeout: 5_000,
    reconnect: true,
    maxReconnectAttempts: -1,
    reconnectDelayHandler: () => backoffMs(0, { baseMs: 250, capMs: 500 }, random),
    ignoreAuthErrorAbort: true,
    pingInterval: PING_MS,
    maxPingOut: MAX_PINGS_OUT,
    noAsyncTraces: true,
    ...(urls.some((url) => url.protocol === 'tls:') ? { tls: {} } : {}),
    ...(username && password ? { user: username, pass: password } : {}),
    ...(username && !password ? { token: username } : {}),
    ...(file ? { authenticator: fileAuthenticator(file) } : {}),
    ...(credentials ? { authenticator: textAuthenticator(credentials) } : {}),
    ...(options.user ? { inboxPrefix: inboxPrefix(options.user) } : {}),
  }
}

type Target = { host: string; protocol: string; username: string; password: string }

function parseUrl(text: string): Target {
  const refuse = (cause?: unknown): never => {
    // Without the text itself, which may hold a password.
    throw new SsmdError('SSMD_E_NATS', 'the URL of NATS is not nats://host:port', {
      hint: 'for instance nats://127.0.0.1:4222',
      cause,
    })
  }
  const url = URL.parse(text.includes('://') ? text : `nats://${text}`)
  if (!url?.hostname || (url.protocol !== 'nats:' && url.protocol !== 'tls:')) return refuse()
  return {
    host: `${url.hostname}:${url.port || 4222}`,
    protocol: url.protocol,
    username: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
  }
}

function logStatus(log: Logger, servers: string, status: Status): void {
  switch (status.type) {
    case Events.Disconnect:
      log.warn({ servers, server: status.data }, 'connection to NATS lost')
      return
    case Events.Reconnect:
      log.info({ servers, server: status.data }, 'connected to NATS again')
      return
    case Events.Error:
      log.warn({ servers, reason: status.data }, 'NATS reports an error')
      return
    case DebugEvents.StaleConnection:
      log.warn({ servers }, 'NATS answers no ping; redialling')
      return
    default:
  }
}

/** The connection of `promise`; if the signal aborts first, the connection is closed once it is open. */
async function untilAborted(
  promise: Promise<NatsConnection>,
  signal: AbortSignal
): Promise<NatsConnection> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      reject(signal.reason)
      promise.then(
        (nc) => nc.close(),
        () => undefined
      )
    }
    signal.addEventListener('abort', abort, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}
