// What a person sees of the agent's work: its words as they come, a line for each tool, what an approval is about. No byte of data reaches a
// terminal as a control character.

import type { AgentEvent, PendingCall } from '../agent-events.ts'

export type Look = { readonly color: boolean; readonly width: number }

const CONTROL =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is for
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g

/** Text without control characters, but for line ends and tabs. */
export const visible = (text: string): string =>
  text.replace(CONTROL, (char) =>
    char === '\r' ? '' : `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`
  )
const oneLine = (text: string): string => visible(text.replace(/\s+/g, ' ')).trim()

const paint = (code: number, text: string, { color }: Look): string =>
  color ? `\u001b[${code}m${text}\u001b[0m` : text
const DIM = 2
const RED = 31
const GREEN = 32
const YELLOW = 33

/** Rows of a preview that are shown. */
const PREVIEW_ROWS = 60

export class PlainRenderer {
  readonly #write: (text: string) => void
  readonly #look: Look
  #isInText = false

  constructor(write: (text: string) => void, look: Look) {
    this.#write = write
    this.#look = look
  }

  show(event: AgentEvent): void {
    switch (event.kind) {
      case 'text':
        this.#isInText = true
        this.#write(visible(event.text))
        return
      case 'tool-start':
        this.#line(this.#fit(`● ${event.tool} ${oneLine(argumentsOf(event.input))}`))
        return
      case 'tool-end': {
        const mark = event.ok ? paint(GREEN, '→', this.#look) : paint(RED, '✗', this.#look)
        this.#line(`  ${mark} ${this.#fit(oneLine(event.summary), 4)}`)
        return
      }
      case 'plan':
        for (const { text, status } of event.items) this.#line(`  ${MARK[status]} ${oneLine(text)}`)
        return
      case 'retry':
        this.#line(
          paint(YELLOW, `the answer broke (${oneLine(event.why)}): asking again`, this.#look)
        )
        return
      case 'notice':
        this.#line(paint(YELLOW, visible(event.text), this.#look))
        return
      case 'approval':
        for (const call of event.calls) this.approval(call)
        return
      case 'done':
        this.#end()
        if (REASONS[event.reason] !== '') this.#line(paint(DIM, REASONS[event.reason], this.#look))
        return
      case 'thinking':
      case 'tool-progress':
      case 'usage':
      case 'decided':
        return
    }
  }

  approval({ title, text }: PendingCall): void {
    this.#line(paint(YELLOW, `Approval: ${oneLine(title)}`, this.#look))
    const rows = visible(text).split('\n')
    for (const row of rows.slice(0, PREVIEW_ROWS)) this.#line(`  │ ${this.#diff(row)}`)
    if (rows.length > PREVIEW_ROWS)
      this.#line(`  │ … ${rows.length - PREVIEW_ROWS} more lines: /show prints them`)
  }

  #diff(row: string): string {
    if (row.startsWith('+')) return paint(GREEN, row, this.#look)
    return row.startsWith('-') ? paint(RED, row, this.#look) : row
  }

  #fit(text: string, less = 0): string {
    const most = Math.max(20, this.#look.width - less)
    return text.length <= most ? text : `${text.slice(0, most - 1)}…`
  }

  #line(text: string): void {
    this.#end()
    this.#write(`${text}\n`)
  }

  #end(): void {
    if (this.#isInText) this.#write('\n')
    this.#isInText = false
  }
}

const MARK = { open: '☐', doing: '▸', done: '☑' } as const

const REASONS = {
  answered: '',
  approval: '',
  refused: 'the model refused to answer this',
  'max-tokens': 'the answer was cut at its greatest length: say `continue`',
  'max-turns': 'stopped after the greatest number of turns: say `continue`',
  budget: 'stopped: the budget of the session is spent',
  interrupted: 'interrupted: say what to do instead, or `continue`',
  failed: 'the session is kept: say `continue` to try again',
} as const

/** `feed=kalshi from=2026-11-24`. */
function argumentsOf(input: unknown): string {
  if (typeof input !== 'object' || input === null) return ''
  return Object.entries(input)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' ')
}
