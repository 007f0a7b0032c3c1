// Which feeds a key may read: names, and patterns in which `*` stands for any characters, also none. `*` alone is every feed.
// No regular expression is made of them, so none can be slow.

/** The feeds that the patterns of a key name; without a pattern there are none. */
export function matchFeeds(patterns: readonly string[]): (feed: string) => boolean {
  const parts = patterns.map((pattern) => pattern.split('*'))
  return (feed) => parts.some((one) => matches(one, feed))
}

/** Names of feeds, with the name of their root before a dot, and `*`. */
export const isFeedPattern = (text: string): boolean => /^[a-z0-9*][a-z0-9.*-]{0,126}$/.test(text)

/** Whether a text has these parts in order, the first at its beginning and the last at its end. */
function matches([first = '', ...rest]: readonly string[], text: string): boolean {
  const last = rest.pop()
  if (last === undefined) return text === first
  if (!text.startsWith(first)) return false
  let at = first.length
  for (const part of rest) {
    // The earliest place leaves the most for the parts behind it.
    const found = text.indexOf(part, at)
    if (found < 0) return false
    at = found + part.length
  }
  return text.length - last.length >= at && text.endsWith(last)
}
