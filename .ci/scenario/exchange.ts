// The exchange of the scenario: `ssmd simulator` as a process of the node, outside of any pod, so that nothing that happens
// to pods happens to it. It writes down what it sends; each life has a journal of its own.

import { generateKeyPairSync } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type RunningRole, startRole } from '#testing/stack.ts'

export type ApiKey = {
  readonly keyId: string
  readonly privateKey: string
  readonly publicKey: string
}

export function makeKey(keyId: string): ApiKey {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  return {
    keyId,
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  }
}

export class Exchange {
  readonly #folder: string
  readonly #host: string
  readonly #rate: number
  #role: RunningRole | undefined
  #keys: readonly ApiKey[]
  #lives = 0

  /** `rate`: frames a second; default 300. */
  constructor(o: { folder: string; host: string; keys: readonly ApiKey[]; rate?: number }) {
    this.#folder = o.folder
    this.#rate = o.rate ?? 300
    this.#host = o.host
    this.#keys = o.keys
  }

  get endpoint(): string {
    return `ws://${this.#host}:8980/trade-api/ws/v2`
  }

  get restEndpoint(): string {
    return `http://${this.#host}:8980/trade-api/v2`
  }

  async start(): Promise<void> {
    this.#lives++
    this.#role = await startRole(
      [
        ...['simulator', 'kalshi', '--host', this.#host, '--port', '8980'],
        // Another market in each life, so that nobody can take one for the other.
        ...['--rate', String(this.#rate), '--seed', String(this.#lives)],
        ...['--journal', this.#journal(this.#lives)],
      ],
      { logFile: join(this.#folder, 'exchange.log') }
    )
    for (const key of this.#keys) await this.#register(key)
  }

  /** Accepts this key too. */
  async accept(key: ApiKey): Promise<void> {
    this.#keys = [...this.#keys, key]
    await this.#register(key)
  }

  /** From the next life on only these are accepted. */
  acceptOnly(...keys: readonly ApiKey[]): void {
    this.#keys = keys
  }

  /** Its journal is complete once it has stopped. */
  async stop(): Promise<void> {
    await this.#role?.stop()
    this.#role = undefined
  }

  async kill(): Promise<void> {
    await this.#role?.kill()
    this.#role = undefined
  }

  /** What it sent in the lives that have ended. */
  journals(): string[] {
    const ended = this.#role === undefined ? this.#lives : this.#lives - 1
    return Array.from({ length: ended }, (_, i) => readFileSync(this.#journal(i + 1), 'utf8'))
  }

  #journal(life: number): string {
    return join(this.#folder, `sent-${life}.jsonl`)
  }

  async #register({ keyId, publicKey }: ApiKey): Promise<void> {
    const response = await fetch(`http://${this.#host}:8980/simulator/keys`, {
      method: 'POST',
      body: JSON.stringify({ keyId, publicKey }),
    })
    if (response.status !== 201) throw new Error(`the exchange refuses a key: ${response.status}`)
  }
}
