// Names and addresses of this computer. Without keys only they may stand in `Host`: a page of another site that rebinds its own
// name to 127.0.0.1 sends that name.

import { isIP } from 'node:net'

/** Of `--listen`, or of a Host header without its port. */
export function isLoopbackName(host: string): boolean {
  const name = host.toLowerCase().replace(/\.$/, '')
  if (name === 'localhost' || name.endsWith('.localhost')) return true
  const bare = name.replace(/^\[(.*)\]$/, '$1')
  if (isIP(bare) === 4) return bare.startsWith('127.')
  return bare === '::1' || /^::ffff:127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(bare)
}

/** The name of a Host header: `localhost:8080` → `localhost`, `[::1]:8080` → `[::1]`; empty if it is none. */
export function hostName(header: string | undefined): string {
  const match = /^(\[[0-9a-fA-F:.]{2,45}\]|[0-9A-Za-z._-]{1,253})(?::\d{1,5})?$/.exec(header ?? '')
  return match?.[1] ?? ''
}
