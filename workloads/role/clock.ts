// Time as the programs see it. Record times come from time lines: wall-clock nanoseconds that never go back, even when
// the machine's clock is set.

export type Clock = {
  /** Unix milliseconds. */
  nowMs(): number
  /** A time line that begins now, where the wall clock is. */
  newLine(): TimeLine
}

export type TimeLine = {
  /** Unix nanoseconds; never less than an answer given before. */
  nowNanos(): bigint
  /** Set once the wall clock went elsewhere by a step, in nanoseconds: this line continues as if it had not. */
  readonly stepNanos: bigint
}

// Drift between monotonic clock and wall clock at which the anchor is renewed: a slewed system clock must show in record times
// within about a second.
const RESYNC_NANOS = 1_000_000_000n
/** A larger difference is a step: the clock was set, or the machine slept, which stops the monotonic clock. */
const STEP_NANOS = 3_000_000_000n

/** The machine's clock: the monotonic counter, anchored to the wall clock and re-anchored every second. */
export const systemClock = (
  monoNanos: () => bigint = process.hrtime.bigint,
  nowMs: () => number = Date.now
): Clock => ({ nowMs, newLine: () => new Line(monoNanos, nowMs) })

class Line implements TimeLine {
  readonly #monoNanos: () => bigint
  readonly #nowMs: () => number
  #anchorWall: bigint
  #anchorMono: bigint
  #last = 0n
  stepNanos = 0n

  constructor(monoNanos: () => bigint, nowMs: () => number) {
    this.#monoNanos = monoNanos
    this.#nowMs = nowMs
    this.#anchorWall = BigInt(Math.trunc(nowMs())) * 1_000_000n
    this.#anchorMono = monoNanos()
  }

  nowNanos(): bigint {
    const mono = this.#monoNanos()
    let elapsed = mono - this.#anchorMono
    if (elapsed > RESYNC_NANOS) {
      this.#anchorWall = this.#resync(this.#anchorWall + elapsed)
      this.#anchorMono = mono
      elapsed = 0n
    }
    const now = this.#anchorWall + elapsed
    if (now > this.#last) this.#last = now
    return this.#last
  }

  /** Where the line continues, given where the monotonic clock has brought it. */
  #resync(drifted: bigint): bigint {
    if (this.stepNanos !== 0n) return drifted
    const wall = BigInt(Math.trunc(this.#nowMs())) * 1_000_000n
    const off = wall - drifted
    if (off > STEP_NANOS || off < -STEP_NANOS) {
      this.stepNanos = off
      return drifted
    }
    // The wall clock is cut to milliseconds: only a difference beyond one is a real one.
    return off > 2_000_000n || off < -2_000_000n ? wall : drifted
  }
}
