// Which nats-server `ssmd up` runs, where its files are, and its configuration. Pure.
import { join } from 'node:path'
import type { Layout } from './layout.ts'
import { type KeyedUser, usersConfig } from './users.ts'

export type LoopbackAddress = { readonly host: string; readonly port: number }

const DEFAULT_PORT = 4222

/** The address of a NATS URL if it is on the loopback interface; undefined for a server that we do not run. */
export function loopbackAddress(url: string): LoopbackAddress | undefined {
  const parsed = new URL(url)
  const host = parsed.hostname.replace(/^\[(.*)\]$/, '$1')
  const port = parsed.port === '' ? DEFAULT_PORT : Number(parsed.port)
  if (host === 'localhost' || /^127(\.\d{1,3}){3}$/.test(host))
    return { host: host === 'localhost' ? '127.0.0.1' : host, port }
  return host === '::1' ? { host, port } : undefined
}

export type NatsFiles = {
  readonly config: string
  readonly log: string
  readonly pid: string
  readonly store: string
}

export const natsFiles = (layout: Layout): NatsFiles => ({
  config: join(layout.home, 'nats-server.conf'),
  log: join(layout.logs, 'nats-server.log'),
  pid: join(layout.home, 'nats-server.pid'),
  store: layout.nats,
})

/** The configuration file, pure. */
export function natsConfig(
  address: LoopbackAddress,
  files: NatsFiles,
  users: readonly KeyedUser[]
): string {
  const text = (value: string) => JSON.stringify(value)
  return `# Written by ssmd up at each start; edits are lost.
server_name: ssmd-local
listen: ${text(address.host.includes(':') ? `[${address.host}]:${address.port}` : `${address.host}:${address.port}`)}
pid_file: ${text(files.pid)}
log_file: ${text(files.log)}
log_size_limit: 10MB
log_max_num: 3
# A block holds frames of a few milliseconds, or one large frame.
max_payload: 8MB
jetstream {
  store_dir: ${text(files.store)}
  # An acknowledged block is on the disk.
  sync_interval: always
  max_memory_store: 64MB
  # Every stream reserves its own bound; this one must only be larger than their sum.
  max_file_store: 4TB
}
${usersConfig(users)}`
}
