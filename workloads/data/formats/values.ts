// One value of a run as text, for the forms that are text. Which function writes a column is chosen once a run, not for each value.

import { isUtf8 } from 'node:buffer'
import type { ColumnValues } from '../model/rows.ts'
import type { Times } from './format.ts'
import type { TextBuffer } from './text-buffer.ts'

/** Writes the value of row i; false if it is absent, and nothing was written. */
export type WriteValue = (out: TextBuffer, i: number) => boolean

const QUOTE = 0x22

/** Values as JSON: times, decimals and whole numbers above 2^53 are texts. */
export function jsonValues(column: ColumnValues, times: Times): WriteValue {
  switch (column.type) {
    case 'text': {
      const { values } = column
      return (out, i) => {
        const value = values[i]
        if (value === null || value === undefined) return false
        out.jsonText(value)
        return true
      }
    }
    case 'json':
      return (out, i) => {
        const value = column.values[i]
        if (value === null || value === undefined) return false
        out.text(JSON.stringify(value))
        return true
      }
    case 'bytes':
      return (out, i) => {
        const value = column.values[i]
        if (value === null || value === undefined) return false
        jsonBytes(out, value)
        return true
      }
    case 'time':
    case 'decimal': {
      const plain = plainValues(column, times)
      return (out, i) => {
        const start = out.length
        out.byte(QUOTE)
        if (plain(out, i)) out.byte(QUOTE)
        else {
          out.length = start
          return false
        }
        return true
      }
    }
    default:
      return plainValues(column, times)
  }
}

/** Values as they are, without quotes. */
export function plainValues(column: ColumnValues, times: Times): WriteValue {
  switch (column.type) {
    case 'text':
      return (out, i) => {
        const value = column.values[i]
        if (value === null || value === undefined) return false
        out.text(value)
        return true
      }
    case 'integer': {
      const { values } = column
      return (out, i) => {
        const value = values[i]!
        if (Number.isNaN(value)) return false
        out.integer(value)
        return true
      }
    }
    case 'decimal': {
      const { values, scales, wide } = column
      return (out, i) => {
        const value = values[i]!
        if (Number.isNaN(value)) {
          const mantissa = wide?.get(i)
          if (mantissa !== undefined) out.text(decimalText(mantissa, scales[i]!))
          return mantissa !== undefined
        }
        out.decimal(value, scales[i]!)
        return true
      }
    }
    case 'time': {
      const { ms, ns } = column
      const isNanos = times === 'ns'
      return (out, i) => {
        const value = ms[i]!
        if (value === -1) return false
        if (isNanos) out.nanos(value, ns[i]!)
        else out.time(value, ns[i]!)
        return true
      }
    }
    case 'flag': {
      const { values } = column
      return (out, i) => {
        const value = values[i]!
        if (value === 2) return false
        out.text(value === 1 ? 'true' : 'false')
        return true
      }
    }
    case 'json':
      return jsonValues(column, times)
    case 'bytes':
      return (out, i) => {
        const value = column.values[i]
        if (value === null || value === undefined) return false
        if (isUtf8(value)) out.raw(value)
        else out.text(`base64:${Buffer.from(value).toString('base64')}`)
        return true
      }
  }
}

const LINE_FEED = 0x0a
const CARRIAGE_RETURN = 0x0d

/** A frame that is a JSON object or list of one line stands as it was received; any other text as a JSON text; bytes in base64. */
function jsonBytes(out: TextBuffer, bytes: Uint8Array): void {
  if (!isUtf8(bytes)) {
    out.text(`{"base64":"${Buffer.from(bytes).toString('base64')}"}`)
    return
  }
  const isOneLine = !bytes.includes(LINE_FEED) && !bytes.includes(CARRIAGE_RETURN)
  if (isOneLine && (bytes[0] === 0x7b || bytes[0] === 0x5b) && isJson(bytes)) out.raw(bytes)
  else out.jsonText(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8'))
}

function isJson(bytes: Uint8Array): boolean {
  try {
    JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8'))
    return true
  } catch {
    return false
  }
}

/** A decimal beyond 2^53. */
function decimalText(mantissa: bigint, scale: number): string {
  const sign = mantissa < 0n ? '-' : ''
  const digits = (mantissa < 0n ? -mantissa : mantissa).toString().padStart(scale + 1, '0')
  if (scale === 0) return sign + digits
  return `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`
}
