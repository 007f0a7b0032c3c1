// The first view: what has been captured by feed and day, what is missing, and what is being captured now.

import { useAnswer } from './answers.mjs'
import { Calendar } from './calendar.mjs'
import { period, sayGaps } from './calendar-cells.mjs'
import { bytes, count, dayOf, dayPlus, longDay, short } from './format.mjs'
import { html, useMemo } from './lib.mjs'
import { LiveNow } from './live-now.mjs'
import {
  Condition,
  Figures,
  Imported,
  Note,
  Problem,
  Section,
  Simulated,
  Skeleton,
  withCode,
} from './parts.mjs'
import { isDay, linkTo } from './route.mjs'

/** @typedef {import('./calendar-cells.mjs').Coverage} Coverage */
/** @typedef {{ feed: string, exchange: string | null, simulated: boolean, from: string | null, to: string | null, records: number, bytes: number, days: number, gaps: number }} Feed */

/** What is being written grows: a page that stays open follows it. */
const REFRESH_MS = 15_000

/** @param {{ route: import('./route.mjs').Route }} props */
export function Overview({ route }) {
  const today = dayOf(Date.now())
  const feeds = useAnswer('v1/feeds', {}, { everyMs: REFRESH_MS })
  const live = useAnswer('v1/live')
  /** @type {readonly Feed[] | undefined} */
  const list = feeds.body?.rows
  // Parts come from the top down, each once what stands above it has its height: nothing moves.
  const isLiveKnown = live.body !== undefined || live.error !== undefined
  const now = isLiveKnown && html`<${LiveNow} answer=${live} />`
  return html`
    <h1 class="unseen">Overview</h1>
    ${feeds.error && html`<${Problem} error=${feeds.error} again=${feeds.again} />`}
    ${
      list?.length === 0 || (feeds.error && list === undefined)
        ? html`${list && html`<${Nothing} />`}${now}${now && html`<${KeysNote} />`}`
        : html`
            <${Totals} feeds=${list} />
            <${Coverages} feeds=${list} today=${today} until=${route.query.to ?? ''} now=${now} />
          `
    }
  `
}

const NOTHING =
  'Run `npm start` to capture simulated exchanges on this computer, or `npx ssmd data-api --demo` to look at recordings. ' +
  'The first day appears within a minute.'

const Nothing = () => html`
  <${Note} title="Nothing is archived here yet.">
    <p>${withCode(NOTHING)}</p>
  <//>
`

/** @param {{ feeds: readonly Feed[] | undefined }} props */
function Totals({ feeds }) {
  const sum = (/** @type {(feed: Feed) => number} */ of) =>
    feeds?.reduce((total, feed) => total + (of(feed) || 0), 0)
  return html`
    <${Figures} figures=${[
      ['Feeds', count(feeds?.length)],
      ['Days', count(sum(({ days }) => days))],
      ['Records', short(sum(({ records }) => records))],
      ['On disk', bytes(sum((feed) => feed.bytes))],
      ['Known gaps', count(sum(({ gaps }) => gaps))],
    ]} />
  `
}

/** @type {readonly Coverage[]} */
const NONE_YET = []
const YEAR = 12
const QUARTER = 3

/** @param {{ feeds: readonly Feed[] | undefined, today: string, until: string, now: unknown }} props */
function Coverages({ feeds, today, until, now }) {
  const first = feeds?.map(({ from }) => from ?? today).sort()[0] ?? today
  const newest = isDay(`${until}-01`) ? `${until}-01` : today
  const months = first < period(newest, QUARTER).from ? YEAR : QUARTER
  const { from, to } = period(newest, months)
  const isKnown = feeds !== undefined
  const answer = useAnswer(
    'v1/coverage',
    { from: period(newest, YEAR).from, to: dayPlus(to, 1), limit: 100_000 },
    { everyMs: 4 * REFRESH_MS }
  )
  /** @type {readonly Coverage[]} */
  const coverage = answer.body?.rows ?? NONE_YET
  const names = useMemo(() => feeds?.map(({ feed }) => feed).sort() ?? [], [feeds])
  const earlier = dayPlus(from, -1).slice(0, 7)
  const later = period(dayPlus(to, 1), months).to.slice(0, 7)
  const nav = html`
    <nav class="pager" aria-label="Period">
      <a href=${linkTo([], { to: earlier })} aria-label="Earlier months">‹</a>
      <span>${from.slice(0, 7)} to ${to.slice(0, 7)}</span>
      <a href=${linkTo([], { to: to > today ? undefined : later })} aria-label="Later months">›</a>
    </nav>
  `
  return html`
    <${Section} id="coverage" title="Coverage" aside=${nav}>
      ${answer.error && html`<${Problem} error=${answer.error} again=${answer.again} />`}
      ${
        isKnown
          ? html`<${Calendar} feeds=${names} coverage=${coverage} from=${from} to=${to} today=${today}
              simulated=${feeds.some(({ simulated }) => simulated)} />`
          : html`<${Skeleton} rows=${7} height=${28} label="Coverage" />`
      }
    <//>
    ${isKnown && now}
    ${isKnown && now && answer.body && html`<${Broken} coverage=${coverage} /><${KeysNote} />`}
  `
}

const SHOWN = 6

/** The latest days that have something missing. @param {{ coverage: readonly Coverage[] }} props */
function Broken({ coverage }) {
  const days = coverage
    .filter(({ gaps, condition }) => gaps || condition === 'missing')
    .sort((a, b) => (a.day < b.day ? 1 : a.day > b.day ? -1 : a.feed < b.feed ? -1 : 1))
  if (days.length === 0) return null
  return html`
    <${Section} id="broken" title="Days with known gaps"
      aside=${html`<span class="aside">${days.length > SHOWN ? `the latest ${SHOWN} of ${count(days.length)}` : count(days.length)}</span>`}>
      <ul class="links">
        ${days.slice(0, SHOWN).map(
          (day) => html`
            <li key=${day.feed + day.day}>
              <a href=${linkTo([day.feed, day.day])}>
                <strong>${day.feed}</strong> <span>${longDay(day.day)}</span>
              </a>
              <${Condition} condition=${day.condition} />
              ${day.simulated && html`<${Simulated} />`}
              ${day.imported && html`<${Imported} />`}
              <span class="number">
                ${sayGaps(day.gaps ?? 0, day.gapSeconds)}
              </span>
            </li>
          `
        )}
      </ul>
    <//>
  `
}

const NO_KEYS =
  'No API keys are set, so this server answers on this computer only. To share it, run `npx ssmd api-key create`.'

/** Without keys every reader sees everything: the server therefore listens on loopback alone. */
function KeysNote() {
  const health = useAnswer('health')
  if (health.body?.keys !== false) return null
  const { version = '' } = health.body
  return html`<p class="quiet">${withCode(NO_KEYS)} ${version && `This is ssmd ${version}.`}</p>`
}
