// The types of lib.mjs, which the browser loads from other paths than the compiler.

import type { VNode } from 'preact'
import type uPlot from 'uplot'

export { render } from 'preact'
export {
  useCallback,
  useEffect,
  useErrorBoundary,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'preact/hooks'

export function html(strings: TemplateStringsArray, ...values: unknown[]): VNode
export function loadUPlot(): Promise<typeof uPlot>
