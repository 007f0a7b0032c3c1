// Frames as a broken or hostile exchange might send them: real ones, changed at random by a seed.

import { Random } from '../../simulation/random.ts'

const VALUES = [
  ...['null', '[]', '{}', '""', 'true', '0', '-1', '1e400', '1.5E-7', '9007199254740993', '-0.0'],
  ...['"0.123456789012345678"', '123456789012345678901234567890', '"\\u0000"', '"\\ud800"', '[[[['],
]

/** One changed frame after the other, `count` in all. */
export function* mutated(
  frames: readonly Buffer[],
  seed: number,
  count: number
): Generator<Buffer> {
  const random = new Random(seed)
  for (let i = 0; i < count; i++) {
    let frame: Buffer = Buffer.from(frames[random.below(frames.length)] as Buffer)
    // A huge frame costs more than it tells.
    if (frame.length > 20_000) frame = frame.subarray(0, 20_000)
    for (let times = 1 + random.below(3); times > 0; times--) frame = change(frame, random)
    yield frame
  }
}

function change(frame: Buffer, random: Random): Buffer {
  if (frame.length === 0) return frame
  const at = random.below(frame.length)
  const to = Math.min(frame.length, at + 1 + random.below(20))
  switch (random.below(7)) {
    case 0:
      frame[at] = random.below(256)
      return frame
    case 1:
      return Buffer.concat([frame.subarray(0, at), frame.subarray(to)])
    case 2:
      return Buffer.concat([frame.subarray(0, to), frame.subarray(at)])
    case 3:
      return frame.subarray(0, at)
    case 4:
      return replaceValue(frame, at, random)
    case 5:
      return replaceDigits(frame, at, random)
    default:
      return Buffer.concat([frame.subarray(0, at), Buffer.from(' \n'), frame.subarray(at)])
  }
}

/** Another value in place of the one behind the next colon. */
function replaceValue(frame: Buffer, from: number, random: Random): Buffer {
  const colon = frame.indexOf(0x3a, from)
  if (colon < 0) return frame
  const text = frame.toString('latin1', colon + 1)
  const length = /^("(?:[^"\\]|\\.)*"|[^,}\]]*)/.exec(text)?.[0].length ?? 0
  const value = Buffer.from(VALUES[random.below(VALUES.length)] as string)
  return Buffer.concat([frame.subarray(0, colon + 1), value, frame.subarray(colon + 1 + length)])
}

/** Other digits in place of the next ones. */
function replaceDigits(frame: Buffer, from: number, random: Random): Buffer {
  const match = /\d+/.exec(frame.toString('latin1', from))
  if (match === null) return frame
  const digits = Buffer.from(
    Array.from({ length: 1 + random.below(30) }, () => random.below(10)).join('')
  )
  const at = from + match.index
  return Buffer.concat([frame.subarray(0, at), digits, frame.subarray(at + match[0].length)])
}
