// A wire between the operator and an API server that a test can disturb: it counts connections, goes silent without closing
// (as a firewall that forgot us), cuts, and slows. It looks at bytes and understands none of them.

import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

export type TcpProxy = {
  readonly port: number
  /** Connections accepted since the start, and open now. */
  readonly accepted: number
  readonly open: number
  /** Passes nothing on, in either direction, on connections that are open and to come; they stay open. */
  silence(): void
  /** Passes on again, on new connections; silent ones stay silent. */
  heal(): void
  /** Resets every open connection. */
  cut(): void
  /** Passes on answers only after so many milliseconds. */
  delay(ms: number): void
  close(): Promise<void>
}

type Pair = { readonly down: Socket; readonly up: Socket; silent: boolean }

export async function startTcpProxy(target: { host: string; port: number }): Promise<TcpProxy> {
  const pairs = new Set<Pair>()
  let accepted = 0
  let silent = false
  let delayMs = 0
  const server = createServer((down) => {
    accepted++
    const up = connect(target.port, target.host)
    const pair: Pair = { down, up, silent }
    pairs.add(pair)
    const end = () => {
      pairs.delete(pair)
      down.destroy()
      up.destroy()
    }
    for (const socket of [down, up]) {
      socket.setNoDelay(true)
      socket.on('error', end)
      socket.on('close', end)
    }
    down.on('data', (chunk) => {
      if (!pair.silent) up.write(chunk)
    })
    up.on('data', (chunk) => {
      if (pair.silent) return
      if (delayMs === 0) down.write(chunk)
      else setTimeout(() => !pair.silent && down.write(chunk), delayMs)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as { port: number }).port,
    get accepted() {
      return accepted
    },
    get open() {
      return pairs.size
    },
    silence() {
      silent = true
      for (const pair of pairs) pair.silent = true
    },
    heal() {
      silent = false
    },
    cut() {
      for (const { down, up } of pairs) {
        down.resetAndDestroy()
        up.resetAndDestroy()
      }
    },
    delay(ms) {
      delayMs = ms
    },
    async close() {
      for (const { down, up } of pairs) {
        down.destroy()
        up.destroy()
      }
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
