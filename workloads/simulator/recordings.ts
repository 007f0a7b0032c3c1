// Finds the files of recordings and reads them once through: what markets and channels they hold, from when to
// when, how many frames, and where one is cut short. Only this account stays in memory.
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { SsmdError } from '#crds/errors.ts'
import { channelOfType } from './channels.ts'
import { Recording, type RecordingProblem } from './recording.ts'

export type RecordingAccount = {
  readonly file: string
  readonly frames: number
  /** Whether each frame was received no earlier than the one before it. */
  readonly ordered: boolean
  /** Receive times of the earliest and the latest frame, in ms. */
  readonly from: number
  readonly to: number
  /** Lines that hold no frame that can be played. */
  readonly odd: number
  /** Frames of types that belong to no channel: answers to commands, and what nobody knows. */
  readonly unplayed: number
  readonly problem: RecordingProblem | null
  /** Markets by channel. */
  readonly markets: ReadonlyMap<string, ReadonlySet<string>>
  /** The market_id of each market, where its first frame tells it. */
  readonly ids: ReadonlyMap<string, string>
}

const MARKET_ID = /"market_id":"([0-9a-f-]{36})"/

const isRecording = (name: string): boolean =>
  /\.(ndjson|jsonl)(\.gz)?$/.test(name) && !name.endsWith('.index.jsonl')

/** The recordings in files and folders, each once, in the order given and then by name. */
export async function findRecordings(paths: readonly string[]): Promise<string[]> {
  const found = new Set<string>()
  for (const path of paths) {
    const stats = await stat(path).catch((cause: unknown) => {
      throw new SsmdError('SSMD_E_NOT_FOUND', `recording ${path} does not exist`, {
        hint: 'give --replay a file or a folder of .ndjson.gz or .jsonl.gz files',
        cause,
      })
    })
    if (!stats.isDirectory()) found.add(path)
    else for (const file of await filesBelow(path)) found.add(file)
  }
  if (found.size === 0)
    throw new SsmdError('SSMD_E_RECORDING', `no recordings in ${paths.join(', ')}`, {
      hint: 'recordings are files that end in .ndjson.gz, .jsonl.gz, .ndjson or .jsonl',
    })
  return [...found]
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true })
  const files: string[] = []
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) {
      if (!entry.name.startsWith('.')) files.push(...(await filesBelow(path)))
    } else if (isRecording(entry.name)) files.push(path)
  }
  return files
}

/** Reads one recording to its end. */
export async function accountFor(file: string, signal: AbortSignal): Promise<RecordingAccount> {
  const recording = new Recording(file)
  const markets = new Map<string, Set<string>>()
  const ids = new Map<string, string>()
  let frames = 0
  let unplayed = 0
  let from = Number.POSITIVE_INFINITY
  let to = Number.NEGATIVE_INFINITY
  let ordered = true
  const names = new Names()
  while (!signal.aborted && (await recording.fill()))
    while (recording.next()) {
      const { scan, bytes } = recording
      const channel = channelOfType(names.type(bytes, scan.typeAt, scan.typeEnd))
      if (!channel) {
        unplayed++
        continue
      }
      frames++
      if (recording.recv < from) from = recording.recv
      if (recording.recv >= to) to = recording.recv
      else ordered = false
      let known = markets.get(channel.name)
      if (!known) {
        known = new Set()
        markets.set(channel.name, known)
      }
      if (scan.marketAt < 0) continue
      const market = names.market(bytes, scan.marketAt, scan.marketEnd)
      known.add(market)
      if (ids.has(market)) continue
      const id = MARKET_ID.exec(bytes.toString('latin1', recording.start, recording.end))?.[1]
      ids.set(market, id ?? '')
    }
  recording.close()
  const { odd, problem } = recording
  return { file, frames, ordered, from, to, odd, unplayed, problem, markets, ids }
}

/** Texts of types and tickers without making a new one for each frame: most frames repeat the last. */
export class Names {
  readonly #types = new LastText()
  readonly #markets = new LastText()

  type(bytes: Buffer, at: number, end: number): string {
    return this.#types.of(bytes, at, end)
  }

  market(bytes: Buffer, at: number, end: number): string {
    return this.#markets.of(bytes, at, end)
  }
}

class LastText {
  readonly #known = new Map<string, string>()
  #bytes: Buffer = Buffer.alloc(0)
  #text = ''

  of(bytes: Buffer, at: number, end: number): string {
    const length = end - at
    if (length === this.#bytes.length) {
      let i = 0
      while (i < length && bytes[at + i] === this.#bytes[i]) i++
      if (i === length) return this.#text
    }
    const text = bytes.toString('latin1', at, end)
    const known = this.#known.get(text) ?? text
    if (known === text) this.#known.set(text, text)
    this.#text = known
    this.#bytes = Buffer.from(bytes.subarray(at, end))
    return known
  }
}
