// Rows as JSON: one object, `{"rows":[…],"quality":…,"truncated":…,"next_cursor":…}`, or a line each with a last line that says that all
// of them came.

import { createHash } from 'node:crypto'
import type { RowRun } from '../model/rows.ts'
import type { AnswerEnd, RowsWriter, Sink, WriterOptions } from './format.ts'
import { TextBuffer } from './text-buffer.ts'
import { jsonValues } from './values.ts'

/** What is handed on at a time. */
const CHUNK = 48 * 1024
const COMMA = 0x2c
const LINE_FEED = 0x0a
const NULL = Buffer.from('null')

/** The keys of an object, each with what stands before its value: `{"a":`, `,"b":`. */
const keysOf = ({ columns }: WriterOptions): Buffer[] =>
  columns.map(({ name }, i) => Buffer.from(`${i === 0 ? '{' : ','}${JSON.stringify(name)}:`))

async function writeObjects(
  run: RowRun,
  out: TextBuffer,
  o: {
    readonly keys: readonly Buffer[]
    readonly times: WriterOptions['times']
    readonly sink: Sink
    readonly before: (out: TextBuffer) => void
    readonly after: (out: TextBuffer) => void
  }
): Promise<void> {
  const { keys, sink, before, after } = o
  const writers = run.columns.map((column) => jsonValues(column, o.times))
  for (let i = 0; i < run.length; i++) {
    before(out)
    for (let c = 0; c < writers.length; c++) {
      out.raw(keys[c]!)
      if (!writers[c]!(out, i)) out.raw(NULL)
    }
    out.byte(0x7d)
    after(out)
    if (out.length < CHUNK) continue
    await sink(out.view())
    out.clear()
  }
}

export function jsonWriter(options: WriterOptions): RowsWriter {
  const { sink } = options
  const out = new TextBuffer()
  const keys = keysOf(options)
  let isFirst = true
  const before = (to: TextBuffer): void => {
    if (!isFirst) to.byte(COMMA)
    to.byte(LINE_FEED)
    isFirst = false
  }
  const each = { ...options, keys, before, after: () => {} }
  return {
    begin: async () => out.text('{"rows":['),
    run: (run) => writeObjects(run, out, each),
    async end({ quality, about, nextCursor }) {
      const truncated = nextCursor !== null
      const rest = {
        ...(about ? { about } : {}),
        ...(quality ? { quality } : {}),
        truncated,
        next_cursor: nextCursor,
      }
      out.text(`${isFirst ? '' : '\n'}],${JSON.stringify(rest).slice(1)}\n`)
      await sink(out.view())
    },
  }
}

export function ndjsonWriter(options: WriterOptions): RowsWriter {
  const { sink } = options
  const out = new TextBuffer()
  const hash = createHash('sha256')
  let bytes = 0
  const count: Sink = (chunk) => {
    hash.update(chunk)
    bytes += chunk.length
    return sink(chunk)
  }
  const flush = async (): Promise<void> => {
    if (out.length > 0) await count(out.view())
    out.clear()
  }
  const each = {
    ...options,
    keys: keysOf(options),
    sink: count,
    before: () => {},
    after: (to: TextBuffer) => to.byte(LINE_FEED),
  }
  const last = async (line: object): Promise<void> => {
    out.text(`${JSON.stringify(line)}\n`)
    await sink(out.view())
    out.clear()
  }
  return {
    begin: async () => {},
    run: (run) => writeObjects(run, out, each),
    async end({ rows, quality, about, nextCursor }: AnswerEnd) {
      await flush()
      const sum = { rows, bytes, sha256: hash.digest('hex'), complete: true }
      const cursor = { truncated: nextCursor !== null, next_cursor: nextCursor }
      await last({ _end: { ...sum, ...cursor, ...(about ? { about } : {}), ...quality } })
    },
    async fail(problem) {
      // The rows before are good: they are said before the error.
      await flush()
      await last({ _error: problem })
    },
  }
}
