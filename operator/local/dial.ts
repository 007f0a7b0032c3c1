// A connection of `ssmd up` itself to NATS: tried until it stands, and kept. The server may come up later than we do; its
// own state is shown elsewhere.
import { setTimeout as sleep } from 'node:timers/promises'
import { type ConnectionOptions, connect, type NatsConnection } from 'nats'
import { fileAuthenticator } from '#bus/credentials.ts'
import { inboxPrefix } from '#bus/users.ts'

export type Dial = {
  readonly url: string
  readonly user: string
  /** NATS credentials or an NKey seed. */
  readonly credentialsFile: string | undefined
}

const RETRY_MS = 500
// Of this computer, as a rule.
const TIMEOUT_MS = 2000

const optionsOf = ({ url, user, credentialsFile }: Dial): ConnectionOptions => ({
  servers: url,
  name: `ssmd up (${user})`,
  timeout: TIMEOUT_MS,
  inboxPrefix: inboxPrefix(user),
  ...(credentialsFile === undefined ? {} : { authenticator: fileAuthenticator(credentialsFile) }),
})

/** Undefined once the signal aborts. */
export async function dial(to: Dial, signal: AbortSignal): Promise<NatsConnection | undefined> {
  while (!signal.aborted) {
    try {
      const nc = await connect({
        ...optionsOf(to),
        maxReconnectAttempts: -1,
        reconnectTimeWait: RETRY_MS,
        ignoreAuthErrorAbort: true,
      })
      if (!signal.aborted) return nc
      await nc.close()
    } catch {
      await sleep(RETRY_MS, undefined, { signal, ref: false }).catch(() => undefined)
    }
  }
  return undefined
}

/** Whether the server knows this user now. */
export async function isLetIn(to: Dial): Promise<boolean> {
  try {
    await (await connect({ ...optionsOf(to), reconnect: false })).close()
    return true
  } catch {
    return false
  }
}
