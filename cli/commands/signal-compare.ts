// `ssmd signal compare <a> <b>`: what differs between two runs: what they were made of, their cards, their fires.

import { isSameValue } from '#crds/canonical.ts'
import { readFires } from '#runs/folders.ts'
import { outcomeTable, sections } from '#signals/card/rows.ts'
import { terminalWidth, writeJson, writeLines } from '../output.ts'
import { renderTable } from '../table.ts'
import { clean } from '../text.ts'
import { runsFolder } from './signal-flags.ts'
import { type RunsFlags, readWhole, type WholeRun } from './signal-runs.ts'
import type { SignalOutput } from './signal-source.ts'

type Fires = { readonly both: number; readonly onlyA: number; readonly onlyB: number }
type Line = readonly [name: string, a: string, b: string]

export async function runSignalCompare(
  a: string,
  b: string,
  { runs: given, output }: RunsFlags<SignalOutput>
): Promise<void> {
  const runs = runsFolder(undefined, given)
  const [one, other] = [await readWhole(runs, a), await readWhole(runs, b)]
  const fires = await compareFires(one, other)
  const lines = [...madeOf(one, other), ...cardLines(one, other)]
  if (output === 'json') {
    const told = lines.map(([name, ofA, ofB]) => ({ name, a: ofA, b: ofB, same: ofA === ofB }))
    await writeJson({ a: one.run, b: other.run, fires, lines: told })
    return
  }
  const columns = [{ title: '' }, { title: '' }, { title: one.run }, { title: other.run }]
  const rows = lines.map(([name, ofA, ofB]) => [ofA === ofB ? '' : '≠', name, ofA, ofB].map(clean))
  await writeLines([
    ...renderTable(columns, rows, terminalWidth()),
    '',
    `${fires.both} fires of both, ${fires.onlyA} of the first alone, ${fires.onlyB} of the second alone`,
  ])
}

/** By feed, instrument and receive time: ids follow from the source too. */
async function compareFires(a: WholeRun, b: WholeRun): Promise<Fires> {
  const counts = new Map<string, number>()
  let [ofA, ofB, both] = [0, 0, 0]
  for await (const { feed, symbol, recv } of readFires(a)) {
    const key = JSON.stringify([feed, symbol, recv])
    counts.set(key, (counts.get(key) ?? 0) + 1)
    ofA++
  }
  for await (const { feed, symbol, recv } of readFires(b)) {
    const key = JSON.stringify([feed, symbol, recv])
    const left = counts.get(key) ?? 0
    if (left > 0) {
      counts.set(key, left - 1)
      both++
    }
    ofB++
  }
  return { both, onlyA: ofA - both, onlyB: ofB - both }
}

function madeOf({ manifest: a }: WholeRun, { manifest: b }: WholeRun): Line[] {
  const names = [...new Set([...Object.keys(a.params), ...Object.keys(b.params)])].sort()
  const days = isSameValue(a.days, b.days) ? ['the same', 'the same'] : [a, b].map(daysText)
  return [
    ['source', a.signal.sha256.slice(0, 16), b.signal.sha256.slice(0, 16)],
    ...names.map(
      (name): Line => [name, String(a.params[name] ?? '–'), String(b.params[name] ?? '–')]
    ),
    ['feeds', a.scope.feeds.join(', '), b.scope.feeds.join(', ')],
    ['from', a.window.from.slice(0, 19), b.window.from.slice(0, 19)],
    ['to', a.window.to.slice(0, 19), b.window.to.slice(0, 19)],
    ['data', days[0] ?? '', days[1] ?? ''],
    ['fires hash', a.firesHash.slice(0, 16), b.firesHash.slice(0, 16)],
  ]
}

const daysText = ({ days }: WholeRun['manifest']): string =>
  `${days.length} days, ${days.reduce((sum, { records }) => sum + records, 0)} records`

function cardLines({ card: a }: WholeRun, { card: b }: WholeRun): Line[] {
  const [one, other] = [a, b].map((card) => {
    const own = sections(card).flatMap(({ rows }) => rows)
    const moves = outcomeTable(card).rows.map(
      (row) => [`after ${row[0]}`, `${row[5]} ticks, ${row[3]} hits`] as const
    )
    return new Map<string, string>([...own, ...moves])
  }) as [Map<string, string>, Map<string, string>]
  const names = [...new Set([...one.keys(), ...other.keys()])]
  return names.map((name) => [name, one.get(name) ?? '–', other.get(name) ?? '–'])
}
