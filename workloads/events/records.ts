// The records of a day as their lines have them, for what tables do not hold: what connections say of themselves, and when a
// connection's last record came. Only members that can hold it are read, and of frames nothing is looked at.

import { join } from 'node:path'
import {
  freeLines,
  type MemberFilter,
  membersOf,
  OpenFiles,
  readIndex,
  readMember,
  Stale,
} from '#archive/read/members.ts'
import { dayFolder, type Manifest, type ManifestSegment } from '#archive/read/reader.ts'
import type { Damage } from './tables/build.ts'
import { LineScan } from './tables/line-scan.ts'
import { readSettled, type SegmentDamage } from './tables/settled.ts'

/** The place of a record of a feed in the total order. */
export type RecordKey = {
  readonly recv: string
  readonly connection: string
  readonly number: number
}

export type DayRecords = {
  readonly manifest: Manifest
  /** `begin` gives what takes each line; it is called again if the segment was sealed meanwhile: then all of its lines come again. */
  readonly scan: (
    segment: ManifestSegment,
    filter: MemberFilter,
    begin: () => (line: LineScan) => void
  ) => Promise<readonly SegmentDamage[]>
}

export function dayRecords(root: string, manifest: Manifest, signal?: AbortSignal): DayRecords {
  const { feed, day } = manifest
  const folder = dayFolder(root, feed, day)
  return {
    manifest,
    async scan(segment, filter, begin) {
      const place = { root, feed, day, segment }
      const { damage } = await readSettled(place, signal, async (now) => {
        return { damage: await scanSegment(folder, now, filter, begin(), signal) }
      })
      return damage
    },
  }
}

async function scanSegment(
  folder: string,
  segment: ManifestSegment,
  filter: MemberFilter,
  take: (line: LineScan) => void,
  signal: AbortSignal | undefined
): Promise<Damage[]> {
  const damage: Damage[] = []
  const line = new LineScan()
  const files = new OpenFiles()
  const orDamage = async (
    { from, to }: { from: string; to: string },
    read: () => Promise<void>
  ) => {
    try {
      await read()
    } catch (thrown) {
      if (!(thrown instanceof Stale)) throw thrown
      damage.push({ error: thrown, from, to })
    }
  }
  try {
    await orDamage(segment, async () => {
      const entries = await readIndex(folder, segment)
      for (const member of membersOf(join(folder, segment.name), entries, filter)) {
        signal?.throwIfAborted()
        await orDamage(member, async () => {
          const { lines } = await readMember(files, member)
          line.begin(lines)
          while (line.next()) take(line)
          freeLines(lines)
        })
      }
    })
  } finally {
    await files.close()
  }
  return damage
}

export function compareKeys(a: RecordKey, b: RecordKey): number {
  if (a.recv !== b.recv) return a.recv < b.recv ? -1 : 1
  if (a.connection !== b.connection) return a.connection < b.connection ? -1 : 1
  return a.number - b.number
}
