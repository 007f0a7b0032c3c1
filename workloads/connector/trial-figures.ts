// The figures of a trial, by message type: taken from each record as it goes by, and from what samples of them become.

import { EVENT, EVENT_NAMES } from '#market/event.ts'
import type { Normalizer } from '#market/normalizer.ts'
import type { Live } from './live-records.ts'
import type { Stats } from './stats.ts'

export type TrialType = {
  readonly type: string
  /** Market data, as against acknowledgements, errors and heartbeats. */
  readonly data: boolean
  readonly frames: number
  readonly framesPerSecond: number
  readonly bytes: number
  readonly symbols: number
  readonly understood: number
  /** Frames of a sample that were normalised, those of them that became `unknown`, and the events of all. */
  readonly normalized: number
  readonly unknown: number
  readonly events: Readonly<Record<string, number>>
}

/** A frame that was not understood, or could not be normalised. */
export type UnknownFrame = {
  readonly type: string
  readonly reason: string
  /** The beginning of its text. */
  readonly frame: string
}

/** Of one type. */
const MAX_UNKNOWN = 3
const MAX_TEXT = 300

type Sampled = { normalized: number; unknown: number; readonly events: Map<string, number> }

export class TrialFigures {
  readonly #stats: Stats
  readonly #symbols = new Map<string, Set<string>>()
  readonly #sampled = new Map<string, Sampled>()
  readonly #unknown: UnknownFrame[] = []

  constructor(stats: Stats) {
    this.#stats = stats
  }

  /** Sees each record. */
  readonly live: Live = {
    publish: (type, symbol) => this.#see(type, symbol),
    blockLeaves() {},
  }

  #see(type: string, symbol: string): void {
    let symbols = this.#symbols.get(type)
    if (symbols === undefined) {
      symbols = new Set()
      this.#symbols.set(type, symbols)
    }
    if (symbol !== '') symbols.add(symbol)
  }

  /** The normaliser, with what it makes of each frame counted. */
  watch(inner: Normalizer): Normalizer {
    return {
      normalize: (payload, header, emit) => {
        const sampled = this.#sampledOf(header.type)
        sampled.normalized++
        inner.normalize(payload, header, (event) => {
          const name = EVENT_NAMES[event.kind] ?? 'unknown'
          if (event.kind !== EVENT.unknown) {
            sampled.events.set(name, (sampled.events.get(name) ?? 0) + 1)
          } else {
            sampled.unknown++
            if (this.#mayNote(header.type)) this.#note(header.type, event.reason, payload)
          }
          emit(event)
        })
      },
    }
  }

  get unknown(): readonly UnknownFrame[] {
    return this.#unknown
  }

  /** Data first, then what comes more often. */
  types(seconds: number): TrialType[] {
    const types = [...this.#stats.types.values()].map(({ type, frames, bytes, missed }) => {
      const { normalized, unknown, events } = this.#sampledOf(type.name)
      return {
        type: type.name,
        data: type.data,
        frames,
        framesPerSecond: seconds > 0 ? frames / seconds : 0,
        bytes,
        symbols: this.#symbols.get(type.name)?.size ?? 0,
        understood: frames - missed,
        normalized,
        unknown,
        events: Object.fromEntries(events),
      }
    })
    return types.sort((a, b) => Number(b.data) - Number(a.data) || b.frames - a.frames)
  }

  #mayNote(type: string): boolean {
    return this.#unknown.filter((one) => one.type === type).length < MAX_UNKNOWN
  }

  #note(type: string, reason: string, payload: Uint8Array): void {
    const frame = Buffer.from(payload.subarray(0, MAX_TEXT)).toString('utf8')
    this.#unknown.push({ type, reason, frame })
  }

  #sampledOf(type: string): Sampled {
    let sampled = this.#sampled.get(type)
    if (sampled === undefined) {
      sampled = { normalized: 0, unknown: 0, events: new Map() }
      this.#sampled.set(type, sampled)
    }
    return sampled
  }
}
