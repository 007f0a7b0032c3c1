// How long to wait before trying again: doubling, capped, with full jitter above a small floor, so that many
// clients of one server that comes back do not all come at once.

export type Backoff = { readonly baseMs: number; readonly capMs: number }

/** `attempt` counts from 0; between half of `baseMs` and min(capMs, baseMs · 2^attempt). */
export function backoffMs(attempt: number, backoff: Backoff, random: () => number): number {
  const limit = Math.min(backoff.capMs, backoff.baseMs * 2 ** Math.min(attempt, 30))
  const floor = backoff.baseMs / 2
  return floor + random() * (limit - floor)
}

/** Waits, or not, when the signal aborts. */
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
