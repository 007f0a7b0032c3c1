// A clock for waiting.

/** Milliseconds since 1970 as they were when the process began, plus what has passed: setting the clock moves nothing. */
export const steadyMs = (): number => performance.timeOrigin + performance.now()
