// Recorded traffic for tests, read where it lies beside the project (or in SSMD_DATA) and never copied.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'

/** Folder of recorded traffic, or undefined where it is not present. */
export function recordingsFolder(exchange: string): string | undefined {
  const base = process.env.SSMD_DATA ?? new URL('../../../shared/data', import.meta.url).pathname
  const folder = join(base, exchange)
  return existsSync(folder) ? folder : undefined
}

/** The frames of a Kalshi recording as text, in order: the bytes behind `"event":`. */
export function kalshiFrames(file: string): string[] {
  return gunzipSync(readFileSync(file))
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.slice(line.indexOf('"event":') + 8, -1))
}

/** The event files of the Kalshi recordings, sorted. */
export const kalshiEventFiles = (folder: string): string[] =>
  readdirSync(join(folder, 'events'))
    .filter((name) => name.endsWith('.ndjson.gz'))
    .sort()
    .map((name) => join(folder, 'events', name))

/** A frame without what belongs to the connection: sid and seq. */
export const withoutSequence = (frame: string): string =>
  frame.replace(/"sid":\d+,("seq":\d+,)?/, '')
