// The nats-server of a data folder at the address that the Environments name: another address means another server, an address that
// is taken means none, and the running one continues.
import type { BusUser } from '#bus/users.ts'
import { SsmdError } from '#crds/errors.ts'
import { type NatsOptions, NatsServer } from './nats.ts'
import { loopbackAddress } from './nats-config.ts'
import { isFree } from './ports.ts'
import type { Snapshot } from './snapshot.ts'
import type { Steps } from './steps.ts'

export type OwnNatsOptions = NatsOptions & { readonly steps: Steps }

export class OwnNats {
  readonly #options: OwnNatsOptions
  #server: NatsServer | undefined
  #url: string | undefined

  constructor(options: OwnNatsOptions) {
    this.#options = options
  }

  /** Of the running server; undefined if all Environments use another one. */
  get url(): string | undefined {
    return this.#url
  }

  describe(): Snapshot['nats'] {
    if (this.#server === undefined || this.#url === undefined) return null
    const { state, trouble } = this.#server
    return { url: this.#url, state, trouble }
  }

  /** Runs a server at this URL with these users; resolves once it answers. */
  async use(
    url: string | undefined,
    users: readonly BusUser[],
    signal: AbortSignal
  ): Promise<void> {
    if (url === this.#url) return await this.#server?.letIn(users)
    const address = url === undefined ? undefined : loopbackAddress(url)
    if (this.#server && address) {
      const { host, port } = this.#server.address
      if (host === address.host && port === address.port) return await this.#server.letIn(users)
      // An edit that names a taken port must not stop the running server.
      if (!(await isFree(address.port, address.host)))
        throw new SsmdError(
          'SSMD_E_PORT_IN_USE',
          `nats-server: ${url} is in use by another program`,
          { hint: 'everything continues as before; choose another port' }
        )
    }
    await this.stop()
    if (url === undefined || address === undefined) return
    const server = new NatsServer(address, this.#options)
    await server.letIn(users)
    this.#server = server
    this.#url = url
    const { steps } = this.#options
    steps.begin('nats-server', url)
    await server.start(signal)
    steps.end('nats-server', url)
  }

  async stop(): Promise<void> {
    await this.#server?.stop()
    this.#server = undefined
    this.#url = undefined
  }

  hurry(): void {
    this.#server?.hurry()
  }
}
