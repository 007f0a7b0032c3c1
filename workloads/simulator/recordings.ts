// Finds the files of recordings and reads them once through: what markets and channels they hold, from when to
// when, how many frames, and where one is cut short. Only this account stays in memory.
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { SsmdError } from '#crds/errors.ts'
import type { Channel, Frame } from '#exchanges/simulation/frame.ts'
import { type Recogniser, Recording, type RecordingProblem } from './recording.ts'

export type RecordingAccount = {
  readonly file: string
  readonly frames: number
  /** Whether each frame was received no earlier than the one before it. */
  readonly ordered: boolean
  /** Receive times of the earliest and the latest line that is played, in ms. */
  readonly from: number
  readonly to: number
  /** Lines that hold no frame that can be played. */
  readonly odd: number
  /** Frames of types that belong to no channel: answers to commands, and unknown frames. */
  readonly unplayed: number
  readonly problem: RecordingProblem | null
  /** Markets by channel; the empty one is that of frames of no single market. */
  readonly markets: ReadonlyMap<Channel, ReadonlySet<string>>
  /** The text of each market's first frame. */
  readonly firsts: ReadonlyMap<string, string>
  /** The first lines that are no frames, and yet played. */
  readonly asides: readonly string[]
}

/** Such lines that are kept. */
export const ASIDES_KEPT = 256

const isRecording = (name: string): boolean =>
  /\.(ndjson|jsonl|gz)$/.test(name) && !name.endsWith('.index.jsonl')

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
      hint: 'recordings are files that end in .ndjson, .jsonl or .gz',
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
export async function accountFor(
  file: string,
  venue: Recogniser,
  signal: AbortSignal
): Promise<RecordingAccount> {
  const recording = new Recording(file, venue)
  const markets = new Map<Channel, Set<string>>()
  const firsts = new Map<string, string>()
  const asides: string[] = []
  let frames = 0
  let unplayed = 0
  let from = Number.POSITIVE_INFINITY
  let to = Number.NEGATIVE_INFINITY
  let ordered = true
  while (!signal.aborted && (await recording.fill()))
    while (recording.next()) {
      const { frame, kind } = recording
      if (kind === 'unplayed') {
        unplayed++
        continue
      }
      if (recording.recv < from) from = recording.recv
      if (recording.recv >= to) to = recording.recv
      else ordered = false
      if (kind === 'aside') {
        if (asides.length < ASIDES_KEPT) asides.push(textOf(frame))
        continue
      }
      frames++
      let known = markets.get(frame.channel)
      if (!known) {
        known = new Set()
        markets.set(frame.channel, known)
      }
      known.add(frame.market)
      if (!firsts.has(frame.market)) firsts.set(frame.market, textOf(frame))
    }
  recording.close()
  const { odd, problem } = recording
  return { file, frames, ordered, from, to, odd, unplayed, problem, markets, firsts, asides }
}

const textOf = ({ bytes, start, end }: Frame): string => bytes.toString('utf8', start, end)
