// Rows as CSV (RFC 4180, with line feeds): a line of names, then a line each. Absent values are empty; an empty text is "".

import type { RowRun } from '../model/rows.ts'
import type { RowsWriter, WriterOptions } from './format.ts'
import { TextBuffer } from './text-buffer.ts'
import { plainValues } from './values.ts'

const CHUNK = 48 * 1024
const COMMA = 0x2c
const LINE_FEED = 0x0a
const CARRIAGE_RETURN = 0x0d
const QUOTE = 0x22

export function csvWriter({ columns, times, sink }: WriterOptions): RowsWriter {
  const out = new TextBuffer()
  const run = async (rows: RowRun): Promise<void> => {
    const writers = rows.columns.map((column) => plainValues(column, times))
    const isSpecial = rows.columns.map(({ type }) => ['text', 'json', 'bytes'].includes(type))
    for (let i = 0; i < rows.length; i++) {
      for (let c = 0; c < writers.length; c++) {
        if (c > 0) out.byte(COMMA)
        const start = out.length
        const isThere = writers[c]!(out, i)
        if (isThere && isSpecial[c]) quote(out, start)
      }
      out.byte(LINE_FEED)
      if (out.length < CHUNK) continue
      await sink(out.view())
      out.clear()
    }
  }
  return {
    async begin() {
      for (const [c, { name }] of columns.entries()) {
        if (c > 0) out.byte(COMMA)
        const start = out.length
        out.text(name)
        quote(out, start)
      }
      out.byte(LINE_FEED)
    },
    run,
    async end() {
      await sink(out.view())
    },
  }
}

/** Puts quotes around what was written from `start` on, if it needs them. */
function quote(out: TextBuffer, start: number): void {
  let quotes = 0
  let isPlain = out.length > start
  for (let at = start; at < out.length; at++) {
    const byte = out.bytes[at]
    if (byte === QUOTE) quotes++
    if (byte === QUOTE || byte === COMMA || byte === LINE_FEED || byte === CARRIAGE_RETURN)
      isPlain = false
  }
  if (isPlain) return
  const text = quotes === 0 ? undefined : out.bytes.toString('utf8', start, out.length)
  if (text === undefined) {
    const end = out.length
    out.byte(QUOTE)
    out.byte(QUOTE)
    out.bytes.copyWithin(start + 1, start, end)
    out.bytes[start] = QUOTE
    return
  }
  out.length = start
  out.text(`"${text.replaceAll('"', '""')}"`)
}
