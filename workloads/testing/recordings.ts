// Recorded traffic for tests: the small recordings of this repository, and larger ones where they lie beside the project (or
// in SSMD_DATA), which are never copied.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'

const OWN = join(import.meta.dirname, 'recordings')
const BESIDE = process.env.SSMD_DATA ?? join(import.meta.dirname, '../../../shared/data')

export type Recordings = {
  /** For the name of a test: which ones they are. */
  readonly name: string
  readonly folder: string
}

/** The folders with recordings of Kalshi: the committed one first. */
export const KALSHI: readonly [Recordings, ...Recordings[]] = [
  { name: 'the simulator', folder: join(OWN, 'kalshi') },
  ...[{ name: 'the exchange', folder: join(BESIDE, 'kalshi') }].filter(({ folder }) =>
    existsSync(folder)
  ),
]

/** Frames of exchanges without an adapter, in the order in which they were received. */
export const STRANGERS: Readonly<Record<string, () => string[]>> = {
  kraken: () => linesOf(join(OWN, 'kraken/book.jsonl')),
  coinbase: () => linesOf(join(OWN, 'coinbase/level2.jsonl')),
  binance: () =>
    linesOf(join(OWN, 'binance/spot_btcusdt.gz')).map((line) => line.slice(line.indexOf(' ') + 1)),
}

/** Frames of an older protocol that cryptofeed recorded, in the order in which they were received; none if they are not there. */
export function cryptofeedFrames(name: string): string[] {
  const file = join(BESIDE, 'cryptofeed', name)
  if (!existsSync(file)) return []
  return linesOf(file).flatMap((line) => /^[\d.]+: (.*)$/.exec(line)?.[1] ?? [])
}

/** The frames of a Kalshi recording as text, in order: the bytes behind `"event":`. */
export const kalshiFrames = (file: string): string[] =>
  linesOf(file).map((line) => line.slice(line.indexOf('"event":') + 8, -1))

/** The event files of Kalshi recordings, sorted. */
export const kalshiEventFiles = ({ folder }: Recordings): string[] =>
  readdirSync(join(folder, 'events'))
    .filter((name) => name.endsWith('.ndjson.gz'))
    .sort()
    .map((name) => join(folder, 'events', name))

/** A frame without what belongs to the connection: sid and seq. */
export const withoutSequence = (frame: string): string =>
  frame.replace(/"sid":\d+,("seq":\d+,)?/, '')

function linesOf(file: string): string[] {
  const bytes = readFileSync(file)
  return (file.endsWith('.gz') ? gunzipSync(bytes) : bytes)
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '')
}
