// The name that a mistyped one was probably meant to be, for hints. Pure.

/** Longer texts are no typing mistakes, and comparing them would cost what an attacker chooses. */
const MOST = 64

/** The name with the fewest edits to it, if they are few; undefined if none is near. */
export function nearestName(text: string, names: readonly string[]): string | undefined {
  if (text.length === 0 || text.length > MOST) return undefined
  const wanted = text.toLowerCase()
  let best: string | undefined
  // More than a third of the letters wrong is another word.
  let fewest = Math.max(1, Math.floor(text.length / 3)) + 1
  for (const name of names) {
    if (Math.abs(name.length - text.length) >= fewest) continue
    const edits = editsBetween(wanted, name.toLowerCase())
    if (edits < fewest) {
      fewest = edits
      best = name
    }
  }
  return best
}

/** Insertions, removals, replacements, and swaps of neighbours (optimal string alignment). */
export function editsBetween(a: string, b: string): number {
  let before: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const isSame = a[i - 1] === b[j - 1]
      let edits = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (isSame ? 0 : 1))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        edits = Math.min(edits, before[j - 2]! + 1)
      row.push(edits)
    }
    before = last
    last = row
  }
  return last[b.length]!
}
