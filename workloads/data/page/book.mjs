// The order book of a symbol at a moment, and its depth: each level's share of what stands up to it. It follows the cursor
// of the chart, and says when it cannot be trusted.

import { useAnswer } from './answers.mjs'
import { clock } from './format.mjs'
import { Choice } from './gap-list.mjs'
import { html, useEffect, useRef, useState } from './lib.mjs'
import { Problem, Section, Skeleton } from './parts.mjs'
import { causeText } from './words.mjs'

/** @typedef {{ side: string, level: number, price: string, size: string }} BookLevel */
/** @typedef {{ at?: string | null, state?: string, suspect?: string | null, snapshot?: string | null, recv?: string | null }} About */

const DEPTHS = [5, 10, 25]
/** The cursor moves at each frame; the book follows when it rests. */
const REST_MS = 140

/** @param {{ feed: string, symbol: string, atMs: number | null }} props */
export function Book({ feed, symbol, atMs }) {
  const [depth, setDepth] = useState(10)
  const at = useRested(atMs)
  const answer = useAnswer(at === null ? null : 'v1/book', {
    feed,
    symbol,
    at: at === null ? '' : new Date(at).toISOString(),
    depth,
  })
  const last = useRef(/** @type {{ rows: readonly BookLevel[], about?: About } | null} */ (null))
  if (answer.body !== undefined) last.current = answer.body
  if (answer.error !== undefined) last.current = null
  const book = last.current
  const aside = html`
    <div role="group" aria-label="Levels of each side" class="choices">
      ${DEPTHS.map(
        (levels) => html`
          <${Choice} key=${levels} name=${`${levels}`} isOn=${depth === levels} choose=${() => setDepth(levels)} />
        `
      )}
    </div>
  `
  return html`
    <${Section} id="book" title="Order book" aside=${aside}>
      ${at === null && html`<p class="quiet">Choose a moment in the chart to read the book at it.</p>`}
      ${answer.error && (answer.error.status === 404 ? html`<p class="quiet">${answer.error.message} ${answer.error.hint}</p>` : html`<${Problem} error=${answer.error} again=${answer.again} />`)}
      ${at !== null && book === null && !answer.error && html`<${Skeleton} rows=${depth} height=${24} label="The book" />`}
      ${book !== null && html`<${Ladder} book=${book} at=${at} />`}
    <//>
  `
}

/** @param {{ book: { rows: readonly BookLevel[], about?: About }, at: number | null }} props */
function Ladder({ book: { rows, about }, at }) {
  const bids = depthOf(rows.filter(({ side }) => side === 'bid'))
  const asks = depthOf(rows.filter(({ side }) => side === 'ask'))
  const most = Math.max(bids.at(-1)?.sum ?? 0, asks.at(-1)?.sum ?? 0) || 1
  const when = about?.at ?? (at === null ? '' : new Date(at).toISOString())
  const [bid, ask] = [bids[0]?.price, asks[0]?.price]
  return html`
    <p class="book-at tabular">at ${clock(when, 3)} UTC</p>
    <${Trust} about=${about} />
    ${
      rows.length === 0
        ? html`<p class="quiet">No book is known at this moment${about?.state ? `: ${about.state}` : ''}.</p>`
        : html`
            <table class="book">
              <caption class="unseen">Order book: price, size, and size up to the level</caption>
              <thead><tr><th scope="col" class="number">Price</th><th scope="col" class="number">Size</th><th scope="col" class="number">Depth</th></tr></thead>
              <tbody class="asks">${asks.toReversed().map((level) => html`<${Level} key=${level.price} level=${level} most=${most} />`)}</tbody>
              <tbody><tr class="spread"><td colspan="3">${spread(bid, ask)}</td></tr></tbody>
              <tbody class="bids">${bids.map((level) => html`<${Level} key=${level.price} level=${level} most=${most} />`)}</tbody>
            </table>
          `
    }
  `
}

/** How far it can be trusted. @param {{ about: About | undefined }} props */
function Trust({ about }) {
  if (about?.state === 'suspect')
    return html`<p class="is-bad">Do not trust it: something is missing since its snapshot (${causeText(about.suspect ?? '')}).</p>`
  if (about?.state === 'unverifiable')
    return html`<p class="quiet">The exchange sends nothing that would prove it.</p>`
  return about?.state === 'closed' ? html`<p class="quiet">The instrument is closed.</p>` : null
}

/** @param {{ level: { price: string, size: string, sum: number }, most: number }} props */
const Level = ({ level, most }) => html`
  <tr>
    <td class="number">${level.price}</td>
    <td class="number">${level.size}</td>
    <td class="number depth"><i style=${{ width: `calc((100% - 14px) * ${level.sum / most})` }}></i><span>${trim(level.sum)}</span></td>
  </tr>
`

/** @param {readonly BookLevel[]} levels */
function depthOf(levels) {
  let sum = 0
  return levels
    .toSorted((a, b) => a.level - b.level)
    .map(({ price, size }) => {
      sum += Number(size)
      return { price, size, sum }
    })
}

/** Sums of decimals end in noise. @param {number} value */
const trim = (value) => String(Number(value.toPrecision(8)))

/**
 * @param {string | undefined} bid
 * @param {string | undefined} ask
 */
const spread = (bid, ask) =>
  bid === undefined || ask === undefined
    ? 'one side is empty'
    : `spread ${trim(Number(ask) - Number(bid))}`

/** @param {number | null} value */
function useRested(value) {
  const [rested, setRested] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setRested(value), REST_MS)
    return () => clearTimeout(timer)
  }, [value])
  return rested
}
