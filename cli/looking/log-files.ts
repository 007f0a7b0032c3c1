// The logs that `ssmd up` keeps: which files are of a feed, an archive or a signal, their last lines, and what is written to them from now on.

import { open, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { SsmdError } from '#crds/errors.ts'
import { nearest } from '#crds/suggest.ts'

/** More than the longest tail that one reads. */
const TAIL_BYTES = 4 * 1024 * 1024
const CHUNK_BYTES = 65_536
const LOOK_MS = 300

/** The programs that have a log, by name. */
export const programsIn = async (folder: string): Promise<string[]> =>
  (await readdir(folder).catch(() => []))
    .flatMap((name) => /^(.+)\.log$/.exec(name)?.[1] ?? [])
    .sort()

/** The programs of a feed, of an archive, of a signal, or the one of that name. Throws SSMD_E_NOT_FOUND with what there is. */
export function programsOf(name: string, programs: readonly string[]): string[] {
  const exact = programs.filter((one) => one === name)
  if (exact.length > 0) return exact
  const isOf = (program: string): boolean =>
    program === `archiver-${name}` ||
    program === `signal-${name}` ||
    (/^(connector|simulator)-/.test(program) &&
      (program.endsWith(`-${name}`) || program.replace(/-\d+$/, '').endsWith(`-${name}`)))
  const found = programs.filter(isOf)
  if (found.length > 0) return found
  const near = nearest(name, [...programs, ...programs.flatMap(partsOf)])
  const list = programs.length === 0 ? 'there is none yet' : `there is: ${programs.join(', ')}`
  throw new SsmdError('SSMD_E_NOT_FOUND', `no program of ${JSON.stringify(name)} has a log`, {
    hint: near === undefined ? list : `did you mean ${near}?`,
  })
}

/** What a person may have meant: `local-kalshi` and `kalshi` of `connector-local-kalshi`. */
const partsOf = (program: string): string[] =>
  program.split('-').map((_, i, words) => words.slice(i).join('-'))

export type Tail = { readonly lines: readonly string[]; readonly end: number }

/** The last lines of a file, and where it ended. */
export async function tailOf(path: string, count: number): Promise<Tail> {
  await using file = await open(path)
  const { size } = await file.stat()
  const from = Math.max(0, size - TAIL_BYTES)
  const { buffer, bytesRead } = await file.read(Buffer.alloc(size - from), 0, size - from, from)
  const text = buffer.toString('utf8', 0, bytesRead)
  const lines = text.split('\n')
  // What follows the last line break is not whole yet.
  const rest = lines.pop() ?? ''
  if (from > 0) lines.shift()
  return {
    lines: count === 0 ? [] : lines.slice(-count),
    end: from + bytesRead - Buffer.byteLength(rest),
  }
}

/** Lines as they are written, also after the file was put aside for a new one; ends with the signal. */
export async function* follow(path: string, start: number, signal: AbortSignal) {
  let at = start
  let rest = ''
  const buffer = Buffer.alloc(CHUNK_BYTES)
  while (!signal.aborted) {
    const size = await stat(path).then(
      (stats) => stats.size,
      () => at
    )
    if (size < at) {
      at = 0
      rest = ''
    }
    if (size > at) {
      await using file = await open(path)
      const { bytesRead } = await file.read(buffer, 0, CHUNK_BYTES, at)
      at += bytesRead
      const lines = (rest + buffer.toString('utf8', 0, bytesRead)).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) yield line
      if (bytesRead > 0) continue
    }
    await sleep(LOOK_MS, undefined, { signal }).catch(() => undefined)
  }
}

export const logPath = (folder: string, program: string): string => join(folder, `${program}.log`)
