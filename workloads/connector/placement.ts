// Spreads symbols over places that each hold so many: what is placed stays where it is, what is new goes where there
// is room. Connections of a feed are filled so, and the subscriptions of a connection.

export type Place = { readonly wanted: Set<string> }

/** Changes the places so that together they hold exactly `symbols`. Returns those that had to be made. */
export function place(places: Place[], symbols: Iterable<string>, limit: number): Place[] {
  const wanted = new Set(symbols)
  const held = new Set<string>()
  for (const { wanted: here } of places) {
    for (const symbol of here) {
      if (wanted.has(symbol) && here.size <= limit) held.add(symbol)
      else here.delete(symbol) // gone, or over the limit: it finds another place below
    }
  }
  const made: Place[] = []
  let at = 0
  for (const symbol of wanted) {
    if (held.has(symbol)) continue
    while (at < places.length && places[at]!.wanted.size >= limit) at++
    if (at === places.length) {
      const fresh = { wanted: new Set<string>() }
      places.push(fresh)
      made.push(fresh)
    }
    places[at]!.wanted.add(symbol)
  }
  return made
}
