// Reads the lines of a day in receive order across its groups, a run at a time. Only what a manifest names is read, and of it
// only the members that can hold what is asked for.

import { join } from 'node:path'
import type { Manifest, ManifestSegment } from '../format/manifest.ts'
import { type LineFilter, type LineTest, lineTest, type Span } from './line-filter.ts'
import { hasAny, type MemberPlace, membersOf, OpenFiles, overlaps } from './members.ts'
import { type KeyedLine, lineKey, MergedLines, type SortKey } from './merge.ts'
import type { SegmentCache } from './segment-cache.ts'

type RunFilter = Omit<LineFilter, 'limit' | 'onDamage'>

/** Lines of a run at most; of the first one fewer: most who ask for a few lines need no second one. */
const MAX_RUN = 1024
const FIRST_RUN = 64

type MemberRef = MemberPlace & { readonly isWanted: LineTest | undefined }

export type MergeOptions = {
  readonly filter: RunFilter
  readonly cache: SegmentCache
  /** Lines up to this one are left out. */
  readonly after: SortKey | undefined
  /** Throws, or takes what cannot be read. */
  readonly skip: (thrown: unknown, span: Span) => void
}

/** The wanted lines of a day in receive order. */
export async function* mergedRuns(
  folder: string,
  manifest: Manifest,
  options: MergeOptions
): AsyncGenerator<readonly KeyedLine[]> {
  const { filter, cache, after, skip } = options
  const segments = manifest.segments
    .filter(
      (segment) =>
        (filter.groups?.includes(segment.group) ?? true) &&
        overlaps(segment, filter) &&
        hasAny(segment.types, filter.types)
    )
    .sort(byFrom)
  const files = new OpenFiles()
  const lines = new MergedLines()
  let run: KeyedLine[] = []
  let most = FIRST_RUN
  let members: MemberRef[] = []
  try {
    for (let next = 0; ; ) {
      // All that could hold an earlier line comes first: the index of a segment, then its members one by one.
      for (;;) {
        const segment = segments[next]
        const member = members[0]
        const isMember = member !== undefined && (!segment || member.from <= segment.from)
        const from = isMember ? member.from : segment?.from
        if (from === undefined || lines.isBefore(from)) break
        // What is read next may be stale, and what came before it stays true.
        if (run.length > 0) {
          yield run
          run = []
        }
        if (isMember) {
          members.shift()
          try {
            lines.add(await cache.lines(files, member), member.isWanted)
          } catch (thrown) {
            skip(thrown, member)
          }
        } else {
          next++
          try {
            const more = await wantedMembers(folder, segment!, options)
            members = [...members, ...more].sort(byFrom)
          } catch (thrown) {
            skip(thrown, segment!)
          }
        }
      }
      const line = lines.shift()
      if (line === undefined || (filter.to !== undefined && line.recv >= filter.to)) break
      if (filter.from !== undefined && line.recv < filter.from) continue
      if (after !== undefined && lineKey.compare(line, after) <= 0) continue
      if (run.push(line) === most) {
        yield run
        run = []
        most = MAX_RUN
      }
    }
    if (run.length > 0) yield run
  } finally {
    await files.close()
  }
}

/** The members of a segment that can hold what is asked for, behind `after`. */
async function wantedMembers(
  folder: string,
  segment: ManifestSegment,
  { filter, cache, after }: MergeOptions
): Promise<MemberRef[]> {
  const isWanted = lineTest(segment.format, filter)
  const entries = await cache.index(folder, segment)
  return membersOf(join(folder, segment.name), entries, filter)
    .filter(({ to }) => after === undefined || to >= after.recv)
    .map((member) => ({ ...member, isWanted }))
}

const byFrom = (a: { readonly from: string }, b: { readonly from: string }): number =>
  a.from < b.from ? -1 : a.from > b.from ? 1 : 0
