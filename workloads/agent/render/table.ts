// Rows of an answer as a table for a terminal, numbers to the right; a column of numbers over time as a line of blocks. Pure.

import type { Json, JsonObject } from '../tools/tool.ts'
import { visible } from './plain.ts'

const MOST_ROWS = 40
const MOST_CELL = 40

/** Lines no wider than `width`: columns that do not fit are left out, from the right. */
export function tableOf(rows: readonly JsonObject[], width: number): string[] {
  const names = [
    ...new Set(rows.flatMap((row) => Object.keys(row).filter((name) => row[name] !== null))),
  ]
  const cells = rows.slice(0, MOST_ROWS).map((row) => names.map((name) => cellOf(row[name])))
  const widths = names.map((name, i) =>
    Math.max(name.length, ...cells.map((row) => row[i]!.length))
  )
  let count = names.length
  while (count > 1 && widths.slice(0, count).reduce((sum, one) => sum + one + 2, -2) > width)
    count--
  const isNumber = names.map((_, i) => cells.every((row) => /^(-?[\d.,]+)?$/.test(row[i]!)))
  const line = (values: readonly string[]): string =>
    values
      .slice(0, count)
      .map((value, i) => (isNumber[i] ? value.padStart(widths[i]!) : value.padEnd(widths[i]!)))
      .join('  ')
      .trimEnd()
      .slice(0, width)
  const left = rows.length - cells.length
  return [
    line(names.map((name) => name.toUpperCase())),
    ...cells.map(line),
    ...(left > 0 ? [`… ${left} more rows`] : []),
    ...(count < names.length ? [`… without ${names.slice(count).join(', ')}`.slice(0, width)] : []),
  ]
}

function cellOf(value: Json | undefined): string {
  if (value === undefined || value === null) return ''
  const text = visible(typeof value === 'object' ? JSON.stringify(value) : String(value)).replace(
    /\s+/g,
    ' '
  )
  return text.length <= MOST_CELL ? text : `${text.slice(0, MOST_CELL - 1)}…`
}

const BLOCKS = '▁▂▃▄▅▆▇█'

/** Numbers as blocks, `width` at most: of several that share a block the last one counts. Empty without two numbers. */
export function sparkline(values: readonly number[], width: number): string {
  const numbers = values.filter((value) => Number.isFinite(value))
  if (numbers.length < 2) return ''
  const step = Math.max(1, numbers.length / width)
  const picked: number[] = []
  for (let at = step - 1; at < numbers.length; at += step)
    picked.push(numbers[Math.round(at)] ?? numbers.at(-1)!)
  const low = Math.min(...picked)
  const span = Math.max(...picked) - low
  return picked
    .map((value) => BLOCKS[span === 0 ? 0 : Math.min(7, Math.floor(((value - low) / span) * 8))])
    .join('')
}
