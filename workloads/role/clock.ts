// Time as the programs see it. Record times come from here: wall-clock nanoseconds that never go back
// inside a process, even when the machine's clock is set back.

export type Clock = {
  /** Unix milliseconds. */
  nowMs(): number
  /** Unix nanoseconds; never less than an answer given before. */
  nowNanos(): bigint
}

// How far the monotonic clock may run away from the wall clock before it is set anew: a slewed or stepped
// system clock must show in record times within a second or so.
const RESYNC_NANOS = 1_000_000_000n

/** The machine's clock: the monotonic counter, anchored to the wall clock and re-anchored every second. */
export function systemClock(): Clock {
  let anchorWall = BigInt(Date.now()) * 1_000_000n
  let anchorMono = process.hrtime.bigint()
  let last = 0n
  return {
    nowMs: () => Date.now(),
    nowNanos() {
      const mono = process.hrtime.bigint()
      let elapsed = mono - anchorMono
      if (elapsed > RESYNC_NANOS) {
        const drifted = anchorWall + elapsed
        const wall = BigInt(Date.now()) * 1_000_000n
        // Date.now() is cut to milliseconds: only a difference beyond one is a real one.
        const off = wall - drifted
        anchorWall = off > 2_000_000n || off < -2_000_000n ? wall : drifted
        anchorMono = mono
        elapsed = 0n
      }
      const now = anchorWall + elapsed
      if (now > last) last = now
      return last
    },
  }
}
