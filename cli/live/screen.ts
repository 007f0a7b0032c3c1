// A block of lines on a terminal, redrawn in place. What was printed above it stays, the cursor comes back at the
// end, and a change of the terminal's size leaves no remains.
import { widthOf } from '../table.ts'

const ESC = '\u001b['
const HIDE_CURSOR = `${ESC}?25l`
const SHOW_CURSOR = `${ESC}?25h`
const CLEAR_LINE = `${ESC}K`
const CLEAR_DOWN = `${ESC}J`

export type Terminal = {
  readonly columns: number
  readonly rows: number
  write(text: string): void
}

export class Screen {
  readonly #terminal: Terminal
  /** Widths of the lines on the screen, without colours. */
  #widths: readonly number[] = []
  #lastText = ''
  #lastColumns = 0
  #hidden = false

  constructor(terminal: Terminal) {
    this.#terminal = terminal
  }

  draw(lines: readonly string[]): void {
    const { columns } = this.#terminal
    const text = lines.join('\n')
    if (text === this.#lastText && columns === this.#lastColumns) return
    this.#lastText = text
    this.#lastColumns = columns
    const body = lines.map((line) => `${line}${CLEAR_LINE}\n`).join('')
    // One write, so that no half-drawn view is visible.
    this.#terminal.write(`${this.#hidden ? '' : HIDE_CURSOR}${this.#home()}${body}${CLEAR_DOWN}`)
    this.#hidden = true
    this.#widths = lines.map((line) => widthOf(withoutColours(line)))
  }

  /** Leaves what is drawn where it is; what is printed from now on stands below. */
  end(): void {
    if (this.#hidden) this.#terminal.write(SHOW_CURSOR)
    this.#hidden = false
    this.#widths = []
    this.#lastText = ''
  }

  /** Takes away what is drawn. */
  erase(): void {
    if (this.#widths.length > 0) this.#terminal.write(`${this.#home()}${CLEAR_DOWN}`)
    this.end()
  }

  /** To the beginning of the first line. A narrower terminal has broken our lines into several of its own. */
  #home(): string {
    const { columns } = this.#terminal
    const height = this.#widths.reduce(
      (sum, width) => sum + Math.max(1, Math.ceil(width / columns)),
      0
    )
    return height > 0 ? `\r${ESC}${height}A` : '\r'
  }
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: colours begin with one
const COLOURS = /\u001b\[[0-9;]*m/g
const withoutColours = (text: string): string => text.replace(COLOURS, '')
