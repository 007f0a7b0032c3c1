// The gaps of a day, each with what is missing, why, and whose fault it is; a storm of them is a virtual list.

import { useAddress } from './address-state.mjs'
import { between, clock, count, counted, duration, NONE } from './format.mjs'
import { html, useMemo } from './lib.mjs'
import { VirtualTable } from './virtual-table.mjs'
import { causeText, faultText } from './words.mjs'

/**
 * @typedef {{
 *   readonly cause: string
 *   readonly fault: string
 *   readonly from: string
 *   readonly to: string | null
 *   readonly connection?: string | null
 *   readonly missing: number | null
 *   readonly count?: number
 *   readonly channel?: string
 *   readonly clock?: string
 *   readonly detail: string
 * }} Gap
 */

/** @param {{ gaps: readonly Gap[] }} props */
export function GapList({ gaps }) {
  const [fault, setFault] = useAddress('fault')
  const faults = useMemo(() => sumByFault(gaps), [gaps])
  const rows = useMemo(
    () =>
      gaps
        .map((gap, i) => ({ ...gap, key: `${i}` }))
        .filter((gap) => fault === '' || gap.fault === fault)
        .sort((a, b) => (a.from < b.from ? -1 : 1)),
    [gaps, fault]
  )
  if (gaps.length === 0) return html`<p class="quiet">No gap is known on this day.</p>`
  return html`
    <div class="choices is-left" role="group" aria-label="Gaps by whose fault they are">
      <${Choice} name=${`all ${count(gaps.length)}`} isOn=${fault === ''} choose=${() => setFault('')} />
      ${faults.map(
        ([name, sum]) => html`
          <${Choice} key=${name} name=${`${faultText(name)}: ${count(sum)}`} isOn=${fault === name}
            choose=${() => setFault(name)} />
        `
      )}
    </div>
    <${VirtualTable} label="Gaps" layout="is-gaps" tall columns=${COLUMNS} rows=${rows}
      keyOf=${(/** @type {{ key: string }} */ { key }) => key} />
  `
}

/** @param {{ name: string, isOn: boolean, choose: () => void }} props */
export const Choice = ({ name, isOn, choose }) => html`
  <button type="button" class="choice" aria-pressed=${isOn} onClick=${choose}>${name}</button>
`

/**
 * @param {readonly Gap[]} gaps
 * @returns {[fault: string, gaps: number][]}
 */
function sumByFault(gaps) {
  /** @type {Map<string, number>} */
  const sums = new Map()
  for (const { fault, count: more = 1 } of gaps) sums.set(fault, (sums.get(fault) ?? 0) + more)
  return [...sums].sort((a, b) => b[1] - a[1])
}

/** @type {readonly import('./virtual-table.mjs').TableColumn[]} */
const COLUMNS = [
  {
    name: 'From, to (UTC)',
    cell: (/** @type {Gap} */ { from, to }) => html`
      <span class="two tabular"><span>${clock(from, 3)}</span><span>${to === null ? 'still lasts' : clock(to, 3)}</span></span>
    `,
  },
  {
    name: 'Lasted',
    kind: 'number',
    wide: true,
    cell: (/** @type {Gap} */ gap) => lasted(gap),
  },
  {
    name: 'Missing',
    kind: 'number',
    wide: true,
    cell: (/** @type {Gap} */ { missing }) =>
      missing === null
        ? html`<span title="It cannot be known how many">${NONE}</span>`
        : counted(missing, 'record'),
  },
  {
    name: 'Cause',
    cell: (/** @type {Gap} */ gap) => html`
      <span class="two">
        <span>${causeText(gap.cause)}${gap.count ? `, ${count(gap.count)} times` : ''}</span>
        <span class="quiet" title=${gap.detail}>
          ${[gap.channel, gap.detail].filter(Boolean).join(': ') || gap.cause}
        </span>
        <span class="narrow">${lasted(gap)}, fault of ${faultText(gap.fault)}</span>
      </span>
    `,
  },
  { name: 'Fault of', wide: true, cell: (/** @type {Gap} */ { fault }) => faultText(fault) },
]

/** Of clocks that disagree it cannot be told. @param {Gap} gap */
function lasted({ from, to, clock: direction }) {
  return direction === 'back' ? 'not known' : duration(between(from, to))
}
