// Prints what benchmarks measured, as a table for a person.
import type { Row } from '#testing/row.ts'

const shown = (value: number): string =>
  value >= 1000
    ? Math.round(value).toLocaleString('en-US')
    : value >= 10
      ? value.toFixed(1)
      : value.toFixed(3)

/** Prints rows as a table under a title. */
export function printRows(title: string, rows: readonly Row[]): void {
  const width = Math.max(...rows.map((row) => row.name.length))
  process.stdout.write(`\n${title}\n`)
  for (const row of rows)
    process.stdout.write(
      `  ${row.name.padEnd(width)}  ${shown(row.value).padStart(12)} ${row.unit}${row.ratio ? `   ${row.ratio}` : ''}\n`
    )
}
