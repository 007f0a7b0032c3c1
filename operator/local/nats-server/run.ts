// Runs another program to its end and returns its output: the only file of this room that starts processes.

import { spawn } from 'node:child_process'
import { SsmdError } from '#crds/errors.ts'

export type Ran = { readonly code: number; readonly output: string }

export type Run = (
  file: string,
  args: readonly string[],
  options?: { cwd?: string; env?: NodeJS.ProcessEnv; limitMs?: number }
) => Promise<Ran>

/** Exit code and everything printed (stdout and stderr as they came); rejects when it cannot be started. */
export const run: Run = (file, args, options = {}) =>
  new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    // The `timeout` of spawn would keep our process open for that time if the program cannot be started.
    const { limitMs } = options
    const limit =
      limitMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), limitMs)
    const chunks: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk))
    child.on('error', (cause) => {
      clearTimeout(limit)
      reject(new SsmdError('SSMD_E_IO', `starting ${file} failed: ${cause.message}`, { cause }))
    })
    child.on('exit', () => clearTimeout(limit))
    child.on('close', (code, signal) => {
      const output = Buffer.concat(chunks).toString('utf8')
      resolve({
        code: code ?? 1,
        output: signal === null ? output : `${output}\n(ended by ${signal})`,
      })
    })
  })
