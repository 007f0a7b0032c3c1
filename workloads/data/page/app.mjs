// The frame of the page: where one is, the way elsewhere, the theme, and the key when the API asks for one.

import { forgetAnswers } from './answers.mjs'
import { ApiError, KEY_EVENT, writeKey } from './api.mjs'
import { longDay } from './format.mjs'
import { html, useEffect, useErrorBoundary, useRef, useState } from './lib.mjs'
import { Overview } from './overview.mjs'
import { Note, Problem } from './parts.mjs'
import { linkTo, linkToTail, readRoute } from './route.mjs'
import { chooseTheme, chosenTheme } from './theme.mjs'

/** @typedef {import('./route.mjs').Route} Route */

/** The views beside the first, loaded when they are asked for. @type {Readonly<Record<string, () => Promise<unknown>>>} */
const LATER = {
  feed: async () => (await import('./feed.mjs')).FeedView,
  day: async () => (await import('./day.mjs')).DayView,
  symbol: async () => (await import('./symbol.mjs')).SymbolView,
  tail: async () => (await import('./tail.mjs')).TailView,
}

export function App() {
  const [route, setRoute] = useState(() => readRoute(location.hash))
  /** Views begin afresh with each key. */
  const [turn, setTurn] = useState(0)
  const [ask, setAsk] = useState(/** @type {{ refused: boolean } | null} */ (null))
  const main = useRef(/** @type {HTMLElement | null} */ (null))
  useEffect(() => {
    const go = () => {
      const next = readRoute(location.hash)
      setRoute((before) => {
        if (placeOf(before) !== placeOf(next)) {
          scrollTo(0, 0)
          main.current?.focus({ preventScroll: true })
        }
        return next
      })
    }
    const onKey = (/** @type {Event} */ event) => setAsk(/** @type {CustomEvent} */ (event).detail)
    addEventListener('hashchange', go)
    addEventListener(KEY_EVENT, onKey)
    return () => {
      removeEventListener('hashchange', go)
      removeEventListener(KEY_EVENT, onKey)
    }
  }, [])
  useEffect(() => {
    document.title = [
      ...trail(route)
        .map(([name]) => name)
        .reverse(),
      'ssmd',
    ].join(' · ')
  }, [route])
  const skip = (/** @type {Event} */ event) => {
    event.preventDefault()
    main.current?.focus()
  }
  const take = (/** @type {string} */ key) => {
    writeKey(key)
    forgetAnswers()
    setAsk(null)
    setTurn((before) => before + 1)
  }
  return html`
    <a class="skip" href="#main" onClick=${skip}>Skip to the content</a>
    <${Top} route=${route} />
    <main class="page" id="main" tabindex="-1" ref=${main}>
      ${ask !== null && html`<${KeyForm} refused=${ask.refused} onKey=${take} />`}
      <${View} key=${`${placeOf(route)} ${turn}`} route=${route} />
    </main>
    <footer class="bottom">
      <span>All times are UTC.</span>
      <a href="docs">API reference</a>
      <a href="openapi.json">OpenAPI</a>
    </footer>
  `
}

/** @param {Route} route */
const placeOf = ({ view, feed, day, symbol }) => [view, feed, day, symbol].join(' ')

/** @param {{ route: Route }} props */
function View({ route }) {
  const [failure] = useErrorBoundary((error) => console.error(error))
  const [later, setLater] = useState(/** @type {{ view: string, View: unknown } | null} */ (null))
  useEffect(() => {
    const load = LATER[route.view]
    if (load !== undefined) void load().then((View) => setLater({ view: route.view, View }))
  }, [route.view])
  if (failure !== undefined)
    return html`<${Problem} error=${new ApiError(0, `The page failed: ${failure.message}`, 'Reload it. If it fails again, report it with this address.')} />`
  if (route.view === 'overview') return html`<${Overview} route=${route} />`
  if (route.view === 'unknown')
    return html`
      <h1 class="unseen">Not found</h1>
      <${Note} title="This address leads nowhere.">
        <p>A link here looks like <code>#/feeds/kraken/2026-11-30</code>.</p>
        <p><a href="#/">Go to the overview</a></p>
      <//>
    `
  return later?.view === route.view && html`<${later.View} route=${route} />`
}

/**
 * From the overview to here: names and links.
 * @param {Route} route
 * @returns {[name: string, link: string][]}
 */
function trail({ view, feed, day, symbol }) {
  if (view === 'tail') return [['Live tail', linkToTail()]]
  /** @type {[string, string][]} */
  const steps = []
  if (feed !== '') steps.push([feed, linkTo([feed])])
  if (day !== '') steps.push([day, linkTo([feed, day])])
  if (symbol !== '') steps.push([symbol, linkTo([feed, day, symbol])])
  return steps
}

/** @param {{ route: Route }} props */
function Top({ route }) {
  const steps = route.view === 'tail' ? [] : trail(route)
  return html`
    <header class="top">
      <a class="brand" href="#/" aria-label="ssmd, overview">ssmd</a>
      <nav class="trail" aria-label="Where you are">
        <ol>
          ${steps.map(
            ([name, link], i) => html`
              <li key=${link}>
                <a href=${link} aria-current=${i === steps.length - 1 ? 'page' : undefined}
                  title=${i === 1 ? longDay(name) : undefined}>${name}</a>
              </li>
            `
          )}
        </ol>
      </nav>
      <nav class="places" aria-label="Views">
        <a href="#/" aria-current=${route.view === 'overview' ? 'page' : undefined}>Overview</a>
        <a href=${linkToTail()} aria-current=${route.view === 'tail' ? 'page' : undefined}>Live tail</a>
        <${ThemeButton} />
      </nav>
    </header>
  `
}

const THEMES = /** @type {const} */ (['system', 'light', 'dark'])

function ThemeButton() {
  const [theme, setTheme] = useState(chosenTheme)
  const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? 'system'
  const choose = () => {
    chooseTheme(next)
    setTheme(next)
  }
  return html`
    <button type="button" class="theme" onClick=${choose} title=${`Change to ${next}`}
      aria-label=${`Colours: ${theme}. Change to ${next}`}>
      <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
        <circle cx="8" cy="8" r="6.25" fill="none" stroke="currentColor" stroke-width="1.5" />
        ${theme === 'system' && html`<path d="M8 2a6 6 0 0 1 0 12z" fill="currentColor" />`}
        ${theme === 'dark' && html`<circle cx="8" cy="8" r="6" fill="currentColor" />`}
      </svg>
    </button>
  `
}

/** @param {{ refused: boolean, onKey: (key: string) => void }} props */
function KeyForm({ refused, onKey }) {
  const field = useRef(/** @type {HTMLInputElement | null} */ (null))
  useEffect(() => field.current?.focus(), [])
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault()
    const key = field.current?.value.trim() ?? ''
    if (key !== '') onKey(key)
  }
  return html`
    <form class="card key" onSubmit=${submit} aria-labelledby="key-title">
      <h2 id="key-title">This data API asks for a key</h2>
      <p class=${refused ? 'is-bad' : ''} role=${refused ? 'alert' : undefined}>
        ${refused ? 'The key was refused: it is wrong, expired or revoked. ' : ''}
        Keys are made with <code>npx ssmd api-key create</code>. This tab keeps it until you close it.
      </p>
      <label for="key">API key</label>
      <div class="field">
        <input id="key" type="password" autocomplete="off" spellcheck=${false} ref=${field} required />
        <button type="submit" class="primary">Use this key</button>
      </div>
    </form>
  `
}
