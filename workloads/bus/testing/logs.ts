// A logger whose lines a test can look at.

import { Writable } from 'node:stream'
import { type Logger, pino } from 'pino'

export type LogLine = Readonly<Record<string, unknown>> & { readonly msg: string }

export function collectLogs(): { readonly log: Logger; readonly lines: LogLine[] } {
  const lines: LogLine[] = []
  const sink = new Writable({
    write(chunk, _encoding, done) {
      lines.push(JSON.parse(String(chunk)) as LogLine)
      done()
    },
  })
  return { log: pino({ level: 'debug', base: null }, sink), lines }
}
