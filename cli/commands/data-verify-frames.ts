// `ssmd data verify --schema`: every archived frame of the feeds that a Feed describes, held against a JSON Schema: that of the Feed, or one
// of the repository. Which types hold market data, the Feed says; acknowledgements and heartbeats are not looked at.

import { readManifest, surveyDays } from '#archive/read/reader.ts'
import { SsmdError } from '#crds/errors.ts'
import type { Feed } from '#crds/feed.gen.ts'
import { loadResources } from '#crds/resources.ts'
import { dayRecords } from '#events/records.ts'
import { type FrameCheck, makeFrameCheck } from '#exchanges/generic/frame-check.ts'
import { findExchanges } from '../repository/folder.ts'
import { frameSchema } from '../repository/frame-schema.ts'

export type FrameChecks = ReadonlyMap<string, Judge>

type Judge = {
  /** Such as `ticks:v1`. */
  readonly schema: string
  readonly check: FrameCheck
  /** Message types that hold data. */
  readonly types: readonly string[]
}

/** What was found in one type of one day. */
export type CheckedFrames = {
  readonly feed: string
  readonly day: string
  readonly type: string
  readonly schema: string
  readonly checked: number
  readonly misfit: number
  /** The first frames that do not fit. */
  readonly samples: readonly Misfit[]
}

type Misfit = {
  readonly file: string
  readonly conn: string
  readonly n: number
  readonly reason: string
}

/** Misfits of one type and day that are named. */
const MAX_SAMPLES = 3

/** By feed. `asked` is a schema of the repository; true: that of each Feed. */
export async function frameChecks(
  asked: string | true,
  resourcesFolder: string | undefined
): Promise<FrameChecks> {
  const folder = await findExchanges(resourcesFolder, process.cwd())
  const { feeds } = await loadResources(folder)
  const described = feeds
    .map(({ resource }) => resource)
    .filter(({ spec }) => spec.exchange === 'generic')
  const given = asked === true ? undefined : await frameSchema(folder, asked)
  const checks = new Map<string, Judge>()
  for (const feed of described) {
    const schema = given ?? feed.spec.schema
    if (schema === undefined) continue
    const { name, source } = schema
    const check = makeFrameCheck(name, source)
    checks.set(feed.metadata.name, { schema: name, check, types: dataTypes(feed) })
  }
  if (checks.size > 0) return checks
  throw new SsmdError(
    'SSMD_E_NOT_FOUND',
    described.length === 0
      ? `${folder} has no Feed of exchange generic: other frames are checked by the code of their exchange`
      : `no Feed of exchange generic in ${folder} has a schema`,
    { hint: 'ssmd feed update <feed> --schema <name>:<version> gives it one' }
  )
}

const dataTypes = ({ spec }: Feed): string[] =>
  (spec.messageTypes ?? []).filter(({ kind = 'data' }) => kind === 'data').map(({ name }) => name)

/** Every frame of these feeds in an archive, day by day. Damage is the verifier's to tell. */
export async function* checkFrames(
  root: string,
  checks: FrameChecks,
  wanted: { readonly feed: string | undefined; readonly day: string | undefined }
): AsyncGenerator<CheckedFrames> {
  const { days } = await surveyDays(root)
  for (const { feed, day } of days) {
    const judge = checks.get(feed)
    if (judge === undefined) continue
    if (wanted.feed !== undefined && feed !== wanted.feed) continue
    if (wanted.day !== undefined && day !== wanted.day) continue
    yield* checkDay(root, feed, day, judge)
  }
}

type Tally = { checked: number; misfit: number; readonly samples: Misfit[] }

async function* checkDay(
  root: string,
  feed: string,
  day: string,
  { schema, check, types }: Judge
): AsyncGenerator<CheckedFrames> {
  const { manifest, scan } = dayRecords(root, await readManifest(root, feed, day))
  const tallies = new Map<string, Tally>()
  for (const segment of manifest.segments) {
    let found = new Map<string, Tally>()
    await scan(segment, { types }, () => {
      found = new Map()
      return ({ type, isEvent, payload, start, end, conn, n }) => {
        if (isEvent || !types.includes(type)) return
        const tally = tallyOf(found, type)
        tally.checked++
        const reason = check(payload.subarray(start, end))
        if (reason === '') return
        tally.misfit++
        if (tally.samples.length < MAX_SAMPLES)
          tally.samples.push({ file: `${feed}/${day}/${segment.name}`, conn, n, reason })
      }
    })
    for (const [type, one] of found) {
      const tally = tallyOf(tallies, type)
      tally.checked += one.checked
      tally.misfit += one.misfit
      tally.samples.push(...one.samples.slice(0, MAX_SAMPLES - tally.samples.length))
    }
  }
  for (const [type, { checked, misfit, samples }] of tallies)
    yield { feed, day, type, schema, checked, misfit, samples }
}

function tallyOf(tallies: Map<string, Tally>, type: string): Tally {
  let tally = tallies.get(type)
  if (tally === undefined) {
    tally = { checked: 0, misfit: 0, samples: [] }
    tallies.set(type, tally)
  }
  return tally
}
