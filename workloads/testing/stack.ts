// Runs the roles as the operator will: child processes with resource files, for tests across processes.
// It knows the commands and their one `ready` line, and nothing of what is inside.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { within } from './deadline.ts'

const ENTRY = new URL('../../cli/main.ts', import.meta.url).pathname

export type LogLine = Readonly<Record<string, unknown>> & { readonly msg: string }

export type RunningRole = {
  readonly child: ChildProcess
  readonly ready: LogLine
  readonly lines: readonly LogLine[]
  /** Exit code, or null where a signal ended it. */
  readonly exited: Promise<number | null>
  /** SIGTERM, and the exit code. */
  stop(): Promise<number | null>
  kill(): Promise<void>
}

/** Starts `ssmd <args>` and waits for its `ready` line; its log is kept in `logFile` where one is given. */
export async function startRole(
  args: readonly string[],
  options: {
    env?: NodeJS.ProcessEnv
    logFile?: string
    /** Told before it is ready, for tests that stop it in its first moments. */
    onSpawn?: (child: ChildProcess) => void
  } = {}
): Promise<RunningRole> {
  const child = spawn(process.execPath, [ENTRY, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...options.env },
  })
  options.onSpawn?.(child)
  const exited = once(child, 'exit').then(([code]) => code as number | null)
  const sink = options.logFile ? createWriteStream(options.logFile, { flags: 'a' }) : undefined
  const lines: LogLine[] = []
  const errors: string[] = []
  child.stderr?.on('data', (chunk: Buffer) => {
    errors.push(chunk.toString())
    sink?.write(chunk)
  })
  const ready = new Promise<LogLine>((resolve, reject) => {
    createInterface({ input: child.stdout! }).on('line', (text) => {
      sink?.write(`${text}\n`)
      if (!text.startsWith('{')) return
      const line = JSON.parse(text) as LogLine
      if (lines.length < 10_000) lines.push(line)
      if (line.msg === 'ready') resolve(line)
    })
    void exited.then((code) =>
      reject(
        new Error(
          `ssmd ${args.join(' ')}: ended with ${code} before it was ready\n${lines.map((l) => JSON.stringify(l)).join('\n')}\n${errors.join('')}`
        )
      )
    )
  })
  return {
    child,
    ready: await within(30_000, `ssmd ${args[0]} ready`, ready),
    lines,
    exited,
    async stop() {
      child.kill('SIGTERM')
      return within(30_000, `ssmd ${args[0]} stopped`, exited)
    },
    async kill() {
      child.kill('SIGKILL')
      await exited
    },
  }
}

/** Writes resource files into a folder and returns their paths, by kind in small letters. */
export function writeResources<K extends string>(
  folder: string,
  resources: Readonly<Record<K, string>>
): Record<K, string> {
  mkdirSync(folder, { recursive: true })
  const paths = {} as Record<K, string>
  for (const [kind, text] of Object.entries<string>(resources)) {
    const path = join(folder, `${kind}.yaml`)
    writeFileSync(path, text)
    paths[kind as K] = path
  }
  return paths
}
