// The frame of a line as it was received. A frame with line breaks around it has them beside it in the line.

import type { KeyedLine } from '#archive/read/reader.ts'
import type { LineReader } from '#events/line.ts'

const FRAME_KEY = Buffer.from('"frame":')
const PAD_KEY = Buffer.from('"pad":')
const BRACKET = 0x5d

/** Of the line that the reader has just read, which is no event. */
export function frameBytes({ bytes, namesAt }: KeyedLine, { payload }: LineReader): Uint8Array {
  // A text or base64 has bytes of its own.
  if (payload.buffer !== bytes.buffer) return payload
  const keyAt = payload.byteOffset - bytes.byteOffset - FRAME_KEY.length
  if (bytes[keyAt - 2] !== BRACKET) return payload
  const padAt = bytes.indexOf(PAD_KEY, namesAt)
  if (padAt < 0 || padAt > keyAt) return payload
  const [before = '', after = ''] = JSON.parse(
    bytes.toString('utf8', padAt + PAD_KEY.length, keyAt - 1)
  ) as string[]
  return Buffer.concat([Buffer.from(before, 'latin1'), payload, Buffer.from(after, 'latin1')])
}
