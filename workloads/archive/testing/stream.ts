// Random streams of blocks as JetStream might hold them: several connections, blocks twice and out of order, holes,
// drops, closes, midnights. With them the truth: every record that was ever in a block.

import type { Block } from '#wire/block.ts'
import { FORM } from '#wire/form.ts'
import { at, eventRecord, makeBlock, type TestRecord } from './blocks.ts'
import type { Random } from './random.ts'

export type RandomStream = {
  /** In the order of the stream; sequences count from 1. */
  readonly blocks: readonly Block[]
  /** `connection number` of every record, with the line that it has to become. */
  readonly lines: ReadonlyMap<string, string>
  /** The same as a program wrote them that knew format 1 alone. */
  readonly lines1: ReadonlyMap<string, string>
}

export type StreamShape = {
  readonly connections?: number
  readonly blocksEach?: number
  readonly startsAt?: string
  /** Mean time between two blocks, milliseconds. */
  readonly stepMs?: number
  /** How often a block comes twice, late, or never. */
  readonly mischief?: number
  /** Some messages end with white space, as some exchanges' do. @default true */
  readonly padded?: boolean
  /** Connections tell their exchange, sometimes a Feed, and what they count. @default true */
  readonly telling?: boolean
}

const GROUPS = [
  ['trade', 'trades'],
  ['ticker', 'tickers'],
  ['orderbook_delta', 'orderbook'],
  ['orderbook_snapshot', 'orderbook'],
] as const

export function randomStream(random: Random, shape: StreamShape = {}): RandomStream {
  const {
    connections = 3,
    blocksEach = 40,
    stepMs = 60_000,
    mischief = 0.05,
    padded = true,
    telling = true,
  } = shape
  const start = at(shape.startsAt ?? '2026-11-24T22:00:00Z')
  const lines = new Map<string, string>()
  const lines1 = new Map<string, string>()
  const timed: { block: Block; arrives: number }[] = []
  for (let c = 0; c < connections; c++) {
    const connection = `01test${String(c).padStart(4, '0')}`
    let number = 1
    let ms = random.int(0, stepMs)
    for (let b = 0; b < blocksEach; b++) {
      ms += random.int(1, stepMs * 2)
      if (random.next() < mischief) number += random.int(1, 5) // never published
      const records = randomRecords(random, start + BigInt(ms) * 1_000_000n, {
        isFirst: b === 0,
        isLast: b === blocksEach - 1,
        padded,
        telling,
      })
      const block = makeBlock({ connection, first: number, records, shard: c % 2 })
      records.forEach((record, i) => {
        const key = `${connection} ${number + i}`
        lines.set(key, expectedLine(connection, number + i, record))
        lines1.set(key, expectedLine1(connection, number + i, record))
      })
      number += records.length
      ms = Number((block.recv(block.length - 1) - start) / 1_000_000n)
      timed.push({ block, arrives: ms })
      // Twice, perhaps much later, as after a timeout of the publisher.
      if (random.next() < mischief) timed.push({ block, arrives: ms + random.int(0, stepMs * 5) })
      // Late.
      if (random.next() < mischief) timed.at(-1)!.arrives += random.int(0, stepMs * 5)
    }
  }
  timed.sort((a, b) => a.arrives - b.arrives)
  return { blocks: timed.map(({ block }) => block), lines, lines1 }
}

function randomRecords(
  random: Random,
  from: bigint,
  {
    isFirst,
    isLast,
    padded,
    telling,
  }: { isFirst: boolean; isLast: boolean; padded: boolean; telling: boolean }
): TestRecord[] {
  const records: TestRecord[] = []
  let recv = from
  const next = () => {
    recv += BigInt(random.int(0, 2_000_000_000))
    return recv
  }
  if (isFirst) {
    const open = telling ? { kind: 'open', ...randomOrigin(random) } : { kind: 'open' }
    records.push(eventRecord(next(), open), eventRecord(next(), { kind: 'ready' }))
  }
  if (telling && random.next() < 0.2) {
    const trade = { frames: random.int(0, 1e6), unknown: random.int(0, 9) }
    const counts = { kind: 'counts', proof: { trade: 'trades' }, types: { trade } }
    records.push(eventRecord(next(), counts))
  }
  for (let i = random.int(1, 12); i > 0; i--) {
    const [type, group] = random.pick(GROUPS)
    const symbol = `SYM-${random.int(0, 400)}`
    const common = { recv: next(), type, group, symbol, scope: random.int(1, 3) }
    const kind = random.next()
    if (kind < 0.9) {
      const payload = `{"type":"${type}","p":0.${random.int(100, 999)}0,"id":1234567890123456${random.int(100, 999)}}`
      const tail = padded ? random.pick(['', '', '', '\n', ' ', '\r\n']) : ''
      records.push({ ...common, payload: payload + tail, sequence: random.int(1, 1e9) })
    } else if (kind < 0.95) {
      records.push({ ...common, payload: 'not "json"\r\n\u2028 ä', form: FORM.text })
    } else {
      const payload = Uint8Array.from({ length: random.int(0, 9) }, () => random.int(0, 255))
      records.push({ ...common, payload, form: FORM.binary })
    }
  }
  if (isLast) {
    const close = { kind: 'close', cause: 'disconnected', fault: 'network', code: 1006, reason: '' }
    records.push(eventRecord(next(), close))
  }
  return records
}

function randomOrigin(random: Random): object {
  if (random.next() < 0.5) return { exchange: 'made' }
  const feed = { kind: 'Feed', metadata: { name: 'made' }, spec: { path: random.pick(['a', 'b']) } }
  return { exchange: 'generic', feed }
}

/** The line as the design gives it, made the slow way: of format 2, as it is written. */
export function expectedLine(connection: string, number: number, record: TestRecord): string {
  const { type = 'trade', symbol = '' } = record
  const names = symbol === '' ? { type } : { type, symbol }
  const line = expectedLine1(connection, number, record)
  return line.replace(/"n":\d+,/, (n) => `${n}${JSON.stringify(names).slice(1, -1)},`)
}

/** The line of format 1, which had neither type nor symbol. */
export function expectedLine1(connection: string, number: number, record: TestRecord): string {
  const { recv, payload, form = FORM.json } = record
  const ms = new Date(Number(recv / 1_000_000n)).toISOString().slice(0, -1)
  const time = `${ms}${String(recv % 1_000_000n).padStart(6, '0')}Z`
  const head = `{"recv":"${time}","conn":"${connection}","n":${number},`
  const text = typeof payload === 'string' ? payload : Buffer.from(payload).toString('latin1')
  switch (form) {
    case FORM.json: {
      const [, before = '', frame = '', after = ''] = /^([ \t\r\n]*)(.*?)([ \t\r\n]*)$/s.exec(text)!
      if (!/[\r\n]/.test(before + after)) return `${head}"frame":${text}}`
      return `${head}"pad":${JSON.stringify([before, after])},"frame":${frame}}`
    }
    case FORM.event:
      return `${head}"event":${text}}`
    case FORM.text:
      return `${head}"text":${JSON.stringify(text)}}`
    default:
      return `${head}"base64":"${Buffer.from(payload).toString('base64')}"}`
  }
}
