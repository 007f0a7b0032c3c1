// Answers that a real archive would take hours to make: a year of twenty feeds, ten thousand symbols with odd names, a storm of
// gaps, a day of a million trades. Seeded, in the form of the data API; the page cannot tell.

import { seeded } from '#archive/testing/random.ts'

export type Scene = {
  readonly feeds: readonly string[]
  readonly today: string
  readonly days: number
  readonly simulated: readonly string[]
  /** How many gaps the days that have some have. */
  readonly gaps: number
  readonly symbols: number
  readonly tradesPerDay: number
  readonly live: boolean
}

export type Ask = { readonly path: string; readonly query: URLSearchParams }

const DAY_MS = 86_400_000
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
const rowsOf = (rows: readonly object[]) => ({ rows, truncated: false, next_cursor: null })
const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10)
const startOf = (day: string): number => Date.parse(`${day}T00:00:00Z`)
const nanos = (ms: number): string => new Date(ms).toISOString().replace('Z', '000000Z')

/** The JSON that the API would answer; undefined: no such path. */
export function answerOf(scene: Scene, { path, query }: Ask, nowMs: number): object | undefined {
  if (path === '/v1/feeds') return rowsOf(feedRows(scene))
  if (path === '/v1/coverage') return rowsOf(coverageRows(scene, query))
  if (path === '/v1/symbols') return symbolRows(scene, query)
  if (path === '/v1/bars') return rowsOf(barRows(scene, query))
  if (path === '/v1/events') return rowsOf(eventRows(scene, query))
  if (path === '/v1/book') return bookOf(query)
  if (path === '/v1/live')
    return scene.live ? liveOf(scene, nowMs) : { live: false, environments: [], feeds: [] }
  const [, feed, day] = /^\/v1\/datasets\/([^/]+)\/([^/]+)$/.exec(path) ?? []
  return feed && day ? manifestOf(scene, decodeURIComponent(feed), day, nowMs) : undefined
}

type Coverage = ReturnType<typeof coverageOf>

function coverageOf(scene: Scene, feed: string, day: string) {
  const random = seeded(hash(`${feed} ${day}`))
  const age = (startOf(scene.today) - startOf(day)) / DAY_MS
  const weekend = [0, 6].includes(new Date(startOf(day)).getUTCDay())
  const isQuiet = hash(feed) % 4 === 1 && weekend
  const isMissing = random.next() < 0.006
  const broken = !isMissing && random.next() < 0.035
  const absent = hash(feed) % 5 === 2 && age > 200
  if (absent || (hash(feed) % 7 === 3 && age > 90 && age < 120))
    return {
      feed,
      day,
      state: 'not-captured',
      condition: null,
      simulated: null,
      records: null,
      trades: null,
      bytes: null,
      gaps: null,
      gapSeconds: null,
      gapShare: null,
    }
  const records = isMissing ? 0 : random.int(200_000, 4_000_000)
  const lost = broken
    ? sum(gapsOf(scene, feed, day).map(({ from, to }) => Date.parse(to) - Date.parse(from)))
    : 0
  const share = lost / DAY_MS
  return {
    feed,
    day,
    state: isMissing ? 'not-captured' : isQuiet ? 'no-trades' : 'captured',
    condition: isMissing ? 'missing' : broken ? 'degraded' : age === 0 ? 'pending' : 'available',
    simulated: scene.simulated.includes(feed),
    records,
    trades: isQuiet ? 0 : Math.round(records / 9),
    bytes: records * 27,
    gaps: isMissing ? 1 : broken ? scene.gaps : 0,
    gapSeconds: isMissing ? '86400.000' : broken ? (share * 86_400).toFixed(3) : '0',
    gapShare: isMissing ? '1.000000' : share.toFixed(6),
  }
}

function coverageRows(scene: Scene, query: URLSearchParams): Coverage[] {
  const wanted = query.get('feed')
  const from = query.get('from') ?? ''
  const to = query.get('to') ?? '9999'
  const rows: Coverage[] = []
  for (const feed of scene.feeds) {
    if (wanted !== null && wanted !== feed) continue
    for (let back = scene.days - 1; back >= 0; back--) {
      const day = dayOf(startOf(scene.today) - back * DAY_MS)
      if (day >= from && day < to) rows.push(coverageOf(scene, feed, day))
    }
  }
  return rows
}

const feedRows = (scene: Scene) =>
  scene.feeds.map((feed) => {
    const days = coverageRows(scene, new URLSearchParams({ feed })).filter((day) => day.condition)
    const total = (of: (day: Coverage) => number | null) => sum(days.map((day) => of(day) ?? 0))
    return {
      feed,
      exchange: feed.replace(/^.*\./, ''),
      simulated: scene.simulated.includes(feed),
      days: days.length,
      from: days[0]?.day ?? null,
      to: days.at(-1)?.day ?? null,
      records: total((day) => day.records),
      bytes: total((day) => day.bytes),
      rawBytes: total((day) => day.bytes) * 9,
      gaps: total((day) => day.gaps),
      condition: days.at(-1)?.condition ?? null,
      proof: { book: 'book', trade: 'trades', ticker: 'nothing' },
      damaged: 0,
    }
  })

