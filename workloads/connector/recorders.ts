// Makes the recorder of each new connection: what all of them share is given once.

import { randomBytes } from 'node:crypto'
import { logSubject } from '#bus/names.ts'
import type { TimeLine } from '#role/clock.ts'
import { newConnectionId } from './connection-id.ts'
import { Recorder, type RecorderOptions } from './recorder.ts'

export type NewRecorder = (shard: number, line: TimeLine) => Recorder

type OfOne = 'connection' | 'shard' | 'subject' | 'nowNanos'

export const recorders =
  (
    shared: Omit<RecorderOptions, OfOne>,
    nowMs: () => number,
    onNew?: (recorder: Recorder) => void
  ): NewRecorder =>
  (shard, line) => {
    const recorder = new Recorder({
      ...shared,
      connection: newConnectionId(nowMs(), randomBytes),
      shard,
      subject: logSubject(shared.environment, shared.feed, shard),
      nowNanos: () => line.nowNanos(),
    })
    onNew?.(recorder)
    return recorder
  }
