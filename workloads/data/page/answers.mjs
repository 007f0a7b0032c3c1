// Answers of the API as state of a component: loading, ready or failed. An answer seen before is shown immediately and asked
// for again, so that going back never shows an empty page.

import { ApiError, getJson, readStream } from './api.mjs'
import { useCallback, useEffect, useRef, useState } from './lib.mjs'

/**
 * @template T
 * @typedef {{
 *   readonly body: T | undefined
 *   readonly error: ApiError | undefined
 *   readonly again: () => void
 * }} Answer
 */

/** The latest answers by address; a few, for they can be large. */
const seen = /** @type {Map<string, any>} */ (new Map())
const KEPT = 24

/** Forgets all answers: what a new key may see differs. */
export const forgetAnswers = () => seen.clear()

/**
 * @template T
 * @param {string | null} path null: nothing is asked
 * @param {import('./api.mjs').Parameters} [parameters]
 * @param {{ everyMs?: number }} [options] `everyMs`: how often it is asked for again while it is shown
 * @returns {Answer<T>}
 */
export function useAnswer(path, parameters = {}, { everyMs = 0 } = {}) {
  const address = path === null ? '' : `${path}?${JSON.stringify(parameters)}`
  const [state, setState] = useState(
    /** @type {{ address: string, body?: T, error?: ApiError }} */ ({ address: '' })
  )
  const [turn, setTurn] = useState(0)
  useEffect(() => {
    if (path === null) return
    const stop = new AbortController()
    const ask = () =>
      getJson(path, parameters, stop.signal).then(
        (body) => {
          if (stop.signal.aborted) return
          keep(address, body)
          setState({ address, body })
        },
        (/** @type {unknown} */ thrown) => {
          if (!stop.signal.aborted) setState({ address, error: asApiError(thrown) })
        }
      )
    void ask()
    const timer = everyMs > 0 ? setInterval(() => !document.hidden && void ask(), everyMs) : 0
    return () => {
      clearInterval(timer)
      stop.abort()
    }
  }, [address, turn, everyMs])
  const again = useCallback(() => {
    setState({ address: '' })
    setTurn((before) => before + 1)
  }, [])
  const isOfNow = state.address === address
  return {
    body: isOfNow && state.body !== undefined ? state.body : seen.get(address),
    error: isOfNow ? state.error : undefined,
    again,
  }
}

/**
 * @param {string} address
 * @param {unknown} body
 */
function keep(address, body) {
  seen.delete(address)
  seen.set(address, body)
  for (const oldest of seen.keys()) {
    if (seen.size <= KEPT) break
    seen.delete(oldest)
  }
}

/** @param {unknown} thrown */
const asApiError = (thrown) =>
  thrown instanceof ApiError ? thrown : new ApiError(0, String(thrown), 'Reload the page.')

/**
 * A stream while the component is shown.
 * @param {string | null} path null: no stream
 * @param {import('./api.mjs').Parameters} parameters
 * @param {(event: import('./api.mjs').StreamEvent) => void} onEvent
 * @returns {{ state: 'connecting' | 'open' | 'lost', error: ApiError | undefined }}
 */
export function useStream(path, parameters, onEvent) {
  const [state, setState] = useState(
    /** @type {ReturnType<typeof useStream>} */ ({ state: 'connecting', error: undefined })
  )
  const latest = useRef(onEvent)
  latest.current = onEvent
  const address = path === null ? '' : `${path}?${JSON.stringify(parameters)}`
  useEffect(() => {
    if (path === null) return
    setState({ state: 'connecting', error: undefined })
    const stop = new AbortController()
    void readStream(path, parameters, {
      onEvent: (event) => latest.current(event),
      onState: (state, error) => setState({ state, error }),
      signal: stop.signal,
    })
    return () => stop.abort()
  }, [address])
  return state
}
