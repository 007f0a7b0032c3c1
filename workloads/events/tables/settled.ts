// Reads a segment that may be sealed meanwhile: its file is then another than the manifest said. What cannot be read although nothing
// has changed is damaged.

import { setTimeout as sleep } from 'node:timers/promises'
import { type ManifestSegment, readManifest } from '#archive/read/reader.ts'
import { SsmdError } from '#crds/errors.ts'
import type { Damage } from './build.ts'

export type SegmentPlace = {
  readonly root: string
  readonly feed: string
  readonly day: string
  /** As the manifest of the day has it. */
  readonly segment: ManifestSegment
}

export type SegmentDamage = {
  readonly error: SsmdError
  readonly from: string
  readonly to: string
}

/** What was read: `segment` is perhaps what a newer manifest says. */
export type Settled<T> = Omit<T, 'damage'> & {
  readonly segment: ManifestSegment
  readonly damage: readonly SegmentDamage[]
}

/** Attempts to read a segment that is being sealed meanwhile. */
const MAX_ATTEMPTS = 20
const RETRY_MS = 50

export async function readSettled<T extends { readonly damage: readonly Damage[] }>(
  place: SegmentPlace,
  signal: AbortSignal | undefined,
  read: (segment: ManifestSegment) => Promise<T>
): Promise<Settled<T>> {
  const { root, feed, day } = place
  let { segment } = place
  for (let attempt = 0; ; attempt++) {
    const done = await read(segment)
    if (done.damage.length === 0) return { ...done, segment, damage: [] }
    // One that was sealed never changes.
    const { segments } = await readManifest(root, feed, day)
    const now = segments.find(({ name }) => name === segment.name) ?? segment
    const isSame = now.sha256 === segment.sha256 && now.sealed === segment.sealed
    if (isSame && (segment.sealed || attempt >= MAX_ATTEMPTS)) {
      return { ...done, segment, damage: done.damage.map(asInvalid) }
    }
    if (isSame) await sleep(RETRY_MS, undefined, { signal })
    segment = now
  }
}

const asInvalid = ({ error, from, to }: Damage): SegmentDamage => ({
  error: new SsmdError('SSMD_E_ARCHIVE_INVALID', error.message, {
    hint: 'see `ssmd data verify`',
    cause: error.cause,
  }),
  from,
  to,
})
