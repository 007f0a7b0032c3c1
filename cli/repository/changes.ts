// What a change of a file looks like: lines that go and lines that come, each with a few around them. Pure.

/** Lines shown before and behind what differs. */
const AROUND = 2
/** Steps of the comparison at most; larger files show what differs as one block. */
const MOST = 4_000_000

type Line = { readonly sign: ' ' | '-' | '+'; readonly text: string }

/** `- ` and `+ ` lines with their surroundings, `…` between places; empty if the texts are equal. */
export function changedLines(before: string, after: string): string[] {
  if (before === after) return []
  const lines = compared(linesOf(before), linesOf(after))
  const isNear = lines.map((_, i) =>
    lines.slice(Math.max(0, i - AROUND), i + AROUND + 1).some(({ sign }) => sign !== ' ')
  )
  const shown: string[] = []
  for (const [i, { sign, text }] of lines.entries()) {
    if (!isNear[i]) continue
    if (i > 0 && !isNear[i - 1] && shown.length > 0) shown.push('…')
    shown.push(`${sign} ${text}`.trimEnd())
  }
  return shown
}

const linesOf = (text: string): string[] => text.replace(/\r?\n$/, '').split(/\r?\n/)

function compared(old: readonly string[], next: readonly string[]): Line[] {
  let head = 0
  while (head < old.length && head < next.length && old[head] === next[head]) head++
  let tail = 0
  while (
    tail < Math.min(old.length, next.length) - head &&
    old.at(-1 - tail) === next.at(-1 - tail)
  )
    tail++
  const same = (lines: readonly string[]): Line[] => lines.map((text) => ({ sign: ' ', text }))
  return [
    ...same(old.slice(0, head)),
    ...middle(old.slice(head, old.length - tail), next.slice(head, next.length - tail)),
    ...same(old.slice(old.length - tail)),
  ]
}

/** By the longest common subsequence. */
function middle(old: readonly string[], next: readonly string[]): Line[] {
  const gone = (text: string): Line => ({ sign: '-', text })
  const come = (text: string): Line => ({ sign: '+', text })
  if (old.length * next.length > MOST) return [...old.map(gone), ...next.map(come)]
  const width = next.length + 1
  const lengths = new Uint32Array((old.length + 1) * width)
  for (let i = old.length - 1; i >= 0; i--) {
    for (let k = next.length - 1; k >= 0; k--) {
      lengths[i * width + k] =
        old[i] === next[k]
          ? lengths[(i + 1) * width + k + 1]! + 1
          : Math.max(lengths[(i + 1) * width + k]!, lengths[i * width + k + 1]!)
    }
  }
  const lines: Line[] = []
  let [i, k] = [0, 0]
  while (i < old.length || k < next.length) {
    if (i < old.length && k < next.length && old[i] === next[k]) {
      lines.push({ sign: ' ', text: old[i]! })
      i++
      k++
    } else if (
      k >= next.length ||
      (i < old.length && lengths[(i + 1) * width + k]! >= lengths[i * width + k + 1]!)
    ) {
      lines.push(gone(old[i++]!))
    } else lines.push(come(next[k++]!))
  }
  return lines
}
