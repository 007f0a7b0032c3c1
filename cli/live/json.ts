// The same story for a program: one JSON object a line, with stable names. Pure.
import type { UpEvent } from '../../operator/local/events.ts'
import type { Snapshot } from '../../operator/local/snapshot.ts'
import { rowsOf } from './rows.ts'

export const jsonEvent = ({ at, ...event }: UpEvent): string =>
  JSON.stringify({ kind: 'event', at: new Date(at).toISOString(), ...event })

/** How everything stands: `kind` is `state` while it runs and `stopped` in the last line. */
export function jsonState(snapshot: Snapshot): string {
  const { at, phase, path, data, logs, nats, page, problems } = snapshot
  return JSON.stringify({
    kind: phase === 'stopped' ? 'stopped' : 'state',
    at: new Date(at).toISOString(),
    phase,
    path,
    data,
    logs,
    nats,
    page: page?.url || null,
    feeds: rowsOf(snapshot).map(({ tone: _, ...row }) => row),
    problems,
  })
}
