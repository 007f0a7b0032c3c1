// The libraries that the page is made of, as plain modules of their npm packages (the server serves them under /lib).
// Everything else of the page imports them from here; lib.d.mts has their types.

import htm from '../lib/htm.js'
import { h } from '../lib/preact.js'

export {
  useCallback,
  useEffect,
  useErrorBoundary,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from '../lib/hooks.js'
export { render } from '../lib/preact.js'

/** JSX as a template, without a build step. */
export const html = htm.bind(h)

/** The chart library is loaded by the views that draw one. */
export const loadUPlot = async () => (await import('../lib/uplot.js')).default
