// The lines of a gzip file, one after the other, in bounded memory. A file that ends in the middle, or is damaged, gives the lines before
// the damage; `damage` says what it was.

import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { describeError } from '#crds/errors.ts'

/** No frame is so long: NATS takes 64 MiB at most. */
const MAX_LINE = 64 * 1024 * 1024

export type LinesRead = { damage: string | null }

/** Each line without its line feed; null for one that is too long. An unfinished last line of a damaged file is no line. */
export async function* gzipLines(path: string, read: LinesRead): AsyncGenerator<Buffer | null> {
  let parts: Buffer[] = []
  let held = 0
  const take = (): Buffer | null => {
    const line = held > MAX_LINE ? null : Buffer.concat(parts, held)
    parts = []
    held = 0
    return line
  }
  try {
    // The error of either end arrives in the loop; the callback only keeps it from being thrown twice.
    const chunks = pipeline(createReadStream(path), createGunzip(), () => {})
    for await (const chunk of chunks as AsyncIterable<Buffer>) {
      let start = 0
      for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
        if (held + end - start <= MAX_LINE) parts.push(chunk.subarray(start, end))
        held += end - start
        start = end + 1
        yield take()
      }
      if (held + chunk.length - start <= MAX_LINE) parts.push(chunk.subarray(start))
      else parts = []
      held += chunk.length - start
    }
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).syscall !== undefined) throw thrown
    read.damage = describeError(thrown)
    return
  }
  if (held > 0) yield take()
}
