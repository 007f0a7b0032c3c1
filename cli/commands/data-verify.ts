// `ssmd data verify`: every file held against its manifest, day by day; ends with 3 when anything does not hold.
import {
  type Problem,
  type VerifyProgress,
  type VerifyReport,
  verifyArchive,
} from '#archive/verify/verify.ts'
import { resolveDay } from '#data/model/day.ts'
import { findDays, findFeed, namesOfDays, sourceOf } from '#data/read/catalog.ts'
import { feedLabel, type Root, readRoots, shownPaths } from '#data/read/roots.ts'
import { type Output, terminalWidth, writeJson, writeLines } from '../output.ts'
import { type Column, cut, renderTable } from '../table.ts'
import { clean, formatBytes, formatCount, plural } from '../text.ts'
import { type CheckedFrames, checkFrames, frameChecks } from './data-verify-frames.ts'

export type DataVerifyOptions = {
  /** As given: `<folder>` or `<name>=<folder>`. */
  readonly path: readonly string[]
  readonly feed: string | undefined
  readonly day: string | undefined
  /** Frames of described exchanges are held against it: `<name>:<version>`; true: each Feed's own. */
  readonly schema?: string | true
  /** The folder of Feeds and schemas. @default the nearest `exchanges` */
  readonly resources?: string
  readonly output: Output
}

const COLUMNS: readonly Column[] = [
  { title: 'FEED', least: 8 },
  { title: 'DAY' },
  { title: 'CONDITION', spare: 1 },
  { title: 'SOURCE' },
  { title: 'RECORDS', align: 'right' },
  { title: 'SIZE', align: 'right', spare: 2 },
  { title: 'GAPS', align: 'right' },
  { title: 'PROBLEMS', align: 'right' },
]

const FRAME_COLUMNS: readonly Column[] = [
  { title: 'FEED', least: 8 },
  { title: 'DAY' },
  { title: 'TYPE', least: 6 },
  { title: 'SCHEMA', spare: 1 },
  { title: 'FRAMES', align: 'right' },
  { title: 'MISFITS', align: 'right' },
]

export async function runDataVerify(options: DataVerifyOptions): Promise<void> {
  const roots = readRoots(options.path)
  const day = options.day === undefined ? undefined : await theDay(roots, options, options.day)
  const checks =
    options.schema === undefined ? undefined : await frameChecks(options.schema, options.resources)
  const progress = showProgress()
  const { days, problems, notes, records, bytes } = await verifyRoots(
    roots,
    { feed: options.feed, day },
    progress.show
  )
  progress.end()
  const frames: CheckedFrames[] = []
  for (const { path, name } of checks === undefined ? [] : roots) {
    for await (const one of checkFrames(path, checks!, { feed: options.feed, day }))
      frames.push({ ...one, feed: feedLabel({ path, name }, one.feed) })
  }
  const isFit = frames.every(({ misfit }) => misfit === 0)
  if (problems.length > 0 || !isFit) process.exitCode = 3
  if (options.output === 'json') {
    await writeJson({
      ...shownPaths(roots),
      valid: problems.length === 0 && isFit,
      records,
      bytes,
      days,
      problems,
      notes,
      ...(checks === undefined ? {} : { frames }),
    })
    return
  }
  const rows = days.map((entry) => [
    entry.feed,
    entry.day,
    entry.condition,
    sourceOf(entry),
    formatCount(entry.records),
    formatBytes(entry.bytes),
    formatCount(entry.gaps),
    formatCount(entry.problems),
  ])
  const lines = [
    ...problems.map((problem) => clean(sentence(problem))),
    ...notes.map((note) => clean(`note: ${sentence(note)}`)),
  ]
  const what = `${plural(records, 'record')} in ${plural(days.length, 'day')}, ${formatBytes(bytes)}`
  await writeLines([
    ...renderTable(COLUMNS, rows, terminalWidth()),
    ...(lines.length > 0 ? ['', ...lines] : []),
    '',
    problems.length === 0
      ? `${what}: every file matches its manifest`
      : `${what}: ${plural(problems.length, 'problem')}`,
    ...(checks === undefined ? [] : frameLines(frames)),
  ])
}

