// A card as lines for a terminal.

import type { Card } from '#runs/card.ts'
import { outcomeTable, sections, warnings } from './rows.ts'

export function cardText(card: Card): string[] {
  const lines: string[] = []
  for (const { title, rows } of sections(card)) {
    const width = Math.max(...rows.map(([name]) => name.length))
    if (title === 'Fills') lines.push(...outcomeLines(card), '')
    lines.push(title, ...rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`), '')
  }
  const said = warnings(card)
  if (said.length > 0) lines.push('Mind', ...said.map((one) => `  ${one}`), '')
  return lines.slice(0, -1)
}

function outcomeLines(card: Card): string[] {
  const { head, rows } = outcomeTable(card)
  const widths = head.map((name, i) =>
    Math.max(name.length, ...rows.map((row) => (row[i] ?? '').length))
  )
  const line = (cells: readonly string[]): string =>
    `  ${cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join('  ')}`.trimEnd()
  return [
    'Moves after the fires, in ticks, beside random moments near them',
    line(head),
    ...rows.map(line),
  ]
}
