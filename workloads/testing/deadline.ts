// Bounds for tests: nothing waits for ever, and what was waited for is named. A deadline is no measurement: it is there to end
// a test that hangs, so it is generous, and longer on a slow or busy machine.

/** What the runner measured (.ci/runner/slowness.ts): never less than 1. */
export const SLOWNESS_VARIABLE = 'SSMD_SLOWNESS'
const SLOWNESS = Math.max(1, Number(process.env[SLOWNESS_VARIABLE] ?? 1) || 1)
/** No deadline is shorter: a process may start late on any machine. */
const LEAST_MS = 20_000

/** The deadline of what takes `ms` at the very most on a quiet machine: also for limits that other programs are given. */
export const patience = (ms: number): number => Math.round(Math.max(ms, LEAST_MS) * SLOWNESS)

/** A time of what is tested, such as the duration of a lease: its own clock runs while the machine is slow. */
export const slowly = (ms: number): number => Math.round(ms * SLOWNESS)

/** The promise's value, or an error naming `what` when the patience for `ms` is over. */
export async function within<T>(ms: number, what: string, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(tooLate(what, patience(ms))), patience(ms))
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}

/** Polls until `check` is true; an error naming `what` when the patience for `ms` is over. */
export async function until(
  ms: number,
  what: string,
  check: () => boolean | Promise<boolean>
): Promise<void> {
  const start = performance.now()
  while (!(await check())) {
    const waited = performance.now() - start
    if (waited > patience(ms)) throw tooLate(what, patience(ms))
    await new Promise((resolve) => setTimeout(resolve, pause(waited)))
  }
}

/** What takes seconds is asked for less often: each look costs the server, and the tests beside, processor time. */
export const pause = (waitedMs: number): number => Math.min(100, 20 + waitedMs / 50)

/**
 * Lets real time pass: for what must not happen meanwhile, or for a clock that no test can move. `why` says what is waited
 * out; what can be seen to have happened is waited for with `until`.
 */
export async function waitOut(ms: number, why: string): Promise<void> {
  if (why === '') throw new Error(`${ms} ms are waited out for no reason`)
  await new Promise((resolve) => setTimeout(resolve, ms))
}

const tooLate = (what: string, ms: number): Error =>
  new Error(`${what}: not within ${Math.round(ms)} ms`)
