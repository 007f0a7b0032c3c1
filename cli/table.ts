// Rows as aligned columns, pure. Where the width is not enough, columns that a reader can spare go first, then
// the long texts are cut; a line is never longer than the width.

export type Column = {
  readonly title: string
  /** Default left; figures stand right. */
  readonly align?: 'left' | 'right'
  /** The higher, the sooner it goes when room is short; default 0: it stays. */
  readonly spare?: number
  /** May be cut down to this many characters, with an ellipsis. */
  readonly least?: number
}

export type Cell = string

const GAP = '  '
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}]/u
const ZERO = /\p{Mark}|\u200b|\u200d|\ufe0f/u

/** Columns of a terminal that a text takes. */
export function widthOf(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length
  let width = 0
  for (const char of text) width += ZERO.test(char) ? 0 : WIDE.test(char) ? 2 : 1
  return width
}

/** At most `width` columns of a text; what is cut ends in `…`. */
export function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text
  if (width < 1) return ''
  let kept = ''
  let used = 0
  for (const char of text) {
    const next = widthOf(char)
    if (used + next > width - 1) break
    kept += char
    used += next
  }
  return `${kept}…`
}

export const pad = (text: string, width: number, align: 'left' | 'right' = 'left'): string => {
  const blank = ' '.repeat(Math.max(0, width - widthOf(text)))
  return align === 'left' ? text + blank : blank + text
}

/** Colours a cell that has been padded already; `row` is -1 for the titles. */
export type Paint = (cell: string, row: number, column: number) => string

/** The table's lines: titles, then rows. Without a width nothing is cut or left out. */
export function renderTable(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  width: number = Number.POSITIVE_INFINITY,
  paint?: Paint
): string[] {
  const natural = columns.map((column, i) =>
    Math.max(widthOf(column.title), ...rows.map((row) => widthOf(row[i] ?? '')))
  )
  let shown = columns.map((_, i) => i)
  const need = () =>
    shown.reduce((sum, i) => sum + (widths[i] ?? 0), GAP.length * (shown.length - 1))
  const widths = [...natural]
  const spares = columns
    .map((column, i) => ({ i, spare: column.spare ?? 0 }))
    .filter(({ spare }) => spare > 0)
    .sort((a, b) => b.spare - a.spare || b.i - a.i)
  shrink()
  while (need() > width && spares.length > 0) {
    const gone = spares.shift()?.i
    shown = shown.filter((i) => i !== gone)
    widths.splice(0, widths.length, ...natural)
    shrink()
  }
  const line = (cells: readonly string[], row: number) => {
    const laid = shown.map((i) =>
      pad(cut(cells[i] ?? '', widths[i] ?? 0), widths[i] ?? 0, columns[i]?.align)
    )
    const plain = laid.join(GAP).trimEnd()
    if (paint === undefined || widthOf(plain) > width) return cut(plain, width)
    return shown.map((i, place) => paint(laid[place] ?? '', row, i)).join(GAP)
  }
  return [
    line(
      columns.map((column) => column.title),
      -1
    ),
    ...rows.map(line),
  ]

  /** Takes from the widest text that may be cut, until it fits or nothing more may go. */
  function shrink(): void {
    while (need() > width) {
      let widest: number | undefined
      for (const i of shown) {
        const least = columns[i]?.least
        if (least === undefined || widths[i]! <= least) continue
        if (widest === undefined || widths[i]! > widths[widest]!) widest = i
      }
      if (widest === undefined) return
      widths[widest]!--
    }
  }
}
