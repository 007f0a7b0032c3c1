// A connection of `ssmd up` itself to NATS: tried until it stands, and kept. The server may come up later than we do; its
// own state is shown elsewhere.
import { setTimeout as sleep } from 'node:timers/promises'
import { connect, type NatsConnection } from 'nats'
import { fileAuthenticator } from '#bus/credentials.ts'
import { inboxPrefix } from '#bus/users.ts'

export type Dial = {
  readonly url: string
  readonly user: string
  /** NATS credentials or an NKey seed. */
  readonly credentialsFile: string | undefined
}

const RETRY_MS = 500

/** Undefined once the signal aborts. */
export async function dial(to: Dial, signal: AbortSignal): Promise<NatsConnection | undefined> {
  const { url, user, credentialsFile } = to
  while (!signal.aborted) {
    try {
      const nc = await connect({
        servers: url,
        name: `ssmd up (${user})`,
        maxReconnectAttempts: -1,
        reconnectTimeWait: RETRY_MS,
        ignoreAuthErrorAbort: true,
        inboxPrefix: inboxPrefix(user),
        ...(credentialsFile === undefined
          ? {}
          : { authenticator: fileAuthenticator(credentialsFile) }),
      })
      if (!signal.aborted) return nc
      await nc.close()
    } catch {
      await sleep(RETRY_MS, undefined, { signal, ref: false }).catch(() => undefined)
    }
  }
  return undefined
}
