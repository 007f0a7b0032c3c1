// Several recordings as one, in the order of receive time and, within a connection, of number. A file is opened
// when its time comes and closed at its end, so that only those that overlap take memory.
import { type FrameReader, type Recogniser, Recording } from './recording.ts'
import type { RecordingAccount } from './recordings.ts'
import { SortedRecording } from './sorted-recording.ts'

type Open = { readonly recording: FrameReader; readonly place: number }
type Waiting = {
  readonly file: string
  readonly from: number
  readonly ordered: boolean
  readonly place: number
}

const isLater = (a: Open, b: Open): boolean => {
  const one = a.recording
  const other = b.recording
  if (one.recv !== other.recv) return one.recv > other.recv
  if (one.connection !== '' && one.connection === other.connection) return one.number > other.number
  return a.place > b.place
}

export class Merge {
  readonly #waiting: Waiting[]
  readonly #open: Open[] = []
  #empty: Open | null = null

  readonly #venue: Recogniser

  constructor(accounts: readonly RecordingAccount[], venue: Recogniser) {
    this.#venue = venue
    this.#waiting = accounts
      .map(({ file, from, frames, ordered }, place) => ({ file, from, frames, ordered, place }))
      .filter(({ from }) => from < Number.POSITIVE_INFINITY)
      .sort((a, b) => a.from - b.from || a.place - b.place)
  }

  /** The recording whose current frame is next; only after `ready` or `advance` said true. */
  get head(): FrameReader {
    return (this.#open[0] as Open).recording
  }

  /** Goes past the head's frame. False: `ready` has to be called before the next one. */
  advance(): boolean {
    const first = this.#open[0] as Open
    if (!first.recording.next()) {
      this.#empty = first
      this.#open.shift()
      return false
    }
    this.#sink()
    return !this.#isDue()
  }

  /** Makes the head right, reading what it takes. False: all is played. */
  async ready(): Promise<boolean> {
    if (this.#empty) {
      const empty = this.#empty
      this.#empty = null
      await this.#take(empty)
    }
    while (this.#isDue()) {
      const { file, ordered, place } = this.#waiting.shift() as Waiting
      const recording = new Recording(file, this.#venue)
      await this.#take({
        recording: ordered ? recording : new SortedRecording(recording),
        place,
      })
    }
    return this.#open.length > 0
  }

  close(): void {
    for (const { recording } of this.#open) recording.close()
    this.#empty?.recording.close()
  }

  #isDue(): boolean {
    const next = this.#waiting[0]
    if (!next) return false
    const first = this.#open[0]
    return first === undefined || next.from <= first.recording.recv
  }

  async #take(open: Open): Promise<void> {
    while (await open.recording.fill())
      if (open.recording.next()) {
        this.#open.unshift(open)
        this.#sink()
        return
      }
    open.recording.close()
  }

  /** Puts the first one where it belongs; nearly always it stays. */
  #sink(): void {
    const open = this.#open
    for (let i = 0; i + 1 < open.length && isLater(open[i] as Open, open[i + 1] as Open); i++) {
      const moved = open[i] as Open
      open[i] = open[i + 1] as Open
      open[i + 1] = moved
    }
  }
}
