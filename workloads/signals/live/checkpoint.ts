// What a runner stores every second, so that another one continues as if there had been none: the place in the streams, what the engine
// keeps, and how far the fires are published.

import type { LivePosition } from '#events/log-position.ts'
import type { Time } from '#events/times.ts'
import type { FiguresState } from './figures.ts'
import type { FireFeedState } from './fire-feed.ts'

const VERSION = 1

export type Checkpoint = {
  readonly version: typeof VERSION
  /** What the engine's state belongs to: program and parameters. */
  readonly program: string
  readonly mode: 'log' | 'fast'
  /** Of mode log. */
  readonly position: LivePosition | null
  /** Of mode fast: the last event's receive time. */
  readonly since: Time | null
  /** What a sandbox saved; null before the first events. */
  readonly engine: string | null
  readonly fires: FireFeedState
  /** The stream of the fires when this was stored: created, and its last sequence then, or an earlier one. */
  readonly published: { readonly created: string; readonly sequence: number }
  readonly figures: FiguresState
  /** By sink, the sequence up to which it has taken the fires. */
  readonly sinks: Readonly<Record<string, number>>
}

export const encodeCheckpoint = (checkpoint: Omit<Checkpoint, 'version'>): Buffer =>
  Buffer.from(JSON.stringify({ version: VERSION, ...checkpoint }))

/** Undefined if there is none, or another version of ssmd wrote it in a way that is not known here. */
export function decodeCheckpoint(bytes: Uint8Array | undefined): Checkpoint | undefined {
  if (bytes === undefined) return undefined
  try {
    const read = JSON.parse(Buffer.from(bytes).toString('utf8')) as Checkpoint
    return read.version === VERSION ? read : undefined
  } catch {
    return undefined
  }
}
