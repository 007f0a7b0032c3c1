// What the indexes of a day tell without reading a record: for each member its times, its types and its symbols.

import { SsmdError } from '#crds/errors.ts'
import type { IndexEntry } from '../format/index-line.ts'
import type { ManifestSegment } from '../format/manifest.ts'
import { dayFolder } from '../format/names.ts'
import { listNumbers, OTHER_SYMBOLS } from '../format/symbols.ts'
import { readIndex, Stale } from './members.ts'
import { readManifest } from './reader.ts'

export type IndexedMember = Pick<
  IndexEntry,
  'from' | 'to' | 'lines' | 'bytes' | 'rawBytes' | 'types'
> & {
  /** Which it holds; the empty one stands for records without a symbol. */
  readonly symbols: readonly string[]
  /** It holds more symbols than the index names. */
  readonly hasOthers: boolean
}

export type IndexedSegment = {
  readonly segment: ManifestSegment
  readonly members: () => Iterable<IndexedMember>
}

const MAX_ATTEMPTS = 20
const RETRY_MS = 50

/** The chosen segments of a day, each with its members in their order. Throws SSMD_E_NOT_FOUND if there is no such day. */
export async function* indexedSegments(
  root: string,
  feed: string,
  day: string,
  isWanted: (segment: ManifestSegment) => boolean = () => true
): AsyncGenerator<IndexedSegment> {
  const done = new Set<string>()
  for (let attempt = 0; ; attempt++) {
    const { segments } = await readManifest(root, feed, day)
    try {
      for (const segment of segments) {
        if (done.has(segment.name) || !isWanted(segment)) continue
        const entries = await readIndex(dayFolder(root, feed, day), segment)
        done.add(segment.name)
        yield { segment, members: () => membersOf(entries) }
      }
      return
    } catch (thrown) {
      // It was sealed meanwhile: the manifest names the files of now.
      if (!(thrown instanceof Stale)) throw thrown
      if (attempt >= MAX_ATTEMPTS) {
        throw new SsmdError('SSMD_E_ARCHIVE_INVALID', thrown.message, {
          hint: 'see `ssmd data verify`',
          cause: thrown,
        })
      }
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
    }
  }
}

function* membersOf(entries: readonly IndexEntry[]): Generator<IndexedMember> {
  const names: string[] = []
  for (const entry of entries) {
    names.push(...entry.names)
    const { from, to, lines, bytes, rawBytes, types } = entry
    const symbols = listNumbers(entry.symbols).map((number) => names[number] ?? '')
    const named = symbols.filter((symbol) => symbol !== OTHER_SYMBOLS)
    const hasOthers = named.length < symbols.length
    yield { from, to, lines, bytes, rawBytes, types, symbols: named, hasOthers }
  }
}
