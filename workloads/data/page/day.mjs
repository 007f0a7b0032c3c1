// A day of a feed: how whole it is, each gap with its cause and whose fault it is, its files and connections, and the
// lines that fetch it elsewhere.

import { useAnswer } from './answers.mjs'
import { download, readKey, urlOf } from './api.mjs'
import { CopyPanel } from './copy-panel.mjs'
import { DayStrip } from './day-strip.mjs'
import { bytes, clock, count, dayOf, dayPlus, longDay, NONE } from './format.mjs'
import { GapList } from './gap-list.mjs'
import { html, useState } from './lib.mjs'
import {
  Condition,
  Copy,
  Figures,
  Imported,
  Problem,
  Section,
  Simulated,
  Skeleton,
} from './parts.mjs'
import { linkTo } from './route.mjs'
import { Symbols } from './symbols.mjs'
import { conditionText, proofText } from './words.mjs'

/**
 * What the page reads of a manifest (docs/reference/archive-format.md).
 * @typedef {{
 *   readonly name: string
 *   readonly group: string
 *   readonly sealed: boolean
 *   readonly bytes: number
 *   readonly rawBytes: number
 *   readonly sha256: string
 *   readonly records: number
 *   readonly from: string
 *   readonly to: string
 * }} Segment
 * @typedef {{
 *   readonly id: string
 *   readonly shard: number
 *   readonly records: number
 *   readonly from: string
 *   readonly to: string
 *   readonly closed: boolean
 * }} Connection
 * @typedef {import('./gap-list.mjs').Gap} Gap
 * @typedef {{
 *   readonly condition: string
 *   readonly simulated: boolean
 *   readonly imported?: true
 *   readonly exchange?: string | null
 *   readonly records: number
 *   readonly bytes: number
 *   readonly rawBytes: number
 *   readonly from: string | null
 *   readonly to: string | null
 *   readonly updated: string
 *   readonly segments: readonly Segment[]
 *   readonly connections: readonly Connection[]
 *   readonly moreConnections?: { readonly count: number }
 *   readonly gaps: readonly Gap[]
 *   readonly proof?: Readonly<Record<string, string>>
 * }} Day
 */

/** @param {{ route: import('./route.mjs').Route }} props */
export function DayView({ route: { feed, day } }) {
  const path = `v1/datasets/${encodeURIComponent(feed)}/${day}`
  const isToday = day === dayOf(Date.now())
  const answer = useAnswer(path, {}, { everyMs: isToday ? 15_000 : 0 })
  /** @type {Day | undefined} */
  const found = answer.body
  return html`
    <div class="title">
      <h1>${longDay(day)}</h1>
      ${found && html`<${Condition} condition=${found.condition} />`}
      ${found?.simulated && html`<${Simulated} />`}
      ${found?.imported && html`<${Imported} />`}
      <nav class="pager" aria-label="Days">
        <a href=${linkTo([feed, dayPlus(day, -1)])} aria-label="The day before">‹</a>
        <a href=${linkTo([feed])}>all days</a>
        <a href=${linkTo([feed, dayPlus(day, 1)])} aria-label="The day after">›</a>
      </nav>
    </div>
    ${
      answer.error?.status === 404
        ? html`<${NotCaptured} feed=${feed} day=${day} hint=${answer.error.hint} />`
        : answer.error && html`<${Problem} error=${answer.error} again=${answer.again} />`
    }
    ${!answer.error && html`<${Whole} feed=${feed} day=${day} path=${path} found=${found} />`}
  `
}

/** @param {{ feed: string, day: string, hint: string }} props */
const NotCaptured = ({ feed, day, hint }) => html`
  <div class="note">
    <p><strong>No data of ${feed} was captured on ${day}.</strong></p>
    <p>That is no statement about the market: no connector ran, or its archive is elsewhere. ${hint}</p>
    <p><a href=${linkTo([feed])}>See the days of ${feed}</a></p>
  </div>
`

/** @param {{ feed: string, day: string, path: string, found: Day | undefined }} props */
function Whole({ feed, day, path, found }) {
  return html`
    <p class="lead">${found ? `This day ${sayCondition(found)}` : ' '}</p>
    <${Figures} figures=${[
      ['Records', count(found?.records)],
      ['On disk', bytes(found?.bytes)],
      ['Unpacked', bytes(found?.rawBytes)],
      ['First record (UTC)', clock(found?.from, 3)],
      ['Last record (UTC)', clock(found?.to, 3)],
    ]} />
    <${Section} id="gaps" title="Gaps">
      <${DayStrip} day=${day} found=${found} />
      ${found ? html`<${GapList} gaps=${found.gaps} />` : html`<${Skeleton} rows=${2} label="Gaps" />`}
    <//>
    ${found && html`<${Parts} feed=${feed} day=${day} path=${path} found=${found} />`}
  `
}

/**
 * What stands below: once the height of what is above is known, so that nothing moves.
 * @param {{ feed: string, day: string, path: string, found: Day }} props
 */
