// What is being captured now, by feed: rate, the latest record, how far the archive is behind, gaps of today. Live by a
// stream; without a live part it says what to start.

import { useStream } from './answers.mjs'
import { begin, colorOf, useDrawing } from './canvas.mjs'
import { count, duration, NONE, short } from './format.mjs'
import { html, useEffect, useRef, useState } from './lib.mjs'
import { Note, Problem, Section, Simulated, sentence, withCode } from './parts.mjs'
import { linkTo, linkToTail } from './route.mjs'

/**
 * @typedef {{
 *   readonly feed: string
 *   readonly environment?: string
 *   readonly simulated?: boolean
 *   readonly state?: string
 *   readonly rate?: number | null
 *   readonly lastRecord?: string | null
 *   readonly lagSeconds?: number | null
 *   readonly gapsToday?: number | null
 *   readonly message?: string
 * }} LiveFeed
 * @typedef {{ readonly live: boolean, readonly why?: string, readonly feeds?: readonly LiveFeed[] }} Live
 */

/** Samples of a sparkline. */
const KEPT = 60

/** @param {{ answer: import('./answers.mjs').Answer<any> }} props */
export function LiveNow({ answer }) {
  const [live, setLive] = useState(/** @type {Live | null} */ (null))
  const rates = useRef(/** @type {Map<string, number[]>} */ (new Map()))
  const stream = useStream(answer.body?.live ? 'v1/live' : null, { stream: 1 }, (event) => {
    if (event.event !== 'message') return
    /** @type {Live} */
    const next = JSON.parse(event.data)
    for (const { feed, rate } of next.feeds ?? []) {
      const list = [...(rates.current.get(feed) ?? []), rate ?? 0].slice(-KEPT)
      rates.current.set(feed, list)
    }
    setLive(next)
  })
  const now = useNow(1000)
  /** @type {Live | undefined} */
  const shown = live ?? answer.body
  // A server without a live part need not know the path.
  const isOff = shown?.live === false || answer.error?.status === 404
  const aside =
    shown?.live &&
    html`<span class="aside">
      ${stream.state === 'open' ? html`<i class="beat"></i>live` : stream.state === 'lost' ? 'connecting again' : 'connecting'}
    </span>`
  return html`
    <${Section} id="now" title="Being captured now" aside=${aside}>
      ${answer.error && !isOff && html`<${Problem} error=${answer.error} again=${answer.again} />`}
      ${isOff && html`<${NoLive} why=${shown?.why ?? ''} />`}
      ${shown?.live && html`<${LiveTable} feeds=${shown.feeds ?? []} rates=${rates.current} now=${now} />`}
    <//>
  `
}

const NO_LIVE =
  'It shows archives alone. To see what is being captured, run `npm start`, or name the environment: `ssmd data-api --env <file>`.'

/** @param {{ why?: string }} props */
export const NoLive = ({ why }) => html`
  <${Note} title="This server has no live part.">
    <p>${why ? sentence(why) : withCode(NO_LIVE)}</p>
  <//>
`

/** @param {{ feeds: readonly LiveFeed[], rates: Map<string, number[]>, now: number }} props */
const LiveTable = ({ feeds, rates, now }) => html`
  <div class="scroll" tabindex="0" role="group" aria-labelledby="now">
    <table class="live">
      <thead>
        <tr>
          <th scope="col">Feed</th>
          <th scope="col" class="wide">State</th>
          <th scope="col" class="wide">Lately</th>
          <th scope="col" class="number">Rate</th>
          <th scope="col" class="number">Last record</th>
          <th scope="col" class="number wide">Archive behind</th>
          <th scope="col" class="number">Gaps today</th>
        </tr>
      </thead>
      <tbody>
        ${feeds.map(
          (one) => html`
            <tr key=${`${one.environment}/${one.feed}`}>
              <th scope="row">
                <span class=${`state is-${one.state ?? 'unknown'}`}>
                  <a href=${linkTo([one.feed])}>${one.feed}</a>
                </span>
                ${' '}${one.simulated && html`<${Simulated} />`}
                ${one.state !== 'capturing' && html`<span class="narrow quiet">${one.state}</span>`}
              </th>
              <td class="wide">
                ${one.state ?? NONE}
                ${one.message && html`<span class="why">${one.message}</span>`}
              </td>
              <td class="wide"><${Sparkline} values=${rates.get(one.feed) ?? []} /></td>
              <td class="number">${one.rate == null ? NONE : `${short(one.rate)}/s`}</td>
              <td class="number">${ago(one.lastRecord, now)}</td>
              <td class="number wide">${one.lagSeconds == null ? NONE : duration(one.lagSeconds * 1000)}</td>
              <td class=${`number ${one.gapsToday ? 'is-bad' : ''}`}>${count(one.gapsToday)}</td>
            </tr>
          `
        )}
      </tbody>
    </table>
  </div>
  <p class="quiet"><a href=${linkToTail()}>Watch records as they come</a></p>
`

/**
 * @param {string | null | undefined} time
 * @param {number} now
 */
function ago(time, now) {
  if (!time) return NONE
  const ms = Math.max(0, now - Date.parse(time))
  return ms < 1500 ? 'just now' : `${duration(ms)} ago`
}

/** @param {number} everyMs */
export function useNow(everyMs) {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs)
    return () => clearInterval(timer)
  }, [everyMs])
  return now
}

/** @param {{ values: readonly number[] }} props */
function Sparkline({ values }) {
  const canvas = useDrawing(
    (element, width) => {
      const height = 28
      const context = begin(element, width, height)
      const most = Math.max(1e-9, ...values)
      const step = width / (KEPT - 1)
      const start = KEPT - values.length
      context.beginPath()
      for (const [i, value] of values.entries())
        context.lineTo((start + i) * step, height - 2 - (value / most) * (height - 5))
      context.strokeStyle = colorOf('--accent')
      context.lineWidth = 1.5
      context.lineJoin = 'round'
      context.stroke()
      if (values.length < 2) return
      context.lineTo((KEPT - 1) * step, height)
      context.lineTo(start * step, height)
      context.globalAlpha = 0.12
      context.fillStyle = colorOf('--accent')
      context.fill()
      context.globalAlpha = 1
    },
    [values]
  )
  return html`<canvas class="sparkline" ref=${canvas} aria-hidden="true"></canvas>`
}