const CAUSES = [
  ['disconnected', 'network', 'the exchange closed the connection: 1006'],
  ['connector-lost', 'ours', 'the process ended without an event'],
  ['exchange-sequence', 'exchange', 'sequences jumped'],
  ['connector-stopped', 'user', 'asked to stop'],
] as const

const endOf = (scene: Scene, day: string): number =>
  startOf(day) + (day === scene.today ? 14.6 * 3_600_000 : DAY_MS - 1)

function gapsOf(scene: Scene, feed: string, day: string) {
  const random = seeded(hash(`${feed} ${day} gaps`))
  const [start, end] = [startOf(day), endOf(scene, day)]
  return Array.from({ length: scene.gaps }, (_, i) => {
    const [cause, fault, detail] = CAUSES[(i + hash(day)) % CAUSES.length]!
    const from = start + random.next() * (end - start) * 0.99
    const lasts = scene.gaps > 100 ? random.int(5, 3000) : 900 + random.next() ** 3 * 9_000_000
    return {
      ...{ cause, fault, detail },
      from: nanos(from),
      to: nanos(Math.min(end, from + lasts)),
      connection: `01jdf3v9q2k7m4x${i % 9}`,
      shard: 0,
      missing: fault === 'exchange' ? random.int(1, 40) : null,
      ...(fault === 'exchange' ? { channel: 'book' } : {}),
    }
  })
}

function manifestOf(scene: Scene, feed: string, day: string, nowMs = 0): object | undefined {
  const found = coverageOf(scene, feed, day)
  if (found.condition === null || !scene.feeds.includes(feed)) return undefined
  const start = startOf(day)
  const isOpen = day === scene.today
  const end = endOf(scene, day)
  const gaps = (found.gaps ?? 0) > 0 ? gapsOf(scene, feed, day) : []
  const names = ['orderbook_000', 'orderbook_001', 'tickers_000', 'trades_000', 'connection_000']
  const segments = names.map((name, i) => {
    const records = Math.round((found.records ?? 0) * [0.34, 0.3, 0.24, 0.12, 0.00001][i]!)
    const sum = hash(`${feed}${day}${name}`).toString(16).padStart(8, '0')
    return {
      name: `${name}.jsonl.gz`,
      group: name.slice(0, -4),
      format: 2,
      sealed: !isOpen,
      bytes: records * 27,
      rawBytes: records * 240,
      sha256: sum.repeat(8),
      records,
      members: 40,
      from: nanos(start),
      to: nanos(end),
      types: {},
    }
  })
  return {
    ...{ feed, day, condition: found.condition, simulated: found.simulated, exchange: feed },
    ...{ records: found.records, bytes: found.bytes, rawBytes: (found.bytes ?? 0) * 9 },
    ...{ from: nanos(start), to: nanos(end), updated: nanos(isOpen ? nowMs : end), segments, gaps },
    connections: [0, 1, 2].map((i) => ({
      id: `01jdf3v9q2k7m4x${i}`,
      shard: 0,
      records: Math.round((found.records ?? 0) / 3),
      from: nanos(start + (i * (end - start)) / 3),
      to: nanos(start + ((i + 1) * (end - start)) / 3),
      closed: i < 2,
    })),
    sequences: [],
    skipped: {},
    proof: { book: 'book', trade: 'trades', ticker: 'nothing' },
    files: [],
  }
}

/** Names that a page could stumble over, first. */
export const ODD_SYMBOLS = [
  'BTC/USD',
  '<b>&"x\'',
  '../../etc/passwd',
  'a?b#c%d&e=f',
  'Ünïcødé 🥇',
  ' two  spaces ',
  '%2F',
]

function symbolRows(scene: Scene, query: URLSearchParams): object {
  const names = [
    ...ODD_SYMBOLS,
    ...Array.from(
      { length: scene.symbols },
      (_, i) => `KX${(hash(String(i)) % 46_656).toString(36).toUpperCase()}-26NOV30-${i}`
    ),
  ].slice(0, Math.max(1, scene.symbols))
  const limit = Number(query.get('limit'))
  const found = names.filter((name) => name.startsWith(query.get('prefix') ?? ''))
  const rows = found.slice(0, limit).map((symbol, i) => ({
    symbol,
    records: null,
    trades: null,
    first: `${scene.today}T00:${String(i % 60).padStart(2, '0')}:00.100000000Z`,
    last: `${scene.today}T14:35:59.900000000Z`,
  }))
  return { ...rowsOf(rows), truncated: found.length > limit }
}

/** A price that wanders through the day, the same at every zoom: sums of waves, no walk from the start. */
function priceAt(ms: number): number {
  const t = ms / DAY_MS
  const wave = (n: number, shift: number) => Math.sin(t * n * 2 * Math.PI + shift)
  return (
    62_000 +
    900 * wave(1.3, 1) +
    380 * wave(4.1, 2) +
    130 * wave(17, 0.4) +
    60 * wave(71, 3) +
    22 * wave(331, 1.2) +
    9 * wave(2011, 2.2) +
    4 * wave(9001, 0.2)
  )
}

