// Times as text: RFC 3339 in UTC, as Kubernetes, Kalshi and the lines of an archive have them.

export const NANOS_PER_SECOND = 1_000_000_000n

/** Of unix milliseconds: `2026-11-24T15:01:02Z`, as in the status of a resource. */
export const rfc3339Seconds = (ms: number): string =>
  new Date(ms).toISOString().replace(/\.\d{3}Z$/, 'Z')

/** Of unix nanoseconds: `2026-11-24T15:01:02.123456789Z`. Always 30 characters, so that texts sort as times do. */
export function rfc3339(nanos: bigint): string {
  const second = Number(nanos / NANOS_PER_SECOND) * 1000
  const fraction = (nanos % NANOS_PER_SECOND).toString().padStart(9, '0')
  return `${new Date(second).toISOString().slice(0, 19)}.${fraction}Z`
}

/** The day in UTC: `2026-11-24`. */
export const utcDay = (ms: number): string => new Date(ms).toISOString().slice(0, 10)
