// Waits that an abort ends: reading a file may never return (a pipe, a dead network disk), and Ctrl-C must still stop us.

/** The result of the promise, or an AbortError as soon as the signal aborts; later results and errors are ignored. */
export async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) {
    promise.catch(() => undefined)
    throw new DOMException('stopped', 'AbortError')
  }
  let onAbort: (() => void) | undefined
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(new DOMException('stopped', 'AbortError'))
    signal.addEventListener('abort', onAbort, { once: true })
  })
  try {
    return await Promise.race([promise, aborted])
  } finally {
    if (onAbort) signal.removeEventListener('abort', onAbort)
  }
}

export const isAbort = (thrown: unknown): boolean =>
  thrown instanceof Error && thrown.name === 'AbortError'

export const ifAborted = (thrown: unknown): undefined => {
  if (isAbort(thrown)) return undefined
  throw thrown
}
