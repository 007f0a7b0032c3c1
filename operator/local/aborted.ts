// Work that an end does not wait for: reading a file may take for ever (a pipe, a dead network disk), and Ctrl-C ends all the same.

/** What the promise gives, or an AbortError as soon as the signal aborts; then nobody hears what becomes of it. */
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
