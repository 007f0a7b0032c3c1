// The times in which anything of a feed is missing, by its manifests, to be asked whether a span touches one. Pure.

import type { Gap } from '#archive/read/reader.ts'

type Span = { readonly from: string; readonly to: string }

/** Behind every time. */
const LASTS = '~'

export class GapSpans {
  #spans: Span[] = []

  add({ gaps }: { readonly gaps: readonly Pick<Gap, 'from' | 'to'>[] }): void {
    const all = [...this.#spans, ...gaps.map(({ from, to }) => ({ from, to: to ?? LASTS }))]
    this.#spans = []
    for (const span of all.sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0))) {
      const last = this.#spans.at(-1)
      if (last === undefined || last.to < span.from) this.#spans.push(span)
      else if (last.to < span.to) this.#spans[this.#spans.length - 1] = { ...last, to: span.to }
    }
  }

  /** Whether anything is missing from `from` to before `to`. */
  touches(from: string, to: string): boolean {
    const spans = this.#spans
    let low = 0
    let high = spans.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (spans[middle]!.from < to) low = middle + 1
      else high = middle
    }
    const span = spans[low - 1]
    // One that ends where this begins is over; one without length may lie within.
    return span !== undefined && (span.to > from || span.from >= from)
  }
}
