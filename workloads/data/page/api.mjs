// How the page asks the data API: answers as JSON, streams as events, files as downloads. A key is asked for once, kept
// for this tab alone, and sent as a header; never in an address.

const KEY = 'ssmd-key'

/** What the API, or the way to it, said instead of an answer: a problem of RFC 9457. */
export class ApiError extends Error {
  /**
   * @param {number} status 0: no answer at all
   * @param {string} message
   * @param {string} hint
   */
  constructor(status, message, hint) {
    super(message)
    this.status = status
    this.hint = hint
  }
}

/** @typedef {Readonly<Record<string, string | number | undefined>>} Parameters */

/**
 * An address of the API: with the page's own host, for a person to copy.
 * @param {string} path
 * @param {Parameters} [parameters]
 */
export function urlOf(path, parameters = {}) {
  const url = new URL(path.replace(/^\//, ''), document.baseURI.replace(/#.*$/, ''))
  for (const [name, value] of Object.entries(parameters))
    if (value !== undefined && value !== '') url.searchParams.set(name, String(value))
  return url.href
}

/**
 * @param {string} path
 * @param {Parameters} [parameters]
 * @param {AbortSignal} [signal]
 * @returns {Promise<any>}
 */
export async function getJson(path, parameters, signal) {
  const response = await get(urlOf(path, parameters), 'application/json', signal)
  return response.json()
}

/**
 * Saves a file. With a key it goes through the page, since a link cannot carry the header.
 * @param {string} path
 * @param {string} name
 */
export async function download(path, name) {
  const response = await get(urlOf(path), '*/*')
  const url = URL.createObjectURL(await response.blob())
  const link = Object.assign(document.createElement('a'), { href: url, download: name })
  link.click()
  // The browser has taken the address by then.
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}

/** @typedef {{ readonly id: string, readonly event: string, readonly data: string }} StreamEvent */

/**
 * Reads server-sent events with `fetch`, for EventSource cannot send a key. Reconnects until aborted, from the last id.
 * @param {string} path
 * @param {Parameters} parameters
 * @param {{
 *   onEvent: (event: StreamEvent) => void
 *   onState: (state: 'open' | 'lost', error?: ApiError) => void
 *   signal: AbortSignal
 * }} listener
 */
export async function readStream(path, parameters, { onEvent, onState, signal }) {
  let lastId = ''
  let wait = FIRST_WAIT_MS
  while (!signal.aborted) {
    try {
      const headers = lastId === '' ? undefined : { 'Last-Event-ID': lastId }
      const response = await get(urlOf(path, parameters), 'text/event-stream', signal, headers)
      onState('open')
      wait = FIRST_WAIT_MS
      for await (const event of eventsOf(response)) {
        if (event.id !== '') lastId = event.id
        // Without data it only keeps the connection open, and moves the id on.
        if (event.data !== '') onEvent(event)
      }
      throw new ApiError(0, 'The stream ended.', 'The page connects again.')
    } catch (thrown) {
      if (signal.aborted) return
      const error = thrown instanceof ApiError ? thrown : unreachable()
      onState('lost', error)
      // What the API refuses it refuses again; only what passes is tried again.
      if (error.status >= 400 && error.status < 500 && error.status !== 429) return
    }
    await new Promise((resolve) => setTimeout(resolve, wait))
    wait = Math.min(wait * 2, LAST_WAIT_MS)
  }
}
const FIRST_WAIT_MS = 500
const LAST_WAIT_MS = 10_000

/**
 * @param {Response} response
 * @returns {AsyncGenerator<StreamEvent>}
 */
async function* eventsOf(response) {
  if (response.body === null) return
  const decoder = new TextDecoder()
  let rest = ''
  for await (const bytes of response.body) {
    rest += decoder.decode(bytes, { stream: true })
    const blocks = rest.split(/\r?\n\r?\n/)
    rest = blocks.pop() ?? ''
    for (const block of blocks) {
      yield readEvent(block)
    }
  }
}

/**
 * One event of a stream; without data it says nothing.
 * @param {string} block
 * @returns {StreamEvent}
 */
export function readEvent(block) {
  let [id, event] = ['', 'message']
  /** @type {string[]} */
  const data = []
  for (const line of block.split(/\r?\n/)) {
    const at = line.indexOf(':')
    const name = at < 0 ? line : line.slice(0, at)
    const value = at < 0 ? '' : line.slice(at + 1).replace(/^ /, '')
    if (name === 'id') id = value
    else if (name === 'event') event = value
    else if (name === 'data') data.push(value)
  }
  return { id, event, data: data.join('\n') }
}

/**
 * @param {string} url
 * @param {string} accept
 * @param {AbortSignal} [signal]
 * @param {Record<string, string>} [more]
 */
async function get(url, accept, signal, more) {
  const key = readKey()
  const headers = { Accept: accept, ...(key === '' ? {} : { 'X-API-Key': key }), ...more }
  const response = await fetch(url, { headers, signal: signal ?? null }).catch((thrown) => {
    throw signal?.aborted ? thrown : unreachable()
  })
  if (response.ok) return response
  if (response.status === 401) {
    writeKey('')
    askForKey(key !== '')
  }
  throw await problemOf(response)
}

const unreachable = () =>
  new ApiError(
    0,
    'The data API does not answer.',
    'Start it with `npm start` or `npx ssmd data-api`, then try again.'
  )

/** @param {Response} response */
async function problemOf(response) {
  const { status, statusText } = response
  const text = await response.text().catch(() => '')
  /** @type {{ title?: string, detail?: string, hint?: string }} */
  let problem = {}
  try {
    problem = JSON.parse(text)
  } catch {
    // A proxy between answers in words of its own; its status says what there is to say.
  }
  const message = problem.detail ?? problem.title ?? `The answer was ${status} ${statusText}.`
  return new ApiError(status, message, problem.hint ?? '')
}

export function readKey() {
  try {
    return sessionStorage.getItem(KEY) ?? ''
  } catch {
    return ''
  }
}

/** @param {string} key */
export function writeKey(key) {
  try {
    if (key === '') sessionStorage.removeItem(KEY)
    else sessionStorage.setItem(KEY, key)
  } catch {
    // Without storage the key is asked for again with each answer that needs it.
  }
}

/** Sent to `window` when an answer needs a key; `detail` says whether one was refused. */
export const KEY_EVENT = 'ssmd-key'

/** @param {boolean} refused */
const askForKey = (refused) =>
  window.dispatchEvent(new CustomEvent(KEY_EVENT, { detail: { refused } }))
