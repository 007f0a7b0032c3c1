// A table of any length: only the rows in sight are in the document, so that 10,000 symbols or a storm of gaps cost what
// twenty rows cost. Rows have one height, from the style sheet.

import { html, useEffect, useLayoutEffect, useRef, useState } from './lib.mjs'

/**
 * @typedef {{
 *   readonly name: string
 *   readonly cell: (row: any) => unknown
 *   readonly kind?: 'number' | 'text'
 *   readonly wide?: boolean
 * }} TableColumn `wide`: left out on a narrow screen.
 */

/** Rows above and below the window that are ready before they are scrolled to. */
const SPARE = 8

/**
 * @param {{
 *   label: string
 *   columns: readonly TableColumn[]
 *   rows: readonly any[]
 *   keyOf: (row: any) => string
 *   layout: string
 *   tall?: boolean
 * }} props `layout`: the class that says how wide its columns are. `tall`: rows of two lines.
 */
export function VirtualTable({ label, columns, rows, keyOf, layout, tall = false }) {
  const box = useRef(/** @type {HTMLDivElement | null} */ (null))
  const [height, setHeight] = useState(tall ? 56 : 36)
  const [first, setFirst] = useState(0)
  const [shown, setShown] = useState(16)
  const measure = () => {
    if (box.current === null) return
    const row = Number.parseFloat(getComputedStyle(box.current).getPropertyValue('--row')) || 36
    setHeight(row)
    setFirst(Math.max(0, Math.floor(box.current.scrollTop / row) - SPARE))
    setShown(Math.ceil(box.current.clientHeight / row) + 2 * SPARE)
  }
  useLayoutEffect(measure, [rows.length])
  useEffect(() => {
    addEventListener('resize', measure)
    return () => removeEventListener('resize', measure)
  }, [])
  const start = Math.min(first, Math.max(0, rows.length - shown))
  const visible = rows.slice(start, start + shown)
  const cellClass = (/** @type {TableColumn} */ { kind, wide }) =>
    `${kind === 'number' ? 'number' : ''} ${wide ? 'wide' : ''}`
  return html`
    <div class=${`table ${layout} ${tall ? 'tall' : ''}`} role="table" aria-label=${label}
      aria-rowcount=${rows.length + 1}>
      <div role="rowgroup">
        <div class="head" role="row" aria-rowindex="1">
          ${columns.map(
            (column) => html`
              <div key=${column.name} role="columnheader" class=${cellClass(column)}>
                ${column.name}
              </div>
            `
          )}
        </div>
      </div>
      <div class="rows" role="rowgroup" tabindex="0" ref=${box} onScroll=${measure}
        aria-label=${`${label}: rows`}>
        <div class="space" role="presentation" style=${{ height: `${rows.length * height}px` }}>
          ${visible.map(
            (row, i) => html`
              <div key=${keyOf(row)} class="row" role="row" aria-rowindex=${start + i + 2}
                style=${{ transform: `translateY(${(start + i) * height}px)` }}>
                ${columns.map(
                  (column) => html`
                    <div key=${column.name} role="cell" class=${cellClass(column)}>
                      ${column.cell(row)}
                    </div>
                  `
                )}
              </div>
            `
          )}
        </div>
      </div>
    </div>
  `
}
