// The symbols of a feed or of a day, to search in: 10,000 of them are one answer and a virtual list.

import { useAddress } from './address-state.mjs'
import { useAnswer } from './answers.mjs'
import { clock, count, dayPlus, NONE } from './format.mjs'
import { html, useEffect, useMemo, useState } from './lib.mjs'
import { Problem, Section, Skeleton } from './parts.mjs'
import { linkTo } from './route.mjs'
import { VirtualTable } from './virtual-table.mjs'

/** @typedef {{ symbol: string, first?: string | null, last?: string | null }} Found */

/** Symbols of one answer. If there are more, the server looks for those that begin with what is typed. */
const MOST = 20_000

/** @param {{ feed: string, day: string }} props `day`: whose symbols; empty while it is not known. */
export function Symbols({ feed, day }) {
  const [wanted, setWanted] = useAddress('search')
  const [prefix, setPrefix] = useState('')
  const answer = useAnswer(day === '' ? null : 'v1/symbols', {
    feed,
    from: day,
    to: day === '' ? '' : dayPlus(day, 1),
    prefix,
    limit: MOST,
  })
  const isPart = answer.body?.truncated === true || prefix !== ''
  useEffect(() => {
    if (!isPart) return
    const timer = setTimeout(() => setPrefix(wanted.trim()), 200)
    return () => clearTimeout(timer)
  }, [wanted, isPart])
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
    <${Section} id="symbols" title=${all === undefined ? 'Symbols' : `Symbols (${isPart && prefix === '' ? 'more than ' : ''}${count(all.length)})`} aside=${aside}>
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
      <p class="quiet">
        Of ${day || NONE}; times as the index has them, rounded outwards. Enter opens the first one.
      </p>
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
  {
    name: 'From (UTC)',
    kind: 'number',
    cell: (/** @type {Found} */ row) => clock(row.first),
  },
  {
    name: 'To (UTC)',
    kind: 'number',
    cell: (/** @type {Found} */ row) => clock(row.last),
  },
]
