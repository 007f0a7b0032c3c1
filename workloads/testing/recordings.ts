// Recorded traffic for tests: the small recordings of this repository, and larger ones where they lie beside the project (or
// in SSMD_DATA), which are never copied.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { gunzipSync } from 'node:zlib'

const OWN = join(import.meta.dirname, 'recordings')
const BESIDE = process.env.SSMD_DATA ?? join(import.meta.dirname, '../../../shared/data')

export type Recordings = {
  /** For the name of a test: which ones they are. */
  readonly name: string
  readonly folder: string
}

const own: Recordings = { name: 'the simulator', folder: join(OWN, 'kalshi') }
const beside: Recordings[] = [{ name: 'the exchange', folder: join(BESIDE, 'kalshi') }].filter(
  ({ folder }) => existsSync(folder)
)

/** The folder with the most recorded traffic, for benchmarks. */
export const MOST_KALSHI: Recordings = beside[0] ?? own

/**
 * The folders with recordings of Kalshi: the committed one first. Of the exchange's one market, and all of them with
 * SSMD_FAULTS=all; `npm run test:faults` runs each test that goes through this list.
 */
export const KALSHI: readonly [Recordings, ...Recordings[]] = [
  own,
  ...(process.env.SSMD_FAULTS === 'all' ? beside : beside.map(smallestMarket)),
]

/** A folder of links to the files of one market, until this process ends. */
function smallestMarket({ name, folder }: Recordings): Recordings {
  const files = kalshiEventFiles({ name, folder })
  const marketOf = (file: string) => basename(file).split('_')[0] ?? ''
  const sizes = new Map<string, number>()
  for (const file of files)
    sizes.set(marketOf(file), (sizes.get(marketOf(file)) ?? 0) + statSync(file).size)
  const [market = ''] = [...sizes.keys()].sort((a, b) => (sizes.get(a) ?? 0) - (sizes.get(b) ?? 0))
  const links = mkdtempSync(join(tmpdir(), 'ssmd-kalshi-'))
  process.once('exit', () => rmSync(links, { recursive: true, force: true }))
  mkdirSync(join(links, 'events'))
  for (const file of files.filter((path) => marketOf(path) === market))
    symlinkSync(file, join(links, 'events', basename(file)))
  mkdirSync(join(links, 'metadata'))
  for (const file of readdirSync(join(folder, 'metadata')))
    if (market.startsWith(basename(file, '.json')))
      symlinkSync(join(folder, 'metadata', file), join(links, 'metadata', file))
  return { name: `${name} (${market})`, folder: links }
}
/** Recordings of Binance: the committed one, and five minutes of the exchange where they lie beside the project. */
export const BINANCE: readonly string[] = [
  join(OWN, 'binance/spot_btcusdt.gz'),
  ...[join(BESIDE, 'binance/spot_btcusdt_20240808.gz')].filter((file) => existsSync(file)),
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
export function kalshiEventFiles({ folder }: Recordings): string[] {
  return readdirSync(join(folder, 'events'))
    .filter((name) => name.endsWith('.ndjson.gz'))
    .sort()
    .map((name) => join(folder, 'events', name))
}

/** A frame without what belongs to the connection: sid and seq. */
export const withoutSequence = (frame: string): string =>
  frame.replace(/"sid":\d+,("seq":\d+,)?/, '')

export function linesOf(file: string): string[] {
  const bytes = readFileSync(file)
  return (file.endsWith('.gz') ? gunzipSync(bytes) : bytes)
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '')
}
