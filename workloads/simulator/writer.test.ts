// WebSocket frames composed by hand, read back by an independent parser: headers at every length border, and
// sid and seq put in without touching another byte.
import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { ORDERBOOK } from '#exchanges/kalshi/simulator/channels.ts'
import { emptyScan, scanFrame } from '#exchanges/kalshi/simulator/scan.ts'
import { emptyFrame, type Frame } from '#exchanges/simulation/frame.ts'
import { FrameWriter, writeNumber } from './writer.ts'

const test = suite('writer')

/** Unmasked text frames, read as RFC 6455 says. */
function payloads(bytes: Buffer): string[] {
  const found: string[] = []
  for (let at = 0; at < bytes.length; ) {
    assert.is(bytes[at], 0x81, 'final text frame')
    let length = bytes[at + 1] as number
    at += 2
    if (length === 126) {
      length = bytes.readUInt16BE(at)
      assert.ok(length >= 126, 'the shortest form')
      at += 2
    } else if (length === 127) {
      length = Number(bytes.readBigUInt64BE(at))
      assert.ok(length >= 65_536, 'the shortest form')
      at += 8
    }
    found.push(bytes.toString('utf8', at, at + length))
    at += length
  }
  return found
}

/** A writer whose sink keeps what it gets, and says that it has (or has not) copied it. */
function collecting(copied: boolean) {
  const parts: Buffer[] = []
  const writer = new FrameWriter((bytes) => {
    parts.push(copied ? Buffer.from(bytes) : bytes)
    return copied
  })
  return {
    writer,
    read: () => {
      writer.flush()
      return payloads(Buffer.concat(parts))
    },
  }
}

function frameOf(text: string): Frame {
  const bytes = Buffer.from(`..${text}.`)
  const scan = emptyScan()
  const end = bytes.length - 1
  scanFrame(bytes, 2, end, scan)
  const { sidAt, sidEnd, seqAt, seqEnd } = scan
  return {
    ...emptyFrame(ORDERBOOK),
    bytes,
    start: 2,
    end,
    bodyAt: 2,
    bodyEnd: end,
    idAt: sidAt,
    idEnd: sidEnd,
    seqAt,
    seqEnd,
  }
}

test('writes the header for every length', () => {
  for (const copied of [true, false]) {
    const { writer, read } = collecting(copied)
    const sent = [0, 1, 125, 126, 127, 65_535, 65_536, 200_000, 3, 131_060, 131_072].map((n) =>
      'x'.repeat(n)
    )
    for (const text of sent) writer.text(text)
    assert.equal(read(), sent)
  }
})

test('counts bytes and not characters', () => {
  const { writer, read } = collecting(true)
  writer.text('€'.repeat(50))
  assert.equal(read(), ['€'.repeat(50)])
})

test('puts in sid and seq of any length and touches nothing else', () => {
  const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31)
  const number = fc.oneof(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: 2 ** 48 }))
  fc.assert(
    fc.property(
      fc.array(
        fc.record({
          sid: number,
          seq: fc.option(number, { nil: undefined }),
          tail: fc.string({ maxLength: 300 }),
          swapped: fc.boolean(),
          newSid: number,
          newSeq: number,
        }),
        { maxLength: 40 }
      ),
      fc.boolean(),
      (items, copied) => {
        const { writer, read } = collecting(copied)
        const want: string[] = []
        for (const { sid, seq, tail, swapped, newSid, newSeq } of items) {
          const text = (a: number, b: number | undefined) => {
            const sidPart = `"sid":${a}`
            const seqPart = b === undefined ? [] : [`"seq":${b}`]
            const parts = swapped ? [...seqPart, sidPart] : [sidPart, ...seqPart]
            return `{"type":"trade",${parts.join(',')},"msg":${JSON.stringify({ tail })}}`
          }
          writer.frame(frameOf(text(sid, seq)), newSid, newSeq)
          want.push(text(newSid, seq === undefined ? undefined : newSeq))
        }
        assert.equal(read(), want)
      }
    ),
    { seed, numRuns: 200 }
  )
})

test('tells where the payload of the last frame lies', () => {
  const { writer } = collecting(true)
  writer.frame(frameOf('{"type":"trade","sid":1,"seq":2,"msg":{}}'), 7, 1234)
  assert.is(
    writer.lastBytes.toString('utf8', writer.lastStart, writer.lastEnd),
    '{"type":"trade","sid":7,"seq":1234,"msg":{}}'
  )
})

test('never writes into a buffer that the sink still holds', () => {
  const held: Buffer[] = []
  const writer = new FrameWriter((bytes) => {
    held.push(bytes)
    return false
  })
  for (let round = 0; round < 20; round++) {
    writer.text(`${round}`.padEnd(70_000, 'x'))
    writer.text(`${round} again`.padEnd(70_000, 'y'))
    writer.flush()
    // Every third buffer comes back, as after a write; its bytes are looked at first.
    if (round % 3 === 0) {
      const bytes = held.shift() as Buffer
      assert.equal(
        payloads(bytes).map((text) => text.length),
        [70_000]
      )
      writer.recycle(bytes)
    }
  }
  const rest = held.flatMap((bytes) => payloads(bytes))
  assert.is(rest.length, 40 - 7)
  assert.is(new Set(rest).size, rest.length, 'no text twice, none overwritten')
})

test('writes numbers digit by digit', () => {
  const target = Buffer.alloc(20)
  for (const value of [0, 9, 10, 99, 100, 2 ** 31, 2 ** 32 + 1, 999_999_999_999_999])
    assert.is(target.toString('latin1', 0, writeNumber(target, 0, value)), String(value))
})

test.run()
