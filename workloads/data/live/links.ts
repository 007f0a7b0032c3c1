// The connections to the NATS of each Environment. A server that is down at the start or later stops nothing: it is dialled until it
// answers, and meanwhile what depends on it says so.

import type { NatsConnection } from 'nats'
import { connectBus } from '#bus/connect.ts'
import { reportSubjects } from '#bus/names.ts'
import { watchUpDown } from '#bus/status-watch.ts'
import { describeError, SsmdError } from '#crds/errors.ts'
import { pause } from '#role/backoff.ts'
import type { Logger } from '#role/run.ts'
import type { LiveEnvironment } from './environments.ts'
import { LiveNow } from './now.ts'

export type LinksOptions = {
  readonly environments: readonly LiveEnvironment[]
  /** Name of this program's user on NATS, where its permissions are ours. @default data-api */
  readonly user?: string
  readonly log: Logger
}

/** Between two subscriptions that a server refused: its permissions may change. */
const REFUSED_MS = 5_000

export class Links {
  readonly now: LiveNow
  readonly environments: readonly LiveEnvironment[]
  readonly #o: LinksOptions
  readonly #stop = new AbortController()
  readonly #connections = new Map<string, NatsConnection>()
  readonly #listening: Promise<void>[]
  /** Called with the Environment whose connection went down or came up. */
  readonly #watchers = new Set<(environment: string) => void>()

  /** Begins to dial. */
  constructor(options: LinksOptions) {
    this.#o = options
    this.environments = options.environments
    this.now = new LiveNow(options.environments)
    this.#listening = options.environments.map((environment) => this.#keep(environment))
  }

  /** Throws SSMD_E_NATS while the NATS of an Environment is not connected. */
  connection(environment: string): NatsConnection {
    const nc = this.#connections.get(environment)
    if (nc !== undefined && !nc.isClosed() && this.now.isConnected(environment)) return nc
    throw new SsmdError('SSMD_E_NATS', `NATS of Environment ${environment} is not connected`, {
      hint: 'try again later: the server keeps dialling, and /v1/live says when it is back',
    })
  }

  /** Calls `on` with the name of an Environment when its connection went down or came up, until disposed. */
  watch(on: (environment: string) => void): Disposable {
    this.#watchers.add(on)
    return { [Symbol.dispose]: () => this.#watchers.delete(on) }
  }

  async close(): Promise<void> {
    this.#stop.abort()
    await Promise.all([...this.#connections.values()].map((nc) => nc.close()))
    await Promise.all(this.#listening)
  }

  async #keep(environment: LiveEnvironment): Promise<void> {
    const { signal } = this.#stop
    while (!signal.aborted) {
      try {
        await this.#listen(environment)
      } catch (thrown) {
        if (signal.aborted) return
        const reason = describeError(thrown)
        this.#o.log.warn({ environment: environment.name, reason }, 'what is live is not known')
        this.#down(environment.name, reason)
      }
      await pause(REFUSED_MS, signal)
    }
  }

  /** Connects, and follows the reports until the connection is closed or the subscription refused. */
  async #listen({ name, url, credentialsFile }: LiveEnvironment): Promise<void> {
    const { signal } = this.#stop
    const nc = await connectBus({
      url,
      name: 'ssmd data-api',
      user: this.#o.user ?? 'data-api',
      credentialsFile,
      log: this.#o.log,
      signal,
      onFailure: (reason) => this.#down(name, `NATS cannot be reached: ${reason}`),
    })
    this.#connections.set(name, nc)
    const status = watchUpDown(nc, {
      down: () => this.#down(name, 'the connection to NATS was lost'),
      up: () => this.#up(name),
    })
    try {
      if (signal.aborted) return
      this.#up(name)
      for await (const { data } of nc.subscribe(reportSubjects(name))) this.now.take(name, data)
    } finally {
      status.close()
      this.#connections.delete(name)
      await nc.close()
      this.#down(name, 'the connection to NATS was closed')
    }
  }

  #up(environment: string): void {
    this.now.connected(environment)
    for (const on of this.#watchers) on(environment)
  }

  #down(environment: string, message: string): void {
    this.now.disconnected(environment, message)
    for (const on of this.#watchers) on(environment)
  }
}
