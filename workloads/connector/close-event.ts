// How the end of a connection stands on record: why it ended, and whose fault it was.

import type { Failure } from '#exchanges/protocol/adapter.ts'
import type { CloseEvent } from '#wire/events.ts'

/** The close event of a connection: `ours` if we closed it, else as far as it can be told. */
export function closeEvent(
  ours: Omit<CloseEvent, 'kind' | 'code'> | null,
  failure: Failure | null,
  code: number,
  reason: string
): Omit<CloseEvent, 'kind'> {
  if (ours !== null) return { ...ours, code }
  if (failure !== null) {
    const fault = failure.kind === 'network' ? 'unknown' : 'exchange'
    return { cause: 'disconnected', fault, code, reason: failure.message }
  }
  // 1006: the socket ended without a WebSocket's goodbye.
  return { cause: 'disconnected', fault: code === 1006 ? 'network' : 'exchange', code, reason }
}
