// Tracks which numbers of each connection were seen, as pages of bits: small while few are set, free once all are. Every
// missing number must be named by a gap of a manifest, and every number that a gap names must be missing.

import type { Gap, Manifest } from '../format/manifest.ts'
import type { Problem } from '../format/problem.ts'

const PAGE = 65_536
/** A page with at most this many numbers is a list. */
const LISTED = 2048

type Page = { count: number; list: Set<number> | null; bits: Uint8Array | null }

const newPage = (): Page => ({ count: 0, list: new Set(), bits: null })

/** A set of numbers that is small while they are consecutive. */
export class NumberSet {
  readonly #pages = new Map<number, Page>()
  /** The page of the last number: most are followed by the next one. */
  #index = -1
  #page: Page = newPage()
  first = Number.POSITIVE_INFINITY
  last = 0
  size = 0

  /** False if it was known. */
  add(number: number): boolean {
    const index = Math.floor(number / PAGE)
    if (index !== this.#index) {
      const known = this.#pages.get(index)
      this.#page = known ?? newPage()
      this.#index = index
      if (known === undefined) this.#pages.set(index, this.#page)
    }
    if (!addTo(this.#page, number - index * PAGE)) return false
    this.size++
    if (number < this.first) this.first = number
    if (number > this.last) this.last = number
    return true
  }

  has(number: number): boolean {
    const index = Math.floor(number / PAGE)
    const page = this.#pages.get(index)
    if (page === undefined) return false
    if (page.count === PAGE) return true
    const at = number - index * PAGE
    return page.list?.has(at) ?? ((page.bits?.[at >>> 3] ?? 0) & (1 << (at & 7))) !== 0
  }

  *[Symbol.iterator](): Generator<number> {
    for (const [index, page] of this.#pages) {
      if (page.list !== null) for (const at of page.list) yield index * PAGE + at
      else {
        for (let at = 0; at < PAGE; at++) {
          if (this.has(index * PAGE + at)) yield index * PAGE + at
        }
      }
    }
  }

  /** Spans between `first` and `last` that are missing. */
  *missing(): Generator<[first: number, last: number]> {
    let from = 0
    for (let number = this.first; number <= this.last; number++) {
      const index = Math.floor(number / PAGE)
      const isThere = this.has(number)
      if (isThere && from > 0) {
        yield [from, number - 1]
        from = 0
      } else if (!isThere && from === 0) from = number
      // A full page, or one that does not exist, is passed in one step.
      const page = this.#pages.get(index)
      if (page === undefined || page.count === PAGE) number = (index + 1) * PAGE - 1
    }
  }
}

function addTo(page: Page, at: number): boolean {
  if (page.count === PAGE) return false
  if (page.list !== null) {
    if (page.list.has(at)) return false
    page.list.add(at)
    page.count++
    if (page.count > LISTED) {
      page.bits = new Uint8Array(PAGE / 8)
      for (const listed of page.list) page.bits[listed >>> 3]! |= 1 << (listed & 7)
      page.list = null
    }
    return true
  }
  const bits = page.bits!
  const bit = 1 << (at & 7)
  if ((bits[at >>> 3]! & bit) !== 0) return false
  bits[at >>> 3]! |= bit
  page.count++
  if (page.count === PAGE) page.bits = null
  return true
}

/** The numbers of a feed. */
export class HeldNumbers {
  readonly connections = new Map<string, NumberSet>()
  /** Set if a file could not be read to its end: then what is missing is unknown. */
  isDamaged = false

  /** Adds the numbers of a segment; returns those that were known, up to ten. */
  join(connection: string, numbers: Iterable<number>): number[] {
    let held = this.connections.get(connection)
    if (held === undefined) {
      held = new NumberSet()
      this.connections.set(connection, held)
    }
    const twice: number[] = []
    for (const number of numbers) if (!held.add(number) && twice.length < 10) twice.push(number)
    return twice
  }
}

/** Compares the numbers seen with the gaps of the manifests. */
export function checkNumbers(
  feed: string,
  held: HeldNumbers,
  manifests: readonly Manifest[]
): Problem[] {
  const problems: Problem[] = []
  const gaps = new Map<string, Gap[]>()
  const skipped = new Map<string, number>()
  const dayOf = new Map<string, string>()
  for (const manifest of manifests) {
    for (const gap of manifest.gaps) {
      if (gap.connection === null || gap.numbers === undefined) continue
      const known = gaps.get(gap.connection)
      if (known === undefined) gaps.set(gap.connection, [gap])
      else known.push(gap)
    }
    for (const connection of manifest.connections) {
      dayOf.set(connection.id, manifest.day)
      skipped.set(connection.id, (skipped.get(connection.id) ?? 0) + connection.skipped)
    }
  }
  let together = missingTogether(manifests)
  for (const [connection, numbers] of held.connections) {
    const file = `${feed}/${dayOf.get(connection) ?? ''}/manifest.json`
    const all = gaps.get(connection) ?? []
    const named = joinSpans(all.filter(({ count }) => count === undefined).map(spanOf))
    const counted = distinct(all.filter(({ count }) => count !== undefined))
    for (const [first, last] of named) {
      for (let number = first; number <= last && number <= numbers.last; number++) {
        if (!numbers.has(number)) continue
        const what = `a gap names record ${number} of connection ${connection} as missing, but it exists`
        problems.push({ file, where: 'gaps', what })
        break
      }
    }
    if (held.isDamaged) continue
    if ((skipped.get(connection) ?? 0) > 0) {
      const spans = [...named, ...counted.map(spanOf)]
      problems.push(...checkCount(file, connection, numbers, spans, skipped.get(connection)!))
      continue
    }
    const unnamed: [number, number][] = []
    for (const hole of numbers.missing()) unnamed.push(...withoutSpans(hole, named))
    for (const gap of counted) {
      const inside = lengthOf(unnamed.flatMap((span) => overlapOf(span, spanOf(gap))))
      if (inside >= gap.missing!) continue
      const [first, last] = spanOf(gap)
      const what = `a gap counts ${gap.missing} of the records ${first} to ${last} of connection ${connection} as missing, ${inside} are`
      problems.push({ file, where: 'gaps', what })
    }
    const spans = joinSpans(counted.map(spanOf))
    const outside = unnamed.flatMap((span) => withoutSpans(span, spans))
    const uncounted =
      lengthOf(unnamed) - lengthOf(outside) - counted.reduce((sum, gap) => sum + gap.missing!, 0)
    // Gaps of many connections that are counted together name no numbers: they stand for that number of any.
    const beyond = Math.max(0, uncounted) + lengthOf(outside)
    if (beyond <= together) {
      together -= beyond
      continue
    }
    if (uncounted > 0) {
      const what = `${uncounted} more records of connection ${connection} are missing than its gaps count`
      problems.push({ file, where: 'gaps', what })
    }
    for (const [a, b] of outside) {
      const what = `records ${a} to ${b} of connection ${connection} are missing, and no gap names them`
      problems.push({ file, where: 'gaps', what })
      if (problems.length > 1000) return problems
    }
  }
  return problems
}

type Span = readonly [first: number, last: number]

const spanOf = (gap: Gap): Span => gap.numbers!

const lengthOf = (spans: readonly Span[]): number =>
  spans.reduce((sum, [first, last]) => sum + last - first + 1, 0)

function overlapOf(a: Span, b: Span): Span[] {
  const first = Math.max(a[0], b[0])
  const last = Math.min(a[1], b[1])
  return first <= last ? [[first, last]] : []
}

/** A gap that spans midnight stands in both days. */
const distinct = (gaps: readonly Gap[]): Gap[] => [
  ...new Map(gaps.map((gap) => [`${gap.cause} ${gap.numbers!.join(' ')}`, gap])).values(),
]

/** What gaps count that stand for records of many connections. */
const missingTogether = (manifests: readonly Manifest[]): number =>
  manifests
    .flatMap((manifest) => manifest.gaps)
    .filter(({ connection, count, cause }) => {
      return connection === null && count !== undefined && cause !== 'exchange-sequence'
    })
    .reduce((sum, gap) => sum + (gap.missing ?? 0), 0)

/** Where types are left out on purpose only the count can be held: records, skipped and missing are all there were. */
function checkCount(
  file: string,
  connection: string,
  numbers: NumberSet,
  named: readonly (readonly [number, number])[],
  skipped: number
): Problem[] {
  const span = numbers.last - numbers.first + 1
  const inside = named.reduce(
    (sum, [a, b]) => sum + Math.max(0, Math.min(b, numbers.last) - Math.max(a, numbers.first) + 1),
    0
  )
  // Skipped records may lie before the first and behind the last that is kept.
  if (span - numbers.size - inside <= skipped) return []
  const what = `connection ${connection}: ${span - numbers.size} numbers are missing, ${skipped} were skipped and ${inside} are named by gaps`
  return [{ file, where: 'gaps', what }]
}

function joinSpans(spans: readonly (readonly [number, number])[]): [number, number][] {
  const joined: [number, number][] = []
  for (const [first, last] of [...spans].sort((a, b) => a[0] - b[0])) {
    const before = joined.at(-1)
    if (before !== undefined && first <= before[1] + 1) before[1] = Math.max(before[1], last)
    else joined.push([first, last])
  }
  return joined
}

/** What is left of a span without others, which are ascending. */
function withoutSpans(
  [first, last]: readonly [number, number],
  spans: readonly (readonly [number, number])[]
): [number, number][] {
  const left: [number, number][] = []
  let next = first
  for (const [a, b] of spans) {
    if (b < next || a > last) continue
    if (a > next) left.push([next, a - 1])
    next = b + 1
  }
  if (next <= last) left.push([next, last])
  return left
}
