// Which types of frames are not understood any more: frames that the session did not understand, and samples that became an
// `unknown` event, over the last minutes.

import type { Found } from '#bus/alarms.ts'
import type { TypeCount } from './stats.ts'

type Figures = { frames: number; missed: number; sampled: number; failed: number }

/** One window is full, the other one being filled: a trouble lasts that long beyond its last frame. */
const WINDOW_MS = 300_000
/** A single frame may be damaged; more are a change of the protocol. */
const LEAST = 3
/** Of the frames of a type. */
const SHARE = 0.01

export class WireDrift {
  readonly #nowMs: () => number
  /** By type: all so far, and all as the two windows began. */
  readonly #now = new Map<string, Figures>()
  #before = new Map<string, Figures>()
  #last = new Map<string, Figures>()
  readonly #reasons = new Map<string, string>()
  #rotatedMs: number

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs
    this.#rotatedMs = nowMs()
  }

  missed(type: string, reason: string): void {
    if (!this.#reasons.has(type)) this.#reasons.set(type, reason)
  }

  /** A sample was normalised; `reason` is empty if it was understood. */
  normalized(type: string, reason: string): void {
    const figures = this.#of(type)
    figures.sampled++
    if (reason === '') return
    figures.failed++
    this.#reasons.set(type, reason)
  }

  look(counted: Iterable<TypeCount>): readonly Found[] {
    for (const { type, frames, missed } of counted) {
      const figures = this.#of(type.name)
      figures.frames = frames
      figures.missed = missed
    }
    this.#rotate()
    const found: Found[] = []
    for (const [type, now] of this.#now) {
      const before = this.#before.get(type) ?? ZERO
      const [frames, missed, sampled, failed] = (
        ['frames', 'missed', 'sampled', 'failed'] as const
      ).map((key) => now[key] - before[key]) as [number, number, number, number]
      const isMissed = missed >= LEAST && missed >= frames * SHARE
      const isFailed = failed >= LEAST && failed >= sampled * SHARE
      if (!isMissed && !isFailed) continue
      const what = isMissed
        ? `${missed} of ${frames} frames`
        : `${failed} of ${sampled} sampled frames`
      const reason = this.#reasons.get(type) ?? ''
      found.push({
        kind: 'WireDrift',
        name: type,
        message: `${what} of type ${type} were not understood in the last minutes${reason === '' ? '' : `: ${reason}`}; every frame is archived`,
      })
    }
    return found
  }

  #rotate(): void {
    const now = this.#nowMs()
    if (now - this.#rotatedMs < WINDOW_MS && now >= this.#rotatedMs) return
    this.#rotatedMs = now
    this.#before = this.#last
    this.#last = new Map([...this.#now].map(([type, figures]) => [type, { ...figures }]))
  }

  #of(type: string): Figures {
    let figures = this.#now.get(type)
    if (figures === undefined) {
      figures = { ...ZERO }
      this.#now.set(type, figures)
    }
    return figures
  }
}

const ZERO: Figures = { frames: 0, missed: 0, sampled: 0, failed: 0 }
