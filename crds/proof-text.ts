// What a feed's exchange can prove, as people read it: the channels of each word, the strongest word first.

const STRONGEST_FIRST = ['frames', 'book', 'trades', 'nothing']
/** Of a word that a later release adds. */
const LAST = STRONGEST_FIRST.length

/** Such as `frames: orderbook_delta, trade; nothing: ticker`; empty if nothing is known. */
export function proofText(proof: Readonly<Record<string, string>>): string {
  const channels = Map.groupBy(Object.keys(proof).sort(), (channel) => proof[channel] ?? '')
  const rank = (word: string): number => {
    const place = STRONGEST_FIRST.indexOf(word)
    return place < 0 ? LAST : place
  }
  return [...channels]
    .sort(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1))
    .map(([word, names]) => `${word}: ${names.join(', ')}`)
    .join('; ')
}
