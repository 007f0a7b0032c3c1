// What a change of a file looks like: the lines that differ, with a few around them. Pure.

/** Lines shown before and behind what differs. */
const AROUND = 2

/** `-` and `+` lines between what two texts have in common at their beginning and end; empty if they are equal. */
export function changedLines(before: string, after: string): string[] {
  if (before === after) return []
  const [old, next] = [linesOf(before), linesOf(after)]
  let head = 0
  while (head < old.length && head < next.length && old[head] === next[head]) head++
  let tail = 0
  while (
    tail < old.length - head &&
    tail < next.length - head &&
    old[old.length - 1 - tail] === next[next.length - 1 - tail]
  )
    tail++
  const same = (lines: readonly string[]) => lines.map((line) => `  ${line}`)
  return [
    ...same(old.slice(Math.max(0, head - AROUND), head)),
    ...old.slice(head, old.length - tail).map((line) => `- ${line}`),
    ...next.slice(head, next.length - tail).map((line) => `+ ${line}`),
    ...same(old.slice(old.length - tail, old.length - tail + AROUND)),
  ]
}

const linesOf = (text: string): string[] => text.replace(/\r?\n$/, '').split(/\r?\n/)
