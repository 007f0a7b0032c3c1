// The live view as lines of text, pure: the same snapshot and size always look the same. No line is wider and
// no view higher than the terminal.
import type { UpEvent } from '../../operator/local/events.ts'
import type { Snapshot, Step } from '../../operator/local/snapshot.ts'
import { signalLines, signalsOfSnapshot } from '../looking/signals.ts'
import { type Column, cut, renderTable, widthOf } from '../table.ts'
import { clean, formatCount, formatRate, formatSpan } from '../text.ts'
import { type Painter, plainPainter } from './paint.ts'
import { type Row, rowsOf, suspendedNote, type Tone } from './rows.ts'

export type Size = { readonly width: number; readonly height: number }

const COLUMNS: readonly Column[] = [
  { title: 'FEED', least: 8 },
  { title: 'ENVIRONMENT', spare: 5, least: 6 },
  { title: 'STATE', least: 9 },
  { title: 'SOURCE' },
  { title: 'MSG/S', align: 'right', spare: 1 },
  { title: 'LAST', align: 'right', spare: 3 },
  { title: 'ARCHIVED', align: 'right' },
  { title: 'LAG', align: 'right', spare: 4 },
  { title: 'GAPS', align: 'right' },
]
// Only while a connector has dropped some.
const DROPPED_COLUMN: Column = { title: 'DROPPED', align: 'right' }
const ENVIRONMENT = 1
const STATE = 2
const SOURCE = 3
const GAPS = 8
const DROPPED = 9

const SHOWN_EVENTS = 6
const EVENT_MS = 60_000
const SHOWN_PROBLEMS = 6
// After this a program that is still not ready is a trouble and no longer part of the start.
const START_MS = 30_000

const TONES = { good: 'green', busy: 'yellow', bad: 'red', idle: 'dim' } as const satisfies Record<
  Tone,
  string
>

/** The whole view; `next` is how to look at the data. */
export function renderView(
  snapshot: Snapshot,
  size: Size,
  paint: Painter = plainPainter
): readonly string[] {
  const rows = rowsOf(snapshot)
  const head = [header(snapshot, size.width, paint), '']
  const signals = signalTable(snapshot, size.width)
  const steps = stepLines(snapshot, size.width, paint)
  const troubles = troubleLines(snapshot, size.width, paint)
  const events = eventLines(snapshot, size.width, paint)
  const foot = footer(snapshot, size.width, paint)
  // One line stays free for the cursor.
  const room = size.height - 1
  const around = [...head, ...signals, ...steps, ...troubles, ...events, ...foot]
  const table = tableLines(rows, size.width, Math.max(2, room - around.length), paint)
  const all = [...head, ...table, ...signals, ...steps, ...troubles, ...events, ...foot]
  return all.length <= room ? all : all.slice(0, Math.max(1, room))
}

/** The signals below the feeds, with a blank line behind; nothing where there is none. */
function signalTable(snapshot: Snapshot, width: number): readonly string[] {
  const [, ...lines] = signalLines(signalsOfSnapshot(snapshot), width)
  return lines.length === 0 ? [] : [...lines.map((line) => cut(line, width)), '']
}

function header(snapshot: Snapshot, width: number, paint: Painter): string {
  const age = formatSpan(snapshot.at - snapshot.startedAt)
  const what = {
    starting: `starting, ${age}`,
    running: `up ${age}`,
    stopping: snapshot.hurried ? 'stopping now' : 'stopping; Ctrl-C again stops immediately',
    stopped: `stopped after ${age}`,
  }[snapshot.phase]
  const rest = snapshot.phase === 'running' ? `  ·  Ctrl-C stops` : ''
  const text = cut(`ssmd up  ·  ${clean(snapshot.path)}  ·  ${what}${rest}`, width)
  return paint('bold', text.slice(0, 7)) + text.slice(7)
}

