// Connections to the API server, kept and reused: one pool for calls, one for watches, and one single
// connection that only the Lease uses, so that no queue of calls can delay a renewal. When certificates
// change, new connections use the new ones and the old ones end with the request they carry.

import { createHash } from 'node:crypto'
import http from 'node:http'
import https from 'node:https'
import type { Credentials } from './config.ts'

export type PoolName = 'calls' | 'watches' | 'lease'

type Pools = { readonly id: string; readonly agents: Readonly<Record<PoolName, http.Agent>> }

// Enough for 32 workers; more only queue inside the API server.
const MAX_CALL_SOCKETS = 32
// The API server closes a connection that was idle for 90 s; ours goes first, so that no request meets the close.
const IDLE_SOCKET_MS = 60_000

export class ConnectionPools {
  readonly #secure: boolean
  #current: Pools | undefined
  #old: Pools[] = []

  constructor(secure: boolean) {
    this.#secure = secure
  }

  /** The agent for these credentials. */
  agent(name: PoolName, tls: Credentials['tls']): http.Agent {
    const id = this.#idOf(tls)
    if (this.#current?.id !== id) {
      if (this.#current) this.#retire(this.#current)
      this.#current = { id, agents: this.#make(tls) }
    }
    return this.#current.agents[name]
  }

  /** Open sockets now, in use or free, for a metric and for tests. */
  get openSockets(): number {
    let open = 0
    for (const pools of [...this.#old, ...(this.#current ? [this.#current] : [])])
      for (const agent of Object.values(pools.agents))
        for (const lists of [agent.sockets, agent.freeSockets])
          for (const sockets of Object.values(lists)) open += sockets?.length ?? 0
    return open
  }

  close(): void {
    for (const pools of [...this.#old, ...(this.#current ? [this.#current] : [])])
      for (const agent of Object.values(pools.agents)) agent.destroy()
    this.#old = []
    this.#current = undefined
  }

  #make(tls: Credentials['tls']): Pools['agents'] {
    const make = (maxSockets: number) => {
      const options = {
        keepAlive: true,
        keepAliveMsecs: 15_000,
        maxSockets,
        // All of them: a burst of calls comes again, and what is idle goes after a minute anyway.
        maxFreeSockets: MAX_CALL_SOCKETS,
        scheduling: 'lifo' as const,
        timeout: IDLE_SOCKET_MS,
      }
      return this.#secure ? new https.Agent({ ...options, ...tls }) : new http.Agent(options)
    }
    return {
      calls: make(MAX_CALL_SOCKETS),
      watches: make(Number.POSITIVE_INFINITY),
      lease: make(1),
    }
  }

  #retire(pools: Pools): void {
    this.#old = this.#old.filter((old) => Object.values(old.agents).some(isUsed))
    this.#old.push(pools)
    for (const agent of Object.values(pools.agents)) {
      // Read by the agent when a request ends: the socket is closed instead of kept.
      ;(agent as http.Agent & { keepAlive: boolean }).keepAlive = false
      for (const sockets of Object.values(agent.freeSockets))
        for (const socket of sockets ?? []) socket.destroy()
    }
  }

  #idOf(tls: Credentials['tls']): string {
    if (!this.#secure) return 'plain'
    const hash = createHash('sha256')
    for (const part of [
      tls.ca,
      tls.cert,
      tls.key,
      tls.servername,
      String(tls.rejectUnauthorized),
    ]) {
      hash.update(part ?? '')
      hash.update('\0')
    }
    return hash.digest('hex')
  }
}

const isUsed = (agent: http.Agent): boolean =>
  Object.values(agent.sockets).some((sockets) => (sockets?.length ?? 0) > 0)
