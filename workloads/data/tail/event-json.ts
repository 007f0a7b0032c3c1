// Market events as lines of JSON: the rows of `/v1/events`, without what they do not say.

import type { MarketEvent } from '#market/event.ts'
import { TextBuffer } from '../formats/text-buffer.ts'
import { jsonValues } from '../formats/values.ts'
import { RowBuffer } from '../model/row-buffer.ts'
import { appendEvent, EVENT_COLUMNS } from '../queries/events.ts'

const KEYS = EVENT_COLUMNS.map(({ name }) => Buffer.from(`${JSON.stringify(name)}:`))
const COMMA = 0x2c
const OPEN = 0x7b
const CLOSE = 0x7d

/** Gathers events, and writes them all. */
export class EventLines {
  readonly #rows = new RowBuffer(EVENT_COLUMNS)
  readonly #out = new TextBuffer()

  add(event: MarketEvent): void {
    appendEvent(this.#rows, event)
  }

  /** A line of each, in their order; the next ones are of later events. */
  take(): string[] {
    const run = this.#rows.run()
    const writers = run.columns.map((column) => jsonValues(column, 'rfc3339'))
    const out = this.#out
    const lines: string[] = []
    for (let i = 0; i < run.length; i++) {
      out.clear()
      out.byte(OPEN)
      for (let c = 0; c < writers.length; c++) {
        const before = out.length
        if (before > 1) out.byte(COMMA)
        out.raw(KEYS[c]!)
        if (!writers[c]!(out, i)) out.length = before
      }
      out.byte(CLOSE)
      lines.push(out.view().toString('utf8'))
    }
    this.#rows.clear()
    return lines
  }
}
