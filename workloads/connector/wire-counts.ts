// What arrived on one connection since it last told, by type, and the samples that are taken of it. Per frame it costs a few
// additions; a copy is made of a sampled frame only.

import type { Frame, MessageType } from '#exchanges/protocol/adapter.ts'
import type { CountsEvent, TypeCounts, UnknownSample } from '#wire/events.ts'
import { newTally, type Tally } from './tally.ts'
import type { WireWatch } from './wire-watch.ts'

/** First frames of a kind that one event names. */
const MAX_SAMPLES = 5
const NOT_UNDERSTOOD = 'the connector does not know this type, or cannot read what it must'

export class WireCounts {
  readonly #watch: WireWatch
  readonly #connection: string
  readonly #tallies: Tally[] = []
  #samples: UnknownSample[] = []
  #day = ''
  readonly everyMs: number

  constructor(watch: WireWatch, connection: string) {
    this.everyMs = watch.everyMs
    this.#watch = watch
    this.#connection = connection
  }

  /** One object a type for the life of the connection. */
  tallyOf(type: MessageType): Tally {
    const tally = newTally(type, this.#watch.before(type.name))
    this.#tallies.push(tally)
    return tally
  }

  /** A frame that the session did not understand was recorded under this number. */
  missed(type: MessageType, n: number): void {
    this.#watch.missed(type.name, NOT_UNDERSTOOD)
    this.#note({ conn: this.#connection, n, type: type.name, reason: NOT_UNDERSTOOD })
  }

  /** A sample is due: keeps a copy of the frame for later, unless there are enough of them. */
  sample(tally: Tally, recv: bigint, n: number, payload: Uint8Array, frame: Frame): void {
    const skipped = this.#watch.sample(
      { counts: this, tally, n, recv, symbol: frame.symbol },
      payload
    )
    tally.next = tally.frames + skipped
  }

  /** The frame of a sample was normalised: `reason` is empty, or says why it became an `unknown` event. */
  normalized(tally: Tally, n: number, reason: string): void {
    tally.normalized++
    if (reason === '') return
    tally.unknown++
    this.#note({ conn: this.#connection, n, type: tally.type.name, reason })
  }

  checked(tally: Tally, n: number, reason: string): void {
    tally.checked++
    if (reason === '') return
    tally.misfit++
    this.#note({ conn: this.#connection, n, type: tally.type.name, reason })
  }

  /** What is new since the last call; null if nothing came. */
  take(day: string): CountsEvent | null {
    this.#watch.drain(this)
    const types: Record<string, TypeCounts> = {}
    let any = false
    for (const tally of this.#tallies) {
      const { frames, missed, normalized, unknown, checked, misfit } = tally
      tally.next -= frames
      // Each day begins with a sample of each type.
      if (day !== this.#day) tally.next = Math.min(tally.next, this.#watch.before(tally.type.name))
      if (frames + normalized === 0) continue
      any = true
      types[tally.type.name] = {
        ...{ frames, understood: frames - missed, normalized, unknown },
        ...(checked === 0 ? {} : { checked, misfit }),
      }
      tally.frames = 0
      tally.missed = 0
      tally.normalized = 0
      tally.unknown = 0
      tally.checked = 0
      tally.misfit = 0
    }
    this.#day = day
    if (!any) return null
    const samples = this.#samples
    this.#samples = []
    const { proof } = this.#watch
    return { kind: 'counts', proof, types, ...(samples.length === 0 ? {} : { samples }) }
  }

  /** The normaliser's reason takes the place of the session's for the same frame. */
  #note(sample: UnknownSample): void {
    const at = this.#samples.findIndex(({ n }) => n === sample.n)
    if (at >= 0) this.#samples[at] = sample
    else if (this.#samples.length < MAX_SAMPLES) this.#samples.push(sample)
  }
}
