// How commands speak: results on standard output, everything else on standard error. A reader that goes away
// (`| head`) ends the command quietly; an error is one line with its code, and one with what to do.
import { once } from 'node:events'
import { styleText } from 'node:util'
import { SsmdError, toSsmdError } from '#crds/errors.ts'
import { clean } from './text.ts'

export type Output = 'table' | 'json'

/** Ends the process with 0 and without a word when nobody reads standard output any more. */
export function endQuietlyOnBrokenPipe(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED') process.exit(0)
      throw error
    })
  }
}

/** For a program that does more than print: whoever read its output may go, the work goes on. */
export function goOnWithBrokenPipe(onBroken: () => void = () => {}): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.removeAllListeners('error')
    stream.on('error', onBroken)
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

export const usageError = (message: string, hint?: string): SsmdError =>
  new SsmdError('SSMD_E_USAGE', message, hint === undefined ? {} : { hint })
