// "Did you mean": the known word nearest to one that is not known, or none where nothing is near.

/** The nearest of `known`: the same but for case, `_` and `-`, else within one or two slips of the keyboard. */
export function nearest(word: string, known: Iterable<string>): string | undefined {
  if (word.length > 100) return undefined
  const plain = simplify(word)
  const limit = word.length <= 3 ? 1 : Math.max(2, Math.floor(word.length / 4))
  let best: { word: string; distance: number } | undefined
  for (const candidate of known) {
    if (simplify(candidate) === plain) return candidate
    const distance = slips(word.toLowerCase(), candidate.toLowerCase())
    if (
      distance <= limit &&
      distance < candidate.length &&
      distance < (best?.distance ?? Infinity)
    ) {
      best = { word: candidate, distance }
    }
  }
  return best?.word
}

const simplify = (word: string): string => word.toLowerCase().replaceAll(/[_-]/g, '')

/** Letters to add, leave out, change, or swap with their neighbour. */
function slips(a: string, b: string): number {
  let before: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = a[i - 1] === b[j - 1] ? 0 : 1
      let least = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + change)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        least = Math.min(least, (before[j - 2] ?? 0) + 1)
      }
      row.push(least)
    }
    before = last
    last = row
  }
  return last[b.length] ?? 0
}
