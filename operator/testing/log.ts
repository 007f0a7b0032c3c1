// A log that tests can look into.

import { type Logger, pino } from 'pino'

export type TestLog = { readonly log: Logger; readonly lines: Readonly<Record<string, unknown>>[] }

/** Keeps every line; prints them too where SSMD_TEST_LOG is set. */
export function testLog(): TestLog {
  const lines: Record<string, unknown>[] = []
  const log = pino(
    { level: 'debug', formatters: { level: (level) => ({ level }) } },
    {
      write(text: string) {
        lines.push(JSON.parse(text) as Record<string, unknown>)
        if (process.env.SSMD_TEST_LOG) process.stderr.write(text)
      },
    }
  )
  return { log, lines }
}
