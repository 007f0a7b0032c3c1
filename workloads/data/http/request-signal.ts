// Aborted when no client waits for an answer any more: the caller has closed the connection, the answer has ended, or the program stops.

import { CallerGone } from './body.ts'
import type { ApiContext } from './route.ts'

/** One for all: making an error costs more than the rest of a small request. */
const GONE = new CallerGone('the caller is gone')

export function requestSignal(
  { res }: ApiContext,
  stop: AbortSignal
): Disposable & { readonly signal: AbortSignal } {
  const gone = new AbortController()
  const onClose = (): void => gone.abort(GONE)
  if (res.destroyed) onClose()
  else res.once('close', onClose)
  return {
    signal: AbortSignal.any([gone.signal, stop]),
    [Symbol.dispose]() {
      res.off('close', onClose)
      // A write can fail before the connection is seen to be closed: what still works for the answer ends here.
      onClose()
    },
  }
}
