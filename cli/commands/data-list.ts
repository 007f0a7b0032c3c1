// `ssmd data list`: the days of each feed with their figures, as their manifests have them.
import { findDays, sourceOf } from '../archive.ts'
import { type Output, terminalWidth, writeJson, writeLines } from '../output.ts'
import { type Column, renderTable } from '../table.ts'
import { formatBytes, formatCount } from '../text.ts'

export type DataListOptions = {
  readonly path: string
  readonly feed: string | undefined
  readonly output: Output
}

const COLUMNS: readonly Column[] = [
  { title: 'FEED', least: 8 },
  { title: 'DAY' },
  { title: 'CONDITION' },
  { title: 'SOURCE' },
  { title: 'RECORDS', align: 'right' },
  { title: 'SIZE', align: 'right', spare: 1 },
  { title: 'GAPS', align: 'right' },
  { title: 'FROM', spare: 3 },
  { title: 'TO', spare: 2 },
]

export async function runDataList(options: DataListOptions): Promise<void> {
  const { path } = options
  const days = await findDays(path, options.feed)
  if (options.output === 'json') {
    await writeJson({ path, days })
    return
  }
  if (days.length === 0) {
    await writeLines([`${path} holds no archived day yet: npx ssmd up captures one`])
    return
  }
  const rows = days.map((day) => [
    day.feed,
    day.day,
    day.condition,
    sourceOf(day),
    formatCount(day.records),
    formatBytes(day.bytes),
    formatCount(day.gaps),
    timeOf(day.from),
    timeOf(day.to),
  ])
  await writeLines(renderTable(COLUMNS, rows, terminalWidth()))
}

/** Time of day in UTC, to the second. */
const timeOf = (recv: string | null): string => (recv === null ? '-' : `${recv.slice(11, 19)}Z`)
