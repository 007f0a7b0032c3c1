// Where the gaps of a day are drawn on a band of pixels. Pure.

/** A gap of a millisecond is still seen. In pixels. */
export const LEAST = 2

/**
 * Where gaps are drawn: each of them, but only once where thousands share a pixel.
 * @param {readonly import('./gap-list.mjs').Gap[]} gaps in any order
 * @param {string | null} end what a gap that still lasts reaches to
 * @param {(time: string | null) => number} at
 * @returns {[left: number, right: number][]}
 */
export function bandsOf(gaps, end, at) {
  const spans = gaps.map(({ from, to }) => [at(from), at(to ?? end ?? from)])
  /** @type {[number, number][]} */
  const bands = []
  for (const [left = 0, right = 0] of spans.sort((a, b) => (a[0] ?? 0) - (b[0] ?? 0))) {
    const last = bands.at(-1)
    if (last !== undefined && left <= Math.max(last[1], last[0] + LEAST))
      last[1] = Math.max(last[1], right)
    else bands.push([left, right])
  }
  return bands
}
