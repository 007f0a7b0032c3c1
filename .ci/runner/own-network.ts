// A network in which only loopback exists: some servers listen on every address and no flag says otherwise. Linux gives it to
// root, and to others where it lets them be root in a namespace of their own.

import { run } from '../../operator/local/nats-server/run.ts'

const UP = 'ip link set lo up && exec "$@"'
/** It takes a moment; on a machine that hardly moves, some more. */
const LIMIT_MS = 60_000
const WAYS: readonly (readonly string[])[] = [['--net'], ['--user', '--map-root-user', '--net']]

/** What to put before a command; undefined where this system gives no such network. */
export async function ownNetwork(
  env: NodeJS.ProcessEnv = process.env
): Promise<readonly string[] | undefined> {
  for (const way of WAYS) {
    const prefix = ['unshare', ...way, '--', 'sh', '-c', UP, 'sh']
    const [program = '', ...args] = [...prefix, 'true']
    const tried = await run(program, args, { env, limitMs: LIMIT_MS }).catch(() => undefined)
    if (tried?.code === 0) return prefix
  }
  return undefined
}