function barRows(scene: Scene, query: URLSearchParams): object[] {
  const [from, to] = rangeOf(query)
  const step = { '1s': 1000, '10s': 10_000, '1m': 60_000 }[query.get('interval') ?? '1m'] ?? 60_000
  const holes = holesOf(scene, query)
  const perBar = (scene.tradesPerDay * step) / DAY_MS
  const rows: object[] = []
  for (let ms = Math.ceil(from / step) * step; ms < to; ms += step) {
    const random = seeded(hash(`bar ${ms}`))
    if (perBar < 1 && random.next() > perBar) continue
    if (holes.some(([first, last]) => ms + step > first && ms < last)) continue
    const [open, close] = [priceAt(ms), priceAt(ms + step)]
    const spread = Math.sqrt(step / 1000) * 2.2 * (0.4 + random.next())
    rows.push({
      time: nanos(ms),
      open: open.toFixed(1),
      high: (Math.max(open, close) + spread * random.next()).toFixed(1),
      low: (Math.min(open, close) - spread * random.next()).toFixed(1),
      close: close.toFixed(1),
      volume: (perBar * random.next() * 0.3 * (1 + 3 * random.next() ** 6)).toFixed(5),
      trades: Math.max(1, Math.round(perBar * (0.5 + random.next()))),
    })
  }
  return rows
}

function eventRows(scene: Scene, query: URLSearchParams): object[] {
  const [from, to] = rangeOf(query)
  const between = DAY_MS / scene.tradesPerDay
  const rows: object[] = []
  for (let ms = Math.ceil(from / between) * between; ms < to; ms += between) {
    const random = seeded(hash(`trade ${ms}`))
    const middle = priceAt(ms)
    if (random.next() < 0.4)
      rows.push({
        event: 'quote',
        recv: nanos(ms),
        bid: (middle - 0.6).toFixed(1),
        ask: (middle + 0.6).toFixed(1),
      })
    rows.push({
      event: 'trade',
      recv: nanos(ms + 1),
      price: (middle + random.next() - 0.5).toFixed(1),
      size: (random.next() ** 4).toFixed(5),
    })
  }
  return rows.slice(0, Number(query.get('limit')))
}

/** Nothing is known of the time of a gap. */
function holesOf(scene: Scene, query: URLSearchParams): [number, number][] {
  if (scene.gaps > 100) return []
  const day = manifestOf(scene, query.get('feed') ?? '', (query.get('from') ?? '').slice(0, 10))
  const { gaps = [] } = (day ?? {}) as { gaps?: { from: string; to: string }[] }
  return gaps.map(({ from, to }) => [Date.parse(from), Date.parse(to)])
}

const rangeOf = (query: URLSearchParams): [number, number] => [
  Date.parse(query.get('from') ?? ''),
  Date.parse(query.get('to') ?? ''),
]

function bookOf(query: URLSearchParams): object {
  const at = Date.parse(query.get('at') ?? '')
  const middle = Math.round(priceAt(at) * 10) / 10
  const rows = ['bid', 'ask'].flatMap((side) =>
    Array.from({ length: Number(query.get('depth')) }, (_, level) => {
      const random = seeded(hash(`${side} ${level} ${Math.floor(at / 1000)}`))
      const away = 0.1 + level * 0.1 + Math.floor(random.next() * 2) / 10
      return {
        side,
        level: level + 1,
        price: (side === 'bid' ? middle - away : middle + away).toFixed(1),
        size: (random.next() ** 2 * 3).toFixed(4),
      }
    })
  )
  return {
    ...rowsOf(rows),
    about: { at: nanos(at), state: 'live', suspect: null, snapshot: nanos(at - 60_000) },
  }
}

let beats = 0
function liveOf(scene: Scene, nowMs: number): object {
  beats++
  return {
    live: true,
    environments: [{ environment: 'local', state: 'connected', message: '' }],
    feeds: scene.feeds.slice(0, 6).map((feed, i) => ({
      feed,
      environment: 'local',
      exchange: feed,
      simulated: scene.simulated.includes(feed),
      state: i === 4 ? 'waiting' : 'capturing',
      rate:
        i === 4
          ? 0
          : Math.round(
              (900 / (i + 1)) *
                (1 + 0.4 * Math.sin(beats / 3 + i) + 0.2 * Math.sin(beats * 1.7 + i))
            ),
      lastRecord: new Date(nowMs - (i === 4 ? 94_000 : 300 * i)).toISOString(),
      lagSeconds: i === 4 ? null : 0.4 + i * 0.3,
      gapsToday: i === 2 ? 3 : 0,
      message: i === 4 ? 'the exchange refuses' : '',
    })),
  }
}

/** FNV-1a. */
function hash(text: string): number {
  let value = 0x811c9dc5
  for (let i = 0; i < text.length; i++) {
    value ^= text.charCodeAt(i)
    value = Math.imul(value, 0x01000193)
  }
  return value >>> 0
}
