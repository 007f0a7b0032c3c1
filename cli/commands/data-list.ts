// `ssmd data list`: the days of each feed with their figures, as their manifests have them. A folder or manifest that cannot be
// read is shown as damaged beside the others, and ends the command with 3.
import { surveyExchanges } from '#archive/read/exchange.ts'
import { type DaySummary, surveyDays } from '#archive/read/reader.ts'
import { describeError } from '#crds/errors.ts'
import { proofText } from '#crds/proof.ts'
import { findDays, sourceOf } from '#data/read/catalog.ts'
import { readRoots, shownPaths } from '#data/read/roots.ts'
import { terminalWidth, type WideOutput, writeJson, writeLines } from '../output.ts'
import { type Column, renderTable } from '../table.ts'
import { clean, formatBytes, formatCount } from '../text.ts'

export type DataListOptions = {
  /** As given: `<folder>` or `<name>=<folder>`. */
  readonly path: readonly string[]
  readonly feed: string | undefined
  readonly output: WideOutput
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
/** Behind the others in the wide table. */
const WIDE: readonly Column[] = [{ title: 'EXCHANGE' }, { title: 'PROOF', least: 12 }]

export async function runDataList(options: DataListOptions): Promise<void> {
  const roots = readRoots(options.path)
  const { output } = options
  const survey = output === 'table' ? surveyDays : surveyExchanges
  const { days, damaged, files } = await findDays(roots, options.feed, survey)
  if (damaged.length > 0) process.exitCode = 3
  if (output === 'json') {
    const problems = damaged.map(({ feed, day, path: file, error }) => ({
      feed,
      day,
      path: file,
      problem: error.message,
    }))
    await writeJson({ ...shownPaths(roots), days, damaged: problems, files })
    return
  }
  if (days.length + damaged.length === 0) {
    const where = roots.map(({ path }) => path).join(' and ')
    await writeLines([
      `${where} ${roots.length === 1 ? 'holds' : 'hold'} no archived day yet: npx ssmd up captures one`,
    ])
    return
  }
  const columns = output === 'wide' ? [...COLUMNS, ...WIDE] : COLUMNS
  const rows = days.map((day) => (output === 'wide' ? [...rowOf(day), ...wideOf(day)] : rowOf(day)))
  for (const { feed, day } of damaged)
    rows.push([feed, day ?? '-', 'damaged', ...columns.slice(3).map(() => '-')])
  rows.sort(([a = '', x = ''], [b = '', y = '']) => (`${a} ${x}` < `${b} ${y}` ? -1 : 1))
  const said = [
    ...damaged.map(({ error }) => clean(describeError(error))),
    ...files.map((file) => clean(`note: ${file} is a file, not the folder of a feed`)),
  ]
  await writeLines([
    ...renderTable(columns, rows, terminalWidth()),
    ...(said.length > 0 ? ['', ...said] : []),
  ])
}

function rowOf(day: DaySummary): string[] {
  return [
    day.feed,
    day.day,
    day.condition,
    sourceOf(day),
    formatCount(day.records),
    formatBytes(day.bytes),
    formatCount(day.gaps),
    timeOf(day.from),
    timeOf(day.to),
  ]
}

const wideOf = ({ exchange, proof }: DaySummary): string[] => [
  clean(exchange ?? '-'),
  clean(proofText(proof) || '-'),
]

/** Time of day in UTC, to the second. */
const timeOf = (recv: string | null): string => (recv === null ? '-' : `${recv.slice(11, 19)}Z`)
