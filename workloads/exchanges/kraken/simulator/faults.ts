// Faults of books: a digit or a checksum that is not what the exchange has. Below the best ten levels the checksum does not
// see them.

import { copyFrame, type Frame } from '../../simulation/frame.ts'
import type { VenueFault } from '../../simulation/venue.ts'
import type { BookFrame } from './generated.ts'

const CHECKSUM = '"checksum":'

/** Another digit at this place of the frame. */
function altered(frame: Frame, at: number): Frame {
  const copy = copyFrame(frame)
  const place = at - frame.start
  const digit = copy.bytes[place]! - 0x30
  copy.bytes[place] = 0x30 + ((digit + 1) % 10)
  return copy
}

/** The last digit of the checksum; -1: the frame has none. */
function checksumAt(frame: Frame): number {
  if (frame.channel.name !== 'book') return -1
  const at = frame.bytes.lastIndexOf(CHECKSUM, frame.end - 1)
  if (at < frame.start) return -1
  let end = at + CHECKSUM.length
  while (frame.bytes[end]! >= 0x30 && frame.bytes[end]! <= 0x39) end++
  return end - 1
}

const digitFault = (placeOf: (frame: Frame) => number): VenueFault => ({
  on: 'frame',
  fits: (frame) => placeOf(frame) >= 0,
  act: ({ frame, send }) => send(altered(frame, placeOf(frame))),
})

export const FAULTS = {
  /** Another digit among the best ten levels. */
  wrongDigit: digitFault((frame: BookFrame) => frame.checkedDigitAt ?? -1),
  /** Another digit below them: nothing shows it. */
  wrongDigitBelow: digitFault((frame: BookFrame) => frame.uncheckedDigitAt ?? -1),
  wrongChecksum: digitFault(checksumAt),
} satisfies Readonly<Record<string, VenueFault>>
