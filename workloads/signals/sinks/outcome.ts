// What became of an attempt to send. A text of a problem never holds a credential: it is made of statuses, codes and host names alone.

export type Outcome =
  /** `problem`: of some recipients. */
  | { readonly kind: 'delivered'; readonly problem?: string }
  /** Try it again, after this time at least. */
  | { readonly kind: 'retry'; readonly problem: string; readonly afterMs?: number }
  /** The receiver takes everything but this. */
  | { readonly kind: 'refused'; readonly problem: string }

export const DELIVERED: Outcome = { kind: 'delivered' }
export const retry = (problem: string, afterMs?: number): Outcome =>
  afterMs === undefined ? { kind: 'retry', problem } : { kind: 'retry', problem, afterMs }
export const refused = (problem: string): Outcome => ({ kind: 'refused', problem })

/** Statuses with which a receiver refuses one message for what it says: another one may pass. */
const OF_THE_MESSAGE: ReadonlySet<number> = new Set([400, 405, 406, 409, 411, 413, 415, 422])

/** Statuses of HTTP. What a person has to correct, such as a wrong token, is tried again until they did. */
export function outcomeOf(status: number, retryAfter: string | undefined, nowMs: number): Outcome {
  if (status >= 200 && status < 300) return DELIVERED
  if (status >= 300 && status < 400) {
    return retry(`status ${status}: it redirects, and credentials go nowhere else: correct the url`)
  }
  if (OF_THE_MESSAGE.has(status)) return refused(`status ${status}`)
  return retry(`status ${status}`, retryAfterMs(retryAfter, nowMs))
}

/** A receiver that asks for more is asked again sooner. */
const MOST_MS = 600_000

/** Seconds, or a date of HTTP. */
export function retryAfterMs(value: string | undefined, nowMs: number): number | undefined {
  if (value === undefined) return undefined
  // Date.parse would take almost anything for a date.
  const isDate = / GMT$/.test(value)
  const isSeconds = /^\d{1,9}$/.test(value.trim())
  if (!isDate && !isSeconds) return undefined
  const ms = isSeconds ? Number(value) * 1000 : Date.parse(value) - nowMs
  return Number.isFinite(ms) && ms > 0 ? Math.min(ms, MOST_MS) : undefined
}
