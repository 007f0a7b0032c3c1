// Makes the recorder of each new connection: what all of them share is given once.

import { randomBytes } from 'node:crypto'
import { logSubject } from '#bus/names.ts'
import type { TimeLine } from '#role/clock.ts'
import { newConnectionId } from '#wire/connection-id.ts'
import { Recorder, type RecorderOptions } from './recorder.ts'
import { WireCounts } from './wire-counts.ts'
import type { WireWatch } from './wire-watch.ts'

export type NewRecorder = (shard: number, line: TimeLine) => Recorder

type OfOne = 'connection' | 'shard' | 'subject' | 'counts' | 'nowNanos'

export const recorders =
  (
    shared: Omit<RecorderOptions, OfOne>,
    nowMs: () => number,
    wire: WireWatch | null = null,
    onNew?: (recorder: Recorder) => void
  ): NewRecorder =>
  (shard, line) => {
    const connection = newConnectionId(nowMs(), randomBytes)
    const recorder = new Recorder({
      ...shared,
      connection,
      shard,
      subject: logSubject(shared.environment, shared.feed, shard),
      counts: wire && new WireCounts(wire, connection),
      nowNanos: () => line.nowNanos(),
    })
    onNew?.(recorder)
    return recorder
  }
