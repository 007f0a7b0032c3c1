// Which days a run reads, as their manifests say, and which days of its time are missing: they are named, and nothing stands in for them.

import { manifestIfThere, namesOfDays, summaryOf } from '#archive/read/reader.ts'
import { hashOf } from '#crds/canonical.ts'
import type { ArchiveRoot } from '#events/history.ts'
import { endOf, padded, startOf } from '#events/times.ts'

export type DayRead = {
  readonly feed: string
  readonly day: string
  /** Hash of its manifest. */
  readonly manifest: string
  readonly condition: string
  readonly records: number
  readonly gaps: number
}

export type DaysRead = {
  readonly read: readonly DayRead[]
  /** As `feed/day`. */
  readonly missing: readonly string[]
}

type Scope = {
  readonly roots: readonly ArchiveRoot[]
  readonly feeds: readonly string[]
  readonly from?: string | undefined
  readonly to?: string | undefined
}

export async function daysOf({ roots, feeds, from, to }: Scope): Promise<DaysRead> {
  const read: DayRead[] = []
  for (const { path, name } of roots) {
    for (const { feed, day } of await namesOfDays(path)) {
      const label = name === undefined || name === '' ? feed : `${name}.${feed}`
      if (!feeds.includes(label) || day < (from ?? '').slice(0, 10)) continue
      if (to !== undefined && startOf(day) >= padded(to)) continue
      const manifest = await manifestIfThere(path, feed, day)
      // The day is being begun.
      if (manifest === undefined) continue
      const { condition, records, gaps } = summaryOf(manifest)
      read.push({ feed: label, day, manifest: hashOf(manifest), condition, records, gaps })
    }
  }
  read.sort((a, b) => (`${a.feed} ${a.day}` < `${b.feed} ${b.day}` ? -1 : 1))
  const days = read.map(({ day }) => day).sort()
  const first = from?.slice(0, 10) ?? days[0]
  const end = to === undefined ? endOf(days.at(-1) ?? '9999-12-30') : padded(to)
  const known = new Set(read.map(({ feed, day }) => `${feed}/${day}`))
  const missing: string[] = []
  for (const feed of [...feeds].sort()) {
    if (first === undefined || (to === undefined && days.length === 0)) break
    for (let start = startOf(first); start < end; start = endOf(start.slice(0, 10))) {
      const place = `${feed}/${start.slice(0, 10)}`
      if (!known.has(place)) missing.push(place)
    }
  }
  return { read, missing }
}
