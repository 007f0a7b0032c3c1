// Runs the real `ssmd` in a child process, as a shell would.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { within } from '#testing/deadline.ts'

export const ENTRY: string = new URL('../main.ts', import.meta.url).pathname

export type Ran = {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export type RunOptions = {
  readonly env?: NodeJS.ProcessEnv
  readonly cwd?: string
  /** A file that standard output goes to, in place of being collected. */
  readonly stdout?: string
  /** Sees the child once it runs. */
  readonly onStart?: (child: ChildProcess) => void
}

/** Runs `ssmd <args>` to its end. */
export async function runSsmd(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const out = options.stdout === undefined ? 'pipe' : openSync(options.stdout, 'w')
  const child = spawn(process.execPath, [ENTRY, ...args], {
    stdio: ['ignore', out, 'pipe'],
    env: { ...process.env, NO_COLOR: '1', ...options.env },
    cwd: options.cwd,
  })
  let stdout = ''
  let stderr = ''
  if (typeof out === 'number') closeSync(out)
  child.stdout?.on('data', (data: Buffer) => {
    stdout += data.toString()
  })
  child.stderr?.on('data', (data: Buffer) => {
    stderr += data.toString()
  })
  options.onStart?.(child)
  try {
    const [code] = (await within(60_000, `ssmd ${args.join(' ')}`, once(child, 'close'))) as [
      number | null,
    ]
    return { code, stdout, stderr }
  } finally {
    child.kill('SIGKILL')
  }
}
