// Records as they come: live, filtered, paused at will. The newest hundreds stay; what was missed is said.

import { useAnswer, useStream } from './answers.mjs'
import { clock, count } from './format.mjs'
import { html, useEffect, useMemo, useRef, useState } from './lib.mjs'
import { NoLive } from './live-now.mjs'
import { Note, Problem, Section } from './parts.mjs'
import { linkToTail } from './route.mjs'
import { VirtualTable } from './virtual-table.mjs'
import { causeText } from './words.mjs'

/** @typedef {{ key: string, feed: string, recv: string, type: string, symbol: string, text: string, isNotice: boolean }} Line */

/** Lines that stay on the page. */
const KEPT = 500
/** A line of the table is cut here: whole frames are in the archive. */
const SHOWN = 400

/** @param {{ route: import('./route.mjs').Route }} props */
export function TailView({ route: { query } }) {
  const live = useAnswer('v1/live')
  const { feed = '', symbol = '', type = '' } = query
  const [isPaused, setPaused] = useState(false)
  const [lines, setLines] = useState(/** @type {readonly Line[]} */ ([]))
  const [seen, setSeen] = useState(0)
  const waiting = useRef(/** @type {Line[]} */ ([]))
  const numbered = useRef(0)
  const isOff = live.body?.live === false || live.error?.status === 404
  const isOn = live.body?.live === true && !isPaused
  const stream = useStream(isOn ? 'v1/tail' : null, { feed, symbol, type }, (event) => {
    waiting.current.push(lineOf(event, ++numbered.current))
  })
  // A busy feed sends thousands a second: they are shown together, a few times a second.
  useEffect(() => {
    const timer = setInterval(() => {
      if (waiting.current.length === 0) return
      const fresh = waiting.current.reverse()
      waiting.current = []
      setSeen(numbered.current)
      setLines((before) => [...fresh, ...before].slice(0, KEPT))
    }, 250)
    return () => clearInterval(timer)
  }, [])
  useEffect(() => {
    setLines([])
    setSeen(0)
    numbered.current = 0
    waiting.current = []
  }, [feed, symbol, type])
  const feeds = useMemo(
    () => (live.body?.feeds ?? []).map((/** @type {{ feed: string }} */ one) => one.feed),
    [live.body]
  )
  return html`
    <div class="title"><h1>Live tail</h1></div>
    ${live.error && !isOff && html`<${Problem} error=${live.error} again=${live.again} />`}
    ${isOff && html`<${NoLive} why=${live.body?.why ?? ''} />`}
    ${
      live.body?.live &&
      html`
        <${Filter} feeds=${feeds} query=${query} />
        ${stream.error && html`<${Problem} error=${stream.error} />`}
        <${Section} id="tail" title="Records"
          aside=${html`
            <span class="aside" role="status">
              ${isPaused ? 'paused' : stream.state === 'open' ? html`<i class="beat"></i>live` : 'connecting'}
              ${` · ${count(seen)} seen`}
            </span>
            <button type="button" aria-pressed=${isPaused} onClick=${() => setPaused(!isPaused)}>
              ${isPaused ? 'Continue' : 'Pause'}
            </button>
          `}>
          ${
            lines.length > 0
              ? html`<${VirtualTable} label="Live records" layout="is-tail" columns=${COLUMNS} rows=${lines}
                  keyOf=${(/** @type {Line} */ { key }) => key} />`
              : html`<p class="quiet waiting">
                  ${isPaused ? 'Paused before a record came.' : 'Waiting for the first record. A quiet symbol can take a while.'}
                </p>`
          }
        <//>
      `
    }
  `
}

/** @type {readonly import('./virtual-table.mjs').TableColumn[]} */
const COLUMNS = [
  {
    name: 'Received (UTC)',
    cell: (/** @type {Line} */ { recv }) => html`<span class="tabular">${clock(recv, 3)}</span>`,
  },
  { name: 'Feed', wide: true, cell: (/** @type {Line} */ { feed }) => feed },
  { name: 'Type', wide: true, cell: (/** @type {Line} */ { type }) => type },
  { name: 'Symbol', cell: (/** @type {Line} */ { symbol }) => symbol },
  {
    name: 'Frame',
    cell: (/** @type {Line} */ { text, isNotice }) =>
      isNotice
        ? html`<strong class="is-bad">${text}</strong>`
        : html`<code title=${text}>${text}</code>`,
  },
]

/**
 * @param {import('./api.mjs').StreamEvent} event
 * @param {number} number
 * @returns {Line}
 */
function lineOf({ event, data }, number) {
  const key = String(number)
  /** @type {any} */
  const body = JSON.parse(data)
  const { feed = '', recv = '', type = '', symbol = '' } = body
  if (event !== 'message')
    return {
      key,
      feed,
      recv: recv ?? '',
      type: event,
      symbol,
      text: notice(event, body),
      isNotice: true,
    }
  const frame = body.frame ?? body.event ?? body.text ?? body.base64
  const text = typeof frame === 'string' ? frame : JSON.stringify(frame)
  return { key, feed, recv, type, symbol, text: text.slice(0, SHOWN), isNotice: false }
}

/**
 * What the stream says about itself.
 * @param {string} event
 * @param {any} body
 */
function notice(event, body) {
  if (event === 'disconnected')
    return `NATS of ${body.environment} cannot be reached: records may be missing here, not in the archive`
  if (event === 'connected') return `NATS of ${body.environment} answers again`
  if (event !== 'gap') return [body.detail ?? body.title, body.hint].filter(Boolean).join(': ')
  const span = [body.from, body.until].map((time) => (time ? clock(time, 3) : '?')).join(' to ')
  return `${causeText(body.reason)} (${span} UTC)`
}

/** @param {{ feeds: readonly string[], query: Readonly<Record<string, string>> }} props */
function Filter({ feeds, query }) {
  const submit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault()
    const fields = new FormData(/** @type {HTMLFormElement} */ (event.currentTarget))
    location.hash = linkToTail({
      feed: String(fields.get('feed') ?? ''),
      symbol: String(fields.get('symbol') ?? '').trim(),
      type: String(fields.get('type') ?? '').trim(),
    })
  }
  return html`
    <form class="filter" onSubmit=${submit} aria-label="Which records">
      <label>Feed
        <select name="feed">
          <option value="" selected=${!query.feed}>all feeds</option>
          ${feeds.map((feed) => html`<option key=${feed} value=${feed} selected=${query.feed === feed}>${feed}</option>`)}
        </select>
      </label>
      <label>Symbol <input name="symbol" value=${query.symbol ?? ''} placeholder="all" spellcheck=${false} autocomplete="off" /></label>
      <label>Type <input name="type" value=${query.type ?? ''} placeholder="all" spellcheck=${false} autocomplete="off" /></label>
      <button type="submit" class="primary">Show</button>
    </form>
    ${feeds.length === 0 && html`<${Note} title="No feed is being captured."><p>Start one with <code>npm start</code>.</p><//>`}
  `
}