/** The table of feeds, as high as there is room. */
export function tableLines(
  rows: readonly Row[],
  width: number,
  height: number,
  paint: Painter
): readonly string[] {
  if (rows.length === 0) return []
  // The title, a blank line below, and where not all fit a line that says so.
  const fits = rows.length + 2 <= height ? rows.length : Math.max(1, height - 3)
  const shown = rows.slice(0, fits)
  // Where it tells two rows apart the environment is no column to spare.
  const several = new Set(rows.map(({ environment }) => environment)).size > 1
  const hasDropped = rows.some(({ dropped }) => (dropped ?? 0) > 0)
  const columns = hasDropped ? [...COLUMNS, DROPPED_COLUMN] : COLUMNS
  const lines = renderTable(
    columns.map((column, i) => (several && i === ENVIRONMENT ? { ...column, spare: 0 } : column)),
    shown.map((row) => [
      clean(row.feed),
      clean(row.environment),
      clean(row.state),
      row.source,
      row.perSecond === null ? '-' : formatRate(row.perSecond),
      row.lastMs === null ? '-' : formatSpan(row.lastMs),
      row.archived === null ? '-' : formatCount(row.archived),
      row.lagMs === null ? '-' : formatSpan(row.lagMs),
      row.gaps === null ? '-' : formatCount(row.gaps),
      ...(hasDropped ? [formatCount(row.dropped ?? 0)] : []),
    ]),
    width,
    (cell, i, column) => {
      const row = shown[i]
      if (row === undefined) return paint('dim', cell)
      if (column === STATE) return paint(TONES[row.tone], cell)
      if (column === SOURCE && row.source !== 'exchange') return paint('yellow', cell)
      if (column === DROPPED && (row.dropped ?? 0) > 0) return paint('red', cell)
      if (column === GAPS && (row.gaps ?? 0) > 0) return paint('yellow', cell)
      return cell
    }
  )
  const more = rows.length - fits
  return [...lines, ...(more > 0 ? [cut(`… and ${formatCount(more)} more`, width)] : []), '']
}

/** What start or stop is doing. Once everything runs there is nothing to say. */
function stepLines(snapshot: Snapshot, width: number, paint: Painter): readonly string[] {
  const entries: { name: string; detail: string; ms: number; done: boolean }[] = []
  const add = ({ name, detail, beganAt, endedAt }: Step) =>
    entries.push({
      name,
      detail,
      ms: (endedAt ?? snapshot.at) - beganAt,
      done: endedAt !== null,
    })
  const early = snapshot.at - snapshot.startedAt < START_MS
  const starting =
    snapshot.phase === 'starting' || (snapshot.phase === 'running' && early && !snapshot.settled)
  if (starting) {
    snapshot.steps.forEach(add)
    for (const { name, state } of snapshot.processes) {
      const ready = state.kind === 'ready'
      entries.push({
        name,
        detail: ready ? 'ready' : state.kind === 'waiting' ? 'failed' : 'starting',
        ms: (ready ? state.since : snapshot.at) - snapshot.startedAt,
        done: ready,
      })
    }
  } else if (snapshot.phase === 'stopping') snapshot.steps.forEach(add)
  if (entries.length === 0) return []
  const lines = entries.map(({ name, detail, ms, done }) => ({
    done,
    cells: ['', clean(name), clean(detail), formatSpan(ms)],
  }))
  const columns: Column[] = [
    { title: '' },
    { title: '', least: 10 },
    { title: '', least: 4 },
    { title: '', align: 'right' },
  ]
  return [
    ...renderTable(
      columns,
      lines.map(({ cells }) => cells),
      width
    )
      .slice(1)
      .map((line, i) => (lines[i]?.done ? paint('dim', line) : line)),
    '',
  ]
}

function troubleLines(snapshot: Snapshot, width: number, paint: Painter): readonly string[] {
  const lines = [...snapshot.problems]
  if (snapshot.phase === 'running') {
    if (snapshot.nats?.state.kind === 'waiting')
      lines.push(`nats-server: ${snapshot.nats.state.reason}`)
    else if (snapshot.nats?.trouble) lines.push(`nats-server: ${snapshot.nats.trouble}`)
    if (snapshot.page?.trouble) lines.push(`data-api: ${snapshot.page.trouble}`)
    for (const { name, component, feed, trouble } of snapshot.processes) {
      // What a connector reports is about its feed.
      const subject = component === 'connector' && feed !== null ? feed : name
      const fresh = snapshot.reports.filter(
        (report) => report.name === name && snapshot.at - report.at < 10_000
      )
      const said = trouble || (fresh.find(({ message }) => message !== '')?.message ?? '')
      if (said !== '') lines.push(`${subject}: ${said}`)
      for (const { message } of fresh.flatMap((report) => report.troubles ?? []))
        if (!said.includes(message)) lines.push(`${subject}: ${message}`)
    }
  }
  if (lines.length === 0) return []
  const shown = lines.slice(0, SHOWN_PROBLEMS)
  if (lines.length > shown.length) shown.push(`… and ${lines.length - shown.length} more`)
  return [
    ...shown.flatMap((line) => wrap(clean(line), width)).map((line) => paint('red', line)),
    '',
  ]
}

