// State that stands in the address, so that what is seen can be sent to another person: a search, a filter, a choice.

import { useState } from './lib.mjs'
import { linkTo, readRoute } from './route.mjs'

/**
 * @param {string} name of the parameter
 * @param {string} usual what is not written
 * @returns {[value: string, set: (value: string) => void]}
 */
export function useAddress(name, usual = '') {
  const [value, setValue] = useState(() => readRoute(location.hash).query[name] ?? usual)
  const set = (/** @type {string} */ next) => {
    setValue(next)
    rewrite({ [name]: next === usual ? undefined : next })
  }
  return [value, set]
}

/**
 * Changes parameters of the address in place: the way back leads to the view before, not through each letter of a search.
 * @param {Readonly<Record<string, string | undefined>>} changes
 */
export function rewrite(changes) {
  const { view, feed, day, symbol, query } = readRoute(location.hash)
  if (view === 'tail' || view === 'unknown') return
  const place = [feed, day, symbol].filter((part) => part !== '')
  history.replaceState(null, '', linkTo(place, { ...query, ...changes }))
}
