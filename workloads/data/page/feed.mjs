// A feed: its figures, what its protocol can prove, its days and its symbols.

import { useAnswer } from './answers.mjs'
import { Calendar } from './calendar.mjs'
import { period } from './calendar-cells.mjs'
import { bytes, count, dayOf, duration, NONE, short } from './format.mjs'
import { html, useMemo } from './lib.mjs'
import {
  Condition,
  Figures,
  Imported,
  Note,
  Problem,
  Section,
  Simulated,
  Skeleton,
} from './parts.mjs'
import { linkTo } from './route.mjs'
import { Symbols } from './symbols.mjs'
import { VirtualTable } from './virtual-table.mjs'
import { proofText } from './words.mjs'

/** @typedef {import('./calendar-cells.mjs').Coverage} Coverage */

/** Days in one answer: some twenty-seven years. */
const DAYS = 10_000

/** @param {{ route: import('./route.mjs').Route }} props */
export function FeedView({ route }) {
  const { feed } = route
  const today = dayOf(Date.now())
  const feeds = useAnswer('v1/feeds')
  const answer = useAnswer('v1/coverage', { feed, limit: DAYS })
  const facts = feeds.body?.rows.find((/** @type {{ feed: string }} */ row) => row.feed === feed)
  /** @type {readonly Coverage[] | undefined} */
  const days = useMemo(
    () =>
      answer.body?.rows.filter(
        (/** @type {Coverage} */ day) => day.condition || day.state === 'damaged'
      ),
    [answer.body]
  )
  const newest = useMemo(() => days?.toSorted((a, b) => (a.day < b.day ? 1 : -1)), [days])
  const error = feeds.error ?? answer.error
  return html`
    <div class="title">
      <h1>${feed}</h1>
      ${facts?.simulated && html`<${Simulated} />`}
      ${facts?.imported && html`<${Imported} />`}
      ${facts?.exchange && html`<span class="quiet">from ${facts.exchange}</span>`}
    </div>
    ${error && html`<${Problem} error=${error} again=${error === feeds.error ? feeds.again : answer.again} />`}
    ${!error && html`<${FeedParts} feed=${feed} facts=${facts} days=${days} newest=${newest} today=${today} />`}
  `
}

/**
 * @param {{
 *   feed: string
 *   facts: any
 *   days: readonly Coverage[] | undefined
 *   newest: readonly Coverage[] | undefined
 *   today: string
 * }} props
 */
function FeedParts({ feed, facts, days, newest, today }) {
  return html`
    ${days?.length === 0 && html`<${NoDays} feed=${feed} />`}
    <${FeedFigures} days=${days} />
    <${Section} id="days" title="Days">
      ${
        newest === undefined
          ? html`<${Skeleton} rows=${6} label="Days" />`
          : html`
              <${FeedCalendar} feed=${feed} days=${newest} today=${today} />
              <${DayList} feed=${feed} days=${newest} />
            `
      }
    <//>
    ${
      facts &&
      newest &&
      html`
        <${Proof} proof=${facts.proof} />
        <${Symbols} feed=${feed} day=${newest[0]?.day ?? ''} />
      `
    }
  `
}

/** @param {{ feed: string }} props */
const NoDays = ({ feed }) => html`
  <${Note} title=${`No day of ${feed} is archived here.`}>
    <p>Its first day appears within a minute of its first record. <a href="#/">See all feeds</a></p>
  <//>
`

/** @param {{ days: readonly Coverage[] | undefined }} props */
function FeedFigures({ days }) {
  const sum = (/** @type {(day: Coverage) => number | null} */ of) =>
    days?.reduce((total, day) => total + (of(day) ?? 0), 0)
  const broken = days?.filter(({ gaps }) => gaps).length
  return html`
    <${Figures} figures=${[
      ['Days', count(days?.length)],
      ['Records', short(sum(({ records }) => records))],
      ['On disk', bytes(sum((day) => day.bytes))],
      ['Known gaps', count(sum(({ gaps }) => gaps))],
      ['Days with gaps', count(broken)],
    ]} />
  `
}

/** @param {{ feed: string, days: readonly Coverage[], today: string }} props */
function FeedCalendar({ feed, days, today }) {
  const oldest = days.at(-1)?.day ?? today
  const { from, to } = period(today, oldest < period(today, 3).from ? 12 : 3)
  return html`
    <${Calendar} feeds=${[feed]} coverage=${days} from=${from} to=${to} today=${today}
      simulated=${days.some(({ simulated }) => simulated)} />
  `
}

/** @param {{ feed: string, days: readonly Coverage[] }} props */
function DayList({ feed, days }) {
  /** @type {import('./virtual-table.mjs').TableColumn[]} */
  const columns = [
    {
      name: 'Day (UTC)',
      cell: (/** @type {Coverage} */ { day }) => html`<a href=${linkTo([feed, day])}>${day}</a>`,
    },
    {
      name: 'Condition',
      cell: (/** @type {Coverage} */ { condition }) =>
        html`<${Condition} condition=${condition ?? 'damaged'} />`,
    },
    { name: 'Records', kind: 'number', cell: (/** @type {Coverage} */ day) => count(day.records) },
    {
      name: 'Size',
      kind: 'number',
      wide: true,
      cell: (/** @type {Coverage} */ day) => bytes(day.bytes),
    },
    { name: 'Gaps', kind: 'number', cell: (/** @type {Coverage} */ day) => count(day.gaps) },
    {
      name: 'Missing time',
      kind: 'number',
      wide: true,
      cell: (/** @type {Coverage} */ day) =>
        day.gaps ? duration(Number(day.gapSeconds) * 1000) : NONE,
    },
  ]
  return html`
    <${VirtualTable} label=${`Days of ${feed}`} layout="is-days" columns=${columns} rows=${days}
      keyOf=${(/** @type {Coverage} */ { day }) => day} />
  `
}

/** @param {{ proof: Readonly<Record<string, string>> | undefined }} props */
function Proof({ proof }) {
  const channels = Object.entries(proof ?? {})
  return html`
    <${Section} id="proof" title="What can be proven">
      ${
        channels.length === 0
          ? html`<p class="quiet">${proof === undefined ? NONE : 'The connector did not tell what the protocol can prove.'}</p>`
          : html`
              <dl class="facts">
                ${channels.map(
                  ([channel, word]) => html`
                    <div key=${channel}><dt>${channel}</dt><dd>${proofText(word)}</dd></div>
                  `
                )}
              </dl>
            `
      }
    <//>
  `
}