const Parts = ({ feed, day, path, found }) => html`
  <${Section} id="files" title=${`Files (${count(found.segments.length)})`}
    aside=${html`<a class="aside" href=${urlOf(path)}>manifest</a>`}>
    <${Files} path=${path} files=${found.segments} />
  <//>
  <${CopyPanel} feed=${feed} day=${day} symbol="" />
  <${Connections} found=${found} />
  ${found.proof && html`<${Proof} proof=${found.proof} />`}
  <${Symbols} feed=${feed} day=${day} />
`

/** @param {Day} day */
const sayCondition = ({ condition, gaps }) =>
  condition === 'degraded' || gaps.length > 0
    ? 'has known gaps: everything missing is listed here, with its cause.'
    : condition === 'available'
      ? 'is complete, as far as the exchange lets it be proven: no gap is known.'
      : `${conditionText(condition)}.`

/** @param {{ path: string, files: readonly Segment[] }} props */
const Files = ({ path, files }) => html`
  <div class="scroll" tabindex="0" role="group" aria-labelledby="files">
    <table>
      <thead>
        <tr>
          <th scope="col">File</th>
          <th scope="col" class="number">Records</th>
          <th scope="col" class="number">Size</th>
          <th scope="col" class="number wide">Unpacked</th>
          <th scope="col" class="wide">From, to (UTC)</th>
          <th scope="col">sha256</th>
          <th scope="col"><span class="unseen">Download</span></th>
        </tr>
      </thead>
      <tbody>
        ${files.map(
          (file) => html`
            <tr key=${file.name}>
              <th scope="row"><code>${file.name}</code>${!file.sealed && html` <span class="chip is-pending">open</span>`}</th>
              <td class="number">${count(file.records)}</td>
              <td class="number">${bytes(file.bytes)}</td>
              <td class="number wide">${bytes(file.rawBytes)}</td>
              <td class="wide tabular">${clock(file.from)} to ${clock(file.to)}</td>
              <td class="sum">
                <code title=${file.sha256}>${file.sha256.slice(0, 8)}…</code>
                <${Copy} text=${file.sha256} what=${`the sha256 of ${file.name}`} short />
              </td>
              <td><${Download} path=${`${path}/files/${encodeURIComponent(file.name)}`} name=${file.name} /></td>
            </tr>
          `
        )}
      </tbody>
    </table>
  </div>
`

/** A link, unless a key has to go with it. @param {{ path: string, name: string }} props */
function Download({ path, name }) {
  const [failure, setFailure] = useState('')
  if (readKey() === '')
    return html`<a href=${urlOf(path)} download=${name} aria-label=${`Download ${name}`}>Download</a>`
  const save = () =>
    void download(path, name).then(
      () => setFailure(''),
      (/** @type {Error} */ { message }) => setFailure(message)
    )
  return html`
    <button type="button" class="copy" onClick=${save} aria-label=${`Download ${name}`}>Download</button>
    ${failure && html`<span class="is-bad" role="alert">${failure}</span>`}
  `
}

/** Connections that are listed; a storm of reconnects is counted. */
const LISTED = 50

/** @param {{ found: Day }} props */
function Connections({ found: { connections, moreConnections } }) {
  const all = connections.length + (moreConnections?.count ?? 0)
  return html`
    <${Section} id="connections" title=${`Connections (${count(all)})`}>
      <div class="scroll" tabindex="0" role="group" aria-labelledby="connections">
        <table>
          <thead>
            <tr>
              <th scope="col">Connection</th>
              <th scope="col" class="number">Shard</th>
              <th scope="col" class="number">Records</th>
              <th scope="col" class="number">From (UTC)</th>
              <th scope="col" class="number">To (UTC)</th>
              <th scope="col">End</th>
            </tr>
          </thead>
          <tbody>
            ${connections.slice(0, LISTED).map(
              (one) => html`
                <tr key=${one.id}>
                  <th scope="row"><code>${one.id}</code></th>
                  <td class="number">${count(one.shard)}</td>
                  <td class="number">${count(one.records)}</td>
                  <td class="number">${clock(one.from, 3)}</td>
                  <td class="number">${clock(one.to, 3)}</td>
                  <td>${one.closed ? 'closed' : 'no end in this day'}</td>
                </tr>
              `
            )}
          </tbody>
        </table>
      </div>
      ${all > LISTED && html`<p class="quiet">The first ${LISTED}; the manifest and the connection file have all of them.</p>`}
    <//>
  `
}

/** @param {{ proof: Readonly<Record<string, string>> }} props */
const Proof = ({ proof }) => html`
  <${Section} id="proof" title="What can be proven">
    <dl class="facts">
      ${Object.entries(proof).map(
        ([channel, word]) =>
          html`<div key=${channel}><dt>${channel || NONE}</dt><dd>${proofText(word)}</dd></div>`
      )}
    </dl>
  <//>
`
