// What the frames of a message type look like today: the fields of a sample of the last day that has some.

import { namesInFormat1 } from '#archive/read/format-1.ts'
import { readRuns } from '#archive/read/reader.ts'
import { SsmdError } from '#crds/errors.ts'
import { LineReader } from '#events/line.ts'
import { nearestName } from '../model/nearest.ts'
import type { QueryContext } from '../model/query.ts'
import { type Field, FieldSurvey } from './field-survey.ts'
import { type HeldDay, Holdings, shortList } from './holdings.ts'

export type FrameSchema = {
  readonly type: string
  /** Frames that were looked at. */
  readonly frames: number
  /** In the order of their first appearance. */
  readonly fields: readonly Field[]
}

/** Frames of each type that are looked at. */
const SAMPLE = 200

/** Of these types, or of all that the feed has. Throws SSMD_E_NOT_FOUND with the nearest name. */
export async function frameSchemas(
  context: QueryContext,
  feed: string,
  types?: readonly string[]
): Promise<FrameSchema[]> {
  const holdings = new Holdings(context)
  const { days } = await holdings.days({ feeds: [feed] })
  const lastOf = await lastDays(holdings, days)
  const found: FrameSchema[] = []
  for (const type of (types ?? [...lastOf.keys()]).toSorted()) {
    const held = lastOf.get(type)
    if (held === undefined) throw unknownType(feed, type, [...lastOf.keys()].sort())
    const survey = await surveyOf(context, held, type)
    found.push({ type, frames: survey.frames, fields: survey.fields() })
  }
  return found
}

const unknownType = (feed: string, type: string, known: readonly string[]): SsmdError => {
  const near = nearestName(type, known)
  return new SsmdError('SSMD_E_NOT_FOUND', `${feed} has no message type ${JSON.stringify(type)}`, {
    hint: near === undefined ? `there is: ${shortList(known)}` : `did you mean ${near}?`,
  })
}

/** Of each type of frames the last day that has some. */
async function lastDays(
  holdings: Holdings,
  days: readonly HeldDay[]
): Promise<Map<string, HeldDay>> {
  const found = new Map<string, HeldDay>()
  for (const held of days) {
    const { segments } = await holdings.manifest(held, held.day)
    for (const { group, types } of segments) {
      // Events of connections are ssmd's own words.
      if (group === 'connection') continue
      for (const type of Object.keys(types)) found.set(type, held)
    }
  }
  return found
}

async function surveyOf(
  { signal }: QueryContext,
  { root, own, day }: HeldDay,
  type: string
): Promise<FieldSurvey> {
  const survey = new FieldSurvey()
  const reader = new LineReader()
  for await (const run of readRuns(root.path, own, day, { types: [type], namesInFormat1 })) {
    signal.throwIfAborted()
    for (const line of run) {
      if (survey.frames >= SAMPLE) break
      if (reader.read(line) && !reader.isEvent) survey.add(reader.payload)
    }
    if (survey.frames >= SAMPLE) break
  }
  return survey
}
