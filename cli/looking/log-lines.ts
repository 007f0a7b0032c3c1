// A line of a program's log as a person reads it. A line of another program is left unchanged. Pure.

import { rfc3339Seconds } from '#crds/rfc3339.ts'
import { clean } from '../text.ts'

export type LogLine = {
  /** Milliseconds, or undefined for a line of another form. */
  readonly at: number | undefined
  readonly level: string
  readonly text: string
}

/** Fields that every line has, or that are the line itself. */
const OWN = new Set(['level', 'time', 'pid', 'hostname', 'msg', 'role', 'name', 'v'])
const SEVERE = new Set(['warn', 'error', 'fatal'])

export function readLogLine(line: string): LogLine {
  const fields = parse(line)
  if (fields === undefined) return { at: undefined, level: '', text: clean(line) }
  const { time, level = '', msg = '' } = fields
  const at = typeof time === 'number' ? time : Date.parse(String(time))
  const more = Object.entries(fields)
    .filter(([name, value]) => !OWN.has(name) && value !== undefined)
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
  const text = [String(msg), ...more].filter((part) => part !== '').join('  ')
  return { at: Number.isNaN(at) ? undefined : at, level: String(level), text: clean(text) }
}

function parse(line: string): Readonly<Record<string, unknown>> | undefined {
  if (!line.startsWith('{')) return undefined
  try {
    return JSON.parse(line) as Readonly<Record<string, unknown>>
  } catch {
    // Cut, or of another program.
    return undefined
  }
}

export const isSevere = ({ level }: LogLine): boolean => SEVERE.has(level)

/** `from` is empty where one program alone is shown. */
export function shownLine({ at, level, text }: LogLine, from: string): string {
  const time = at === undefined ? '' : `${rfc3339Seconds(at)} `
  const severity = level === '' || level === 'info' ? '' : `${level}: `
  return `${time}${from === '' ? '' : `${from}: `}${severity}${text}`
}
