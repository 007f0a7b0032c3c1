// The body of a watch as events: one JSON text per line, in chunks of any size. A line that is cut off by the end of the stream
// is dropped (the next watch repeats its event); a line that is not JSON is an error.

import { withoutManagedFields } from './managed-fields.ts'
import { yieldToLoop } from './timers.ts'

export type WatchEvent = {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR'
  readonly object: Readonly<Record<string, unknown>>
}

const NEWLINE = 10
// A single object is at most a few MiB in etcd; beyond this the stream is not a watch.
const LONGEST_LINE = 64 * 1024 * 1024
// The longest slice of parsing before others get their turn.
const SLICE_MS = 8

/** Events in order, their objects without managedFields. `alive` is called for every chunk: bytes are a sign of life. */
export async function* readEvents(
  chunks: AsyncIterable<Buffer>,
  alive: () => void
): AsyncGenerator<WatchEvent> {
  let rest: Buffer[] = []
  let restBytes = 0
  let sliceStart = performance.now()
  for await (const chunk of chunks) {
    alive()
    let start = 0
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      const tail = chunk.subarray(start, end)
      const line = rest.length === 0 ? tail : Buffer.concat([...rest, tail])
      rest = []
      restBytes = 0
      start = end + 1
      if (line.length === 0) continue
      yield JSON.parse(withoutManagedFields(line).toString('utf8')) as WatchEvent
      if (performance.now() - sliceStart > SLICE_MS) {
        await yieldToLoop()
        sliceStart = performance.now()
      }
    }
    if (start < chunk.length) {
      rest.push(chunk.subarray(start))
      restBytes += chunk.length - start
      if (restBytes > LONGEST_LINE) throw new Error(`watch line of more than ${LONGEST_LINE} bytes`)
    }
  }
}
