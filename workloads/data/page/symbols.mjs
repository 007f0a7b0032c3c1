// The symbols of a feed or of a day, to search in: 10,000 of them are one answer and a virtual list.

import { useAnswer } from './answers.mjs'
import { clock, count, NONE } from './format.mjs'
import { html, useMemo, useState } from './lib.mjs'
import { Problem, Section, Skeleton } from './parts.mjs'
import { linkTo } from './route.mjs'
import { VirtualTable } from './virtual-table.mjs'

/** @typedef {{ symbol: string, records?: number | null, trades?: number | null, first?: string | null, last?: string | null }} Found */

const MOST = 10_000

/** @param {{ feed: string, day: string }} props `day`: whose symbols; empty while it is not known. */
export function Symbols({ feed, day }) {
  const [wanted, setWanted] = useState('')
  const answer = useAnswer(day === '' ? null : 'v1/symbols', {
    feed,
    from: day,
    to: day === '' ? '' : nextDay(day),
    limit: MOST,
  })
  /** @type {readonly Found[] | undefined} */
  const all = answer.body?.rows
  const rows = useMemo(() => {
    const text = wanted.trim().toLowerCase()
    return (all ?? []).filter(({ symbol }) => symbol.toLowerCase().includes(text))
  }, [all, wanted])
  const open = (/** @type {Event} */ event) => {
    event.preventDefault()
    const first = rows[0]
    if (first !== undefined) location.hash = linkTo([feed, day, first.symbol])
  }
  const aside = html`
    <form class="search" role="search" onSubmit=${open}>
      <label class="unseen" for="symbol-search">Search symbols</label>
      <input id="symbol-search" type="search" placeholder="Search symbols" value=${wanted}
        autocomplete="off" spellcheck=${false}
        onInput=${(/** @type {{ currentTarget: HTMLInputElement }} */ { currentTarget }) => setWanted(currentTarget.value)} />
    </form>
  `
  return html`
    <${Section} id="symbols" title=${all === undefined ? 'Symbols' : `Symbols (${count(all.length)})`} aside=${aside}>
      ${answer.error && html`<${Problem} error=${answer.error} again=${answer.again} />`}
      ${!all && !answer.error && html`<${Skeleton} rows=${6} label="Symbols" />`}
      ${
        all &&
        (rows.length > 0
          ? html`
              <${VirtualTable} label="Symbols" layout="is-symbols" rows=${rows}
                columns=${columnsOf(feed, day)} keyOf=${(/** @type {Found} */ row) => row.symbol} />
            `
          : html`<p class="quiet" role="status">
              ${all.length === 0 ? 'This day has no symbols.' : `No symbol contains “${wanted}”.`}
            </p>`)
      }
      <p class="quiet">Of ${day || NONE}. Enter opens the first one.</p>
    <//>
  `
}

/**
 * @param {string} feed
 * @param {string} day
 * @returns {import('./virtual-table.mjs').TableColumn[]}
 */
const columnsOf = (feed, day) => [
  {
    name: 'Symbol',
    cell: (/** @type {Found} */ { symbol }) =>
      html`<a href=${linkTo([feed, day, symbol])} title=${symbol}>${symbol}</a>`,
  },
  { name: 'Records', kind: 'number', cell: (/** @type {Found} */ row) => count(row.records) },
  { name: 'Trades', kind: 'number', cell: (/** @type {Found} */ row) => count(row.trades) },
  {
    name: 'First (UTC)',
    kind: 'number',
    wide: true,
    cell: (/** @type {Found} */ row) => clock(row.first),
  },
  {
    name: 'Last (UTC)',
    kind: 'number',
    wide: true,
    cell: (/** @type {Found} */ row) => clock(row.last),
  },
]

/** @param {string} day */
const nextDay = (day) =>
  new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10)
