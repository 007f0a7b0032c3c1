// Times as people and events write them, and a clock for waiting.

/** Unix nanoseconds as RFC 3339 with nine decimals. */
export function rfc3339(nanos: bigint): string {
  const text = new Date(Number(nanos / 1_000_000n)).toISOString() // …:02.123Z
  return `${text.slice(0, -1)}${String(nanos % 1_000_000n).padStart(6, '0')}Z`
}

/** Milliseconds since 1970 as they were when the process began, plus what has passed: setting the clock moves nothing. */
export const steadyMs = (): number => performance.timeOrigin + performance.now()

/** Waits, or less where `signal` aborts before. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const done = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal.addEventListener('abort', done, { once: true })
  })
}
