// Reads the numbers of one connection from the lines of a day whose manifest does not name all its connections. It is slow,
// and needed once for a connection that returns a day later.

import { closeSync, openSync, readFileSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { decompressMember } from '../format/gzip.ts'
import { parseIndexLine } from '../format/index-line.ts'
import { indexFile } from '../format/names.ts'
import type { SegmentJson } from '../state/journal-record.ts'

/** The numbers, in the order of the lines, each with the receive time in text. */
export function* heldInLines(
  folder: string,
  segments: Iterable<Pick<SegmentJson, 'name' | 'indexBytes'>>,
  connection: string
): Generator<{ readonly number: number; readonly recv: string }> {
  // As `line.ts` writes the head of a line.
  const line = new RegExp(`^\\{"recv":"([^"]+)","conn":"${connection}","n":(\\d+),`, 'gm')
  for (const { name, indexBytes } of segments) {
    const index = readFileSync(join(folder, indexFile(name))).toString('utf8', 0, indexBytes)
    const file = openSync(join(folder, name), 'r')
    try {
      for (const entry of index.split('\n').slice(0, -1).map(parseIndexLine)) {
        const bytes = Buffer.allocUnsafe(entry.bytes)
        readSync(file, bytes, 0, entry.bytes, entry.offset)
        const text = decompressMember(bytes, entry.rawBytes).toString('latin1')
        for (const [, recv, number] of text.matchAll(line)) {
          yield { number: Number(number), recv: recv! }
        }
      }
    } finally {
      closeSync(file)
    }
  }
}
