// Addresses of the page: every state is a link, such as `#/feeds/kraken/2026-11-30/BTC%2FUSD?from=09:00`. Pure.

/**
 * @typedef {{
 *   readonly view: 'overview' | 'feed' | 'day' | 'symbol' | 'tail' | 'unknown'
 *   readonly feed: string
 *   readonly day: string
 *   readonly symbol: string
 *   readonly query: Readonly<Record<string, string>>
 * }} Route
 */

const VIEWS = /** @type {const} */ (['feed', 'day', 'symbol'])

/**
 * @param {string} hash
 * @returns {Route}
 */
export function readRoute(hash) {
  const [path = '', search = ''] = split(hash.replace(/^#/, ''), '?')
  const query = Object.fromEntries(new URLSearchParams(search))
  const none = { feed: '', day: '', symbol: '', query }
  const parts = path.split('/').filter((part) => part !== '')
  if (parts.length === 0) return { ...none, view: 'overview' }
  if (parts.length === 1 && parts[0] === 'tail') return { ...none, view: 'tail' }
  const [feed = '', day = '', symbol = ''] = parts.slice(1).map(decode)
  const view = VIEWS[parts.length - 2]
  if (parts[0] !== 'feeds' || view === undefined || feed === '' || (day !== '' && !isDay(day)))
    return { ...none, view: 'unknown' }
  return { view, feed, day, symbol, query }
}

/**
 * A day that exists: 2026-02-30 is none.
 * @param {string} text
 */
export function isDay(text) {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false
  const ms = Date.parse(`${text}T00:00:00Z`)
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(text)
}

/**
 * The link of a feed, a day of it, or a symbol of that day; without a feed, the overview.
 * @param {readonly string[]} place
 * @param {Readonly<Record<string, string | number | undefined>>} [query]
 */
export function linkTo(place, query = {}) {
  const parts = place.map((part) => `/${encodeURIComponent(part)}`).join('')
  return withQuery(place.length === 0 ? '#/' : `#/feeds${parts}`, query)
}

/** @param {Readonly<Record<string, string | number | undefined>>} query */
export const linkToTail = (query = {}) => withQuery('#/tail', query)

/**
 * @param {string} link
 * @param {Readonly<Record<string, string | number | undefined>>} query
 */
function withQuery(link, query) {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query))
    if (value !== undefined && value !== '') search.set(name, String(value))
  const text = search.toString().replaceAll('%3A', ':')
  return text === '' ? link : `${link}?${text}`
}

/**
 * @param {string} text
 * @param {string} mark
 */
function split(text, mark) {
  const at = text.indexOf(mark)
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)]
}

/** @param {string} part */
function decode(part) {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
