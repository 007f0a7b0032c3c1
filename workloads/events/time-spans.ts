// Intervals of receive times that are read together. Pure.

/** RFC 3339 with nine decimals, inclusive and exclusive. */
export type TimeSpan = { readonly from: string; readonly to: string }

/** Joins those that overlap or touch. */
export function joinSpans(spans: readonly TimeSpan[]): readonly TimeSpan[] {
  const joined: { readonly from: string; to: string }[] = []
  for (const { from, to } of spans.toSorted((a, b) => (a.from < b.from ? -1 : 1))) {
    const last = joined.at(-1)
    if (last === undefined || last.to < from) joined.push({ from, to })
    else if (last.to < to) last.to = to
  }
  return joined
}
