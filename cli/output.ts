// How commands speak: results on standard output, everything else on standard error. A reader that goes away
// (`| head`) ends the command quietly; an error is one line with its code, and one with what to do.
import { once } from 'node:events'
import { writeSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import { styleText } from 'node:util'
import { toSsmdError } from '#crds/errors.ts'
import { clean } from './text.ts'

export type Output = 'table' | 'json'
/** `wide`: the table with more columns. */
export type WideOutput = Output | 'wide'

const isBrokenPipe = ({ code }: NodeJS.ErrnoException): boolean =>
  code === 'EPIPE' || code === 'ERR_STREAM_DESTROYED'

/** Output that cannot be written ends the process: silently with 0 if its reader is gone, else with one line and 1. */
export function endWithOutput(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (isBrokenPipe(error)) process.exit(0)
      sayUnwritten(error)
      process.exit(1)
    })
  }
}

/** For a program that does more than print: its work ends in order, or continues, when its output cannot be written. */
export function outliveOutput(onBroken: () => void = () => {}): void {
  let said = false
  for (const stream of [process.stdout, process.stderr]) {
    stream.removeAllListeners('error')
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (!isBrokenPipe(error) && !said) {
        said = true
        process.exitCode = 1
        sayUnwritten(error)
      }
      onBroken()
    })
  }
}

/** On standard error, past its stream: that one may be what fails. */
function sayUnwritten(error: NodeJS.ErrnoException): void {
  const { code } = toSsmdError(error)
  try {
    writeSync(2, `ssmd: cannot write the output: ${error.message} (${code})\n`)
  } catch {
    // Neither takes it: the exit code says it.
  }
}

/** Writes to standard output and waits where the reader is slower. */
export async function write(text: string | Uint8Array): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, 'drain')
}

export async function writeLines(lines: readonly string[]): Promise<void> {
  if (lines.length > 0) await write(`${lines.join('\n')}\n`)
}

/** The whole result of a command as one JSON document. */
export async function writeJson(value: unknown): Promise<void> {
  await write(`${JSON.stringify(value, null, 2)}\n`)
}

/** Columns of the terminal, or undefined where standard output is none: nothing is cut for a file or a pipe. */
export function terminalWidth(): number | undefined {
  return process.stdout.isTTY ? Math.max(process.stdout.columns || 80, 20) : undefined
}

/** Everything written so far is out; `process.exit` would cut a slow pipe short. */
export async function flush(): Promise<void> {
  // What failed is told in the next turn: not before it has ended the process with its own code.
  await setImmediate()
  for (const stream of [process.stdout, process.stderr]) {
    if (stream.writableLength > 0)
      await new Promise<void>((resolve) => stream.write('', () => resolve()))
  }
}

/** `ssmd: what happened (CODE)` and, below it, what to do. */
export function printError(thrown: unknown): void {
  const error = toSsmdError(thrown)
  const head = styleText('red', 'ssmd:', { stream: process.stderr })
  process.stderr.write(`${head} ${clean(error.message)} (${error.code})\n`)
  if (error.hint) process.stderr.write(`  ${clean(error.hint)}\n`)
  const cause = error.code === 'SSMD_E_INTERNAL' ? (error.cause ?? error) : undefined
  if (cause instanceof Error && cause.stack) process.stderr.write(`${cause.stack}\n`)
}
