// The members of Binance's frames. Each kind of frame has shapes of its own, because a shape learns in which order members
// come; what a frame is taken for before it is read is a guess, and changes nothing of what it says.

import { type Field, Shape } from '#market/json-shape.ts'

const MESSAGE = ['e', 'E', 's', 'U', 'u', 'b', 'a', 't', 'p', 'q', 'T', 'm', 'M', 'B', 'A']
/** What stands at the top of answers to commands. */
export const OF_ANSWERS: readonly string[] = ['id', 'result', 'code', 'error']

/** A frame of a stream: `{"stream":…,"data":{…}}`; raw frames have the members of `data` at the top. */
export class StreamShape {
  readonly data = new Shape(MESSAGE)
  readonly frame = new Shape(['stream', 'data', ...OF_ANSWERS], { data: this.data })
  readonly stream = this.frame.field('stream')
  readonly body = this.frame.field('data')
  readonly answers: readonly Field[] = OF_ANSWERS.map((name) => this.frame.field(name))
  readonly e = this.data.field('e')
  readonly E = this.data.field('E')
  readonly s = this.data.field('s')
  readonly U = this.data.field('U')
  readonly u = this.data.field('u')
  readonly b = this.data.field('b')
  readonly a = this.data.field('a')
  readonly t = this.data.field('t')
  readonly p = this.data.field('p')
  readonly q = this.data.field('q')
  readonly T = this.data.field('T')
  readonly m = this.data.field('m')
  readonly B = this.data.field('B')
  readonly A = this.data.field('A')
}

/** The body of a snapshot over REST. */
export class SnapshotShape {
  readonly body = new Shape(['lastUpdateId', 'bids', 'asks'])
  readonly lastUpdateId = this.body.field('lastUpdateId')
  readonly bids = this.body.field('bids')
  readonly asks = this.body.field('asks')
}

/** Bytes of a combined frame before the name of its stream, and within which its `@` stands. */
const BEFORE_NAME = 11
const HEAD = 64

/** By the letter behind the first `@`: the place of depth, trade and bookTicker; of what is none of these, the first. */
export function guessed(frame: Uint8Array): 0 | 1 | 2 {
  const at = afterName(frame, BEFORE_NAME, Math.min(frame.length, HEAD))
  if (at < 0) return 0
  const c = frame[at + 1]
  return c === 0x74 ? 1 : c === 0x62 ? 2 : 0
}

/** Where the `@` of a stream stands between two places, or -1. A loop: the methods of buffers cost more than they find. */
export function afterName(bytes: Uint8Array, start: number, end: number): number {
  for (let p = start; p < end; p++) if (bytes[p] === 0x40) return p
  return -1
}
