// Runs ssmd and kubectl for tools: a list of arguments, never a shell; bounded in time and output.

import { spawn } from 'node:child_process'

export type ProgramResult = {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
  /** Bytes of standard output that were left out behind the first ones. */
  readonly dropped: number
}

export type ProgramOptions = {
  readonly env: NodeJS.ProcessEnv
  readonly cwd?: string
  readonly signal: AbortSignal
  readonly timeoutMs: number
  readonly maxBytes: number
  readonly input?: string
}

/** Throws the reason of the signal, or an error that names the program if it cannot be started or takes too long. */
export function runProgram(
  file: string,
  args: readonly string[],
  { env, cwd, signal, timeoutMs, maxBytes, input }: ProgramOptions
): Promise<ProgramResult> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted()
    const child = spawn(file, args, { env, cwd, stdio: ['pipe', 'pipe', 'pipe'] })
    let isLate = false
    const end = (): void => void child.kill('SIGTERM')
    const timer = setTimeout(() => {
      isLate = true
      end()
    }, timeoutMs)
    signal.addEventListener('abort', end, { once: true })
    const out = collector(maxBytes)
    const errors = collector(16_384)
    child.stdout.on('data', out.add)
    child.stderr.on('data', errors.add)
    // It may end before it has read all.
    child.stdin.on('error', () => {})
    child.stdin.end(input ?? '')
    const settle = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
    }
    child.on('error', (error) => {
      settle()
      reject(error)
    })
    child.on('close', (code) => {
      settle()
      if (signal.aborted) return reject(signal.reason)
      if (isLate)
        return reject(new Error(`${file} ${args[0] ?? ''} took longer than ${timeoutMs / 1000} s`))
      resolve({
        code: code ?? 1,
        stdout: out.text(),
        stderr: errors.text(),
        dropped: out.dropped(),
      })
    })
  })
}

function collector(most: number) {
  const chunks: Buffer[] = []
  let bytes = 0
  let dropped = 0
  return {
    add: (chunk: Buffer): void => {
      const kept = chunk.subarray(0, Math.max(0, most - bytes))
      if (kept.length > 0) chunks.push(kept)
      bytes += kept.length
      dropped += chunk.length - kept.length
    },
    text: () => Buffer.concat(chunks).toString('utf8'),
    dropped: () => dropped,
  }
}
