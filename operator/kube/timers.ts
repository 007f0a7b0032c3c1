// Time for everything in this room: a monotonic clock, a wall clock and timers, passed in, so that queues,
// leases and back-offs are tested by moving a clock and not by waiting.

export type Timers = {
  /** Monotonic milliseconds; continues while the process is stopped. */
  now(): number
  /** Unix milliseconds: for what other programs read, never for deciding how long something took. */
  wallMs(): number
  /** Calls `run` once, `ms` from now, unless cancelled. */
  after(ms: number, run: () => void): { cancel(): void }
}

// setTimeout fires immediately for more than this; nothing here waits that long.
const LONGEST_TIMER_MS = 2 ** 31 - 1

export const systemTimers: Timers = {
  now: () => performance.now(),
  wallMs: () => Date.now(),
  after(ms, run) {
    const timer = setTimeout(run, Math.min(Math.max(ms, 0), LONGEST_TIMER_MS))
    return { cancel: () => clearTimeout(timer) }
  },
}

/** Resolves after `ms`; rejects with the signal's reason as soon as it aborts. */
export async function sleep(timers: Timers, ms: number, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted()
  await new Promise<void>((resolve, reject) => {
    const onAbort = () => {
      timer.cancel()
      reject(signal?.reason)
    }
    const timer = timers.after(ms, () => {
      signal?.removeEventListener('abort', onAbort)
      resolve()
    })
    signal?.addEventListener('abort', onAbort, { once: true })
  })
}

/** Yields to the event loop; call it between slices of a long loop over many objects. */
export const yieldToLoop = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