function frameLines(frames: readonly CheckedFrames[]): string[] {
  if (frames.length === 0) return ['', 'no archived frame is of a feed that has a schema']
  const rows = frames.map(({ feed, day, type, schema, checked, misfit }) =>
    [feed, day, type, schema, formatCount(checked), formatCount(misfit)].map(clean)
  )
  const samples = frames.flatMap(({ samples }) =>
    samples.map(({ file, conn, n, reason }) => clean(`${file}: record ${n} of ${conn}: ${reason}`))
  )
  return [
    '',
    ...renderTable(FRAME_COLUMNS, rows, terminalWidth()),
    ...(samples.length === 0 ? [] : ['', ...samples]),
  ]
}

type Wanted = { readonly feed: string | undefined; readonly day: string | undefined }

/** Verifies one root after the other; with several, what is found names its root. */
async function verifyRoots(
  roots: readonly Root[],
  { feed, day }: Wanted,
  onProgress: (progress: VerifyProgress) => void
): Promise<VerifyReport> {
  const reports: VerifyReport[] = []
  for (const place of await placesWith(roots, feed)) {
    const report = await verifyArchive(place.root.path, { feed: place.feed, day, onProgress })
    reports.push(labelled(place.root, report, roots.length === 1 ? '' : `${place.root.path}/`))
  }
  return {
    days: reports.flatMap(({ days }) => days),
    problems: reports.flatMap(({ problems }) => problems),
    notes: reports.flatMap(({ notes }) => notes),
    records: reports.reduce((sum, { records }) => sum + records, 0),
    bytes: reports.reduce((sum, { bytes }) => sum + bytes, 0),
  }
}

/** Which feed of which root is verified; without a feed, all of every root. */
async function placesWith(roots: readonly Root[], feed: string | undefined) {
  const [only] = roots
  // The verifier itself says what a single root lacks.
  if (only !== undefined && roots.length === 1 && feed !== undefined && only.name === '') {
    return [{ root: only, feed }]
  }
  if (feed !== undefined) return [await findFeed(roots, feed)]
  // Refuses roots that cannot be told apart before anything is read.
  if (roots.length > 1) await findDays(roots, feed)
  return roots.map((root) => ({ root, feed }))
}

function labelled(root: Root, report: VerifyReport, prefix: string): VerifyReport {
  const placed = (problem: Problem): Problem => ({ ...problem, file: `${prefix}${problem.file}` })
  return {
    ...report,
    days: report.days.map((day) => ({ ...day, feed: feedLabel(root, day.feed) })),
    problems: report.problems.map(placed),
    notes: report.notes.map(placed),
  }
}

const sentence = ({ file, where, what }: Problem): string =>
  [file, where, what].filter((part) => part !== '').join(': ')

/** `latest` needs to know the days there are, damaged ones too: those above all are to be verified. */
async function theDay(
  roots: readonly Root[],
  options: DataVerifyOptions,
  text: string
): Promise<string> {
  if (text !== 'latest') return resolveDay(text, Date.now(), [])
  return resolveDay(text, Date.now(), namesOfDays(await findDays(roots, options.feed)))
}

// Most archives are done sooner; then nothing need be shown.
const QUIET_MS = 2000
const TERMINAL_MS = 200
const PLAIN_MS = 10_000

function showProgress(): { show(progress: VerifyProgress): void; end(): void } {
  const { stderr } = process
  const began = performance.now()
  let last = began
  let shown = false
  return {
    show({ file, bytes, totalBytes, records }) {
      const now = performance.now()
      if (now - began < QUIET_MS || now - last < (stderr.isTTY ? TERMINAL_MS : PLAIN_MS)) return
      last = now
      shown = true
      const share = totalBytes > 0 ? Math.floor((100 * bytes) / totalBytes) : 100
      const text = `${share} %  ${formatBytes(bytes)} of ${formatBytes(totalBytes)}, ${plural(records, 'record')}  ${clean(file)}`
      stderr.write(
        stderr.isTTY ? `\r${cut(text, (stderr.columns || 80) - 1)}\u001b[K` : `${text}\n`
      )
    },
    end() {
      if (shown && stderr.isTTY) stderr.write('\r\u001b[K')
    },
  }
}
