// What a benchmark prints: a figure, its unit, and where there is something real to hold it against, the ratio.

export type Row = {
  readonly name: string
  readonly value: number
  readonly unit: string
  /** This figure against another of the same run, e.g. `12.3x of capnp-ts`. */
  readonly ratio?: string | undefined
}

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
