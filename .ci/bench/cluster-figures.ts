// What the cluster's bench measured, each figure beside the target of the design.

export type Figure = {
  readonly name: string
  readonly unit: 's' | 'MB'
  readonly values: readonly number[]
  /** Where the design has one. */
  readonly target?: number
}

export type FigureList = (figure: Figure) => void

export function printFigures(
  write: (line: string) => void,
  figures: readonly Figure[],
  conditions: string
): void {
  const width = Math.max(...figures.map(({ name }) => name.length))
  const cell = (text: string) => text.padStart(8)
  write(`\nA real node (${conditions})`)
  write(`  ${''.padEnd(width)} ${['min', 'median', 'max', 'target'].map(cell).join('')}`)
  for (const { name, unit, values, target } of figures) {
    const sorted = [...values].sort((a, b) => a - b)
    const digits = unit === 's' ? 2 : 0
    const cells = [sorted[0], sorted[Math.floor(sorted.length / 2)], sorted.at(-1)].map((value) =>
      (value ?? Number.NaN).toFixed(digits)
    )
    const bound = target === undefined ? '' : `≤ ${target}`
    write(
      `  ${name.padEnd(width)} ${[...cells, bound].map(cell).join('')} ${unit}  ${values.length} times`
    )
  }
}
