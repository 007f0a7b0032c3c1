// Runs a program as a container would: it is process 1 of its own process namespace, its root is a read-only mount of
// an unpacked image, it is user 65532 and has no capability. What a container engine adds beyond (seccomp, cgroups, its
// own network) is not here.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { until } from '#testing/deadline.ts'
import { run } from '../../../operator/local/nats-server/run.ts'
import { USER } from '../layout.ts'

// Mounted places are made before, for the root is read-only afterwards.
const ENTER = `
set -e
mount --bind "$1" "$1"
mount -t proc proc "$1/proc"
mount -o remount,ro,bind "$1"
root=$1
shift
exec setpriv --no-new-privs chroot --userspec=${USER}:${USER} "$root" "$@"
`
const UNSHARE = ['--mount', '--pid', '--fork', '--propagation', 'private']
const LIMIT_MS = 20_000

/** Why programs cannot be run like this here, or undefined. */
export async function jailProblem(): Promise<string | undefined> {
  if (process.platform !== 'linux') return 'an image needs Linux to run'
  if (process.getuid?.() !== 0) return 'running an image without a container engine needs root'
  const tried = await run('unshare', [...UNSHARE, 'true']).catch(() => undefined)
  if (tried?.code === 0) return undefined
  return `namespaces cannot be made here: ${tried?.output.trim() ?? 'there is no unshare'}`
}

export type Jailed = {
  /** Process 1 of the jail, by its number outside. */
  readonly pid: number
  readonly output: () => string
  /** By force, if it has not ended yet. Ending unshare would not do: its child forgets that when it changes user. */
  readonly end: () => void
  /** Exit code; -1 where a signal ended it. */
  readonly exited: Promise<number>
}

export async function startJailed(
  root: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv
): Promise<Jailed> {
  await mkdir(join(root, 'proc'), { recursive: true })
  const child = spawn('unshare', [...UNSHARE, 'sh', '-c', ENTER, 'sh', root, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    // The tools on the way in are found by the path of this machine.
    env: { ...env, PATH: `${env.PATH ?? ''}:/usr/sbin:/usr/bin:/sbin:/bin` },
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString()
    })
  }
  const exited = once(child, 'close').then(([code]) => (code as number | null) ?? -1)
  let pid: number | undefined
  await until(LIMIT_MS, 'process 1 of the jail', () => {
    pid = childrenOf(child.pid ?? 0)[0]
    return pid !== undefined || child.exitCode !== null
  })
  const end = () => {
    if (pid !== undefined && isOpen(child)) process.kill(pid, 'SIGKILL')
  }
  process.once('exit', end)
  void exited.then(() => process.off('exit', end))
  return { pid: pid ?? 0, output: () => output, end, exited }
}

const isOpen = (child: ChildProcess): boolean =>
  child.exitCode === null && child.signalCode === null

/** Runs to its end. */
export async function runJailed(root: string, args: readonly string[], env: NodeJS.ProcessEnv) {
  const jailed = await startJailed(root, args, env)
  const code = await jailed.exited
  return { code, output: jailed.output() }
}

/** Children of a process, also those that have ended and were not collected. */
export function childrenOf(pid: number): number[] {
  try {
    const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim()
    return text === '' ? [] : text.split(' ').map(Number)
  } catch {
    return []
  }
}
