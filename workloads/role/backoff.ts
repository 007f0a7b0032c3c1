// How long to wait before trying again, and the wait itself.

export type Backoff = { readonly baseMs: number; readonly capMs: number }

/** Doubling from `baseMs`, at most `capMs`; `attempt` counts from 0. */
export const backoffBoundMs = (attempt: number, { baseMs, capMs }: Backoff): number =>
  // 2^30 is beyond any bound; without a limit of its own the exponent would overflow.
  Math.min(capMs, baseMs * 2 ** Math.min(attempt, 30))

/**
 * Between half of `baseMs` and the bound: full jitter above a small floor, so that many clients of one server that comes
 * back do not all dial in the same moment.
 */
export function backoffMs(attempt: number, backoff: Backoff, random: () => number): number {
  const floor = backoff.baseMs / 2
  return floor + random() * (backoffBoundMs(attempt, backoff) - floor)
}

/** Waits, or less if the signal aborts before. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return
  await new Promise<void>((resolve) => {
    const end = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    signal.addEventListener('abort', end, { once: true })
  })
}
