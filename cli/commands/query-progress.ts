// How far a query is, for a person who waits longer than two seconds at a terminal.
import type { Progress } from '#data/client/asked.ts'
import { formatBytes, formatCount } from '../text.ts'

const QUIET_MS = 2000
const EACH_MS = 200

/** `show` takes a text such as `3 of 30 days`, as often as the caller likes. */
export function queryProgress(
  stream: Pick<NodeJS.WriteStream, 'isTTY' | 'columns' | 'write'>,
  nowMs: () => number = () => performance.now()
): {
  readonly show: (text: string) => void
  readonly end: () => void
} {
  const began = nowMs()
  let last = began
  let isShown = false
  return {
    show(text) {
      const now = nowMs()
      if (!stream.isTTY || now - began < QUIET_MS || now - last < EACH_MS) return
      last = now
      isShown = true
      stream.write(`\r${text.slice(0, (stream.columns || 80) - 1)}\u001b[K`)
    },
    end() {
      if (isShown) stream.write('\r\u001b[K')
      isShown = false
    },
  }
}

export function progressText(progress: Progress): string {
  switch (progress.kind) {
    case 'days':
      return `${progress.done} of ${progress.of} days`
    case 'rows':
      return `${formatCount(progress.rows)} rows`
    case 'bytes':
      return `${formatBytes(progress.bytes)} received`
  }
}
