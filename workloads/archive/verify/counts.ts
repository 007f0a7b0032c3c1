// Recomputes the `counts` of a day from its lines: numbers must be the sums, texts and entries of lists must have been told.
// Written a second time, so that a mistake of the writer shows.

import { canonical } from '#crds/canonical.ts'

/** The bounds that the format states. */
const MAX_NAMES = 1000
const MAX_LEVELS = 4
const MAX_ENTRIES = 20

type Leaf = { sum: number; readonly texts: Set<string>; readonly entries: string[] }

export class ToldCounts {
  /** By the path of names, as JSON. */
  readonly leaves = new Map<string, Leaf>()

  note(event: Readonly<Record<string, unknown>>): void {
    const { kind: _kind, ...counts } = event
    this.#walk([], counts)
  }

  join(other: ToldCounts): void {
    for (const [path, { sum, texts, entries }] of other.leaves) {
      const leaf = this.#leaf(path)
      leaf.sum += sum
      for (const text of texts) leaf.texts.add(text)
      for (const entry of entries) leaf.entries.push(entry)
    }
  }

  #walk(path: readonly string[], value: unknown): void {
    if (isCount(value)) this.#leaf(JSON.stringify(path)).sum += value
    else if (typeof value === 'string') this.#leaf(JSON.stringify(path)).texts.add(value)
    else if (Array.isArray(value)) {
      const { entries } = this.#leaf(JSON.stringify(path))
      entries.push(...value.slice(0, MAX_ENTRIES).map(canonical))
    } else if (typeof value === 'object' && value !== null && path.length < MAX_LEVELS) {
      for (const [name, inner] of Object.entries(value)) this.#walk([...path, name], inner)
    }
  }

  #leaf(path: string): Leaf {
    let leaf = this.leaves.get(path)
    if (leaf === undefined) {
      leaf = { sum: 0, texts: new Set(), entries: [] }
      this.leaves.set(path, leaf)
    }
    return leaf
  }
}

/** What the manifest says of its counts and the lines do not. */
export function checkCounts(counts: Readonly<Record<string, unknown>>, told: ToldCounts): string[] {
  const wrong: string[] = []
  const said = new Set<string>()
  const check = (path: readonly string[], value: unknown): void => {
    const key = JSON.stringify(path)
    const leaf = told.leaves.get(key)
    const name = path.join('.')
    said.add(key)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      const names = Object.keys(value)
      for (const inner of names) check([...path, inner], (value as Record<string, unknown>)[inner])
      // What came beyond the bound is in the lines alone.
      if (names.length >= MAX_NAMES) for (const other of below(told, path)) said.add(other)
    } else if (typeof value === 'number') {
      if (leaf?.sum !== value) wrong.push(`${name} says ${value}, found ${leaf?.sum ?? 'nothing'}`)
    } else if (typeof value === 'string') {
      if (!leaf?.texts.has(value))
        wrong.push(`${name} says ${JSON.stringify(value)}, found nothing`)
    } else if (Array.isArray(value)) {
      const entries = leaf?.entries ?? []
      const isTold = value.every((entry) => entries.includes(canonical(entry)))
      if (!isTold || value.length !== Math.min(MAX_ENTRIES, entries.length)) {
        wrong.push(`${name} lists ${value.length} entries that are not those of the lines`)
      }
    } else wrong.push(`${name} is neither a number, a text, a list nor an object`)
  }
  check([], counts)
  for (const path of told.leaves.keys()) {
    if (!said.has(path)) wrong.push(`${(JSON.parse(path) as string[]).join('.')} is missing`)
  }
  return wrong
}

const below = (told: ToldCounts, path: readonly string[]): string[] => {
  const start = path.length === 0 ? '[' : `${JSON.stringify(path).slice(0, -1)},`
  return [...told.leaves.keys()].filter((key) => key.startsWith(start))
}

const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