function eventLines(snapshot: Snapshot, width: number, paint: Painter): readonly string[] {
  if (snapshot.phase !== 'running') return []
  // The same again and again is one line with a count.
  const recent = new Map<string, { event: UpEvent; times: number }>()
  for (const event of snapshot.events) {
    if (snapshot.at - event.at >= EVENT_MS || isOrdinary(event)) continue
    const key = `${event.subject} ${event.text}`
    const times = (recent.get(key)?.times ?? 0) + 1
    recent.delete(key)
    recent.set(key, { event, times })
  }
  if (recent.size === 0) return []
  const lines = [...recent.values()].slice(-SHOWN_EVENTS).map(({ event, times }) => {
    const again = times > 1 ? ` (${times} times)` : ''
    return `${timeOf(event.at)}  ${clean(event.subject)}${again}: ${clean(event.text)}`
  })
  return [...lines.map((line) => paint('dim', cut(line, width))), '']
}

/** Starts and stops show in the table, the page's address below it; here only what is out of the ordinary. */
const isOrdinary = ({ subject, text }: UpEvent): boolean =>
  subject === 'page' || /^(started|ready|stopped)\b/.test(text)

/** Time of day in UTC, as in every file and name of ssmd. */
const timeOf = (at: number): string => `${new Date(at).toISOString().slice(11, 19)}Z`

function footer(snapshot: Snapshot, width: number, paint: Painter): readonly string[] {
  const lines = [`data  ${clean(snapshot.data)}   logs  ${clean(snapshot.logs)}`]
  if (snapshot.phase === 'running') {
    // A command that is cut off cannot be copied.
    let next = ''
    for (const command of nextCommands(snapshot))
      if (next === '' || widthOf(next) + 3 + widthOf(command) <= width)
        next = next === '' ? `next  ${command}` : `${next}   ${command}`
    lines.push(next)
    const note = suspendedNote(snapshot)
    if (note !== '') lines.push(`note  ${note}`)
    // The last line of the start: where to look next.
    if (snapshot.page?.url) lines.push(`page  ${snapshot.page.url}`)
  }
  return lines.map((line) => paint('dim', cut(line, width)))
}

/** What to type to see the data, in another shell. */
export function nextCommands(snapshot: Snapshot): readonly string[] {
  const path = pathFlags(snapshot)
  const feed = snapshot.feeds.find(({ archives, idle }) => archives.length > 0 && idle === '')?.feed
  return [
    `npx ssmd data list${path}`,
    ...(feed === undefined ? [] : [`npx ssmd data sample ${feed} today --limit 3${path}`]),
  ]
}

/** `--path` of each archive; those beside the first have a name, because their feeds may be called the same. */
function pathFlags({ roots }: Snapshot): string {
  const isDefault = (root: string) => /^\.?[\\/]?data$/.test(root)
  if (roots.length === 0 || (roots.length === 1 && isDefault(roots[0]!))) return ''
  return roots
    .map((root, i) => {
      const name = i === 0 ? '' : `${root.split(/[\\/]/).at(-1)}=`
      return ` --path ${quoted(name + root)}`
    })
    .join('')
}

const quoted = (text: string): string =>
  /^[\w./@%+=:,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`

// Enough for a place, a problem and a hint on an ordinary terminal.
const WRAPPED = 3

/** Lines of at most `width`, broken between words; what is longer than a few lines is cut. */
function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = []
  let rest = text
  while (widthOf(rest) > width && lines.length < WRAPPED - 1) {
    const at = rest.lastIndexOf(' ', width)
    if (at < width / 2) break
    lines.push(cut(rest.slice(0, at), width))
    rest = `  ${rest.slice(at + 1)}`
  }
  return [...lines, cut(rest, width)]
}
