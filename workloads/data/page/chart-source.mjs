// The data behind a chart, asked for by tiles as they come into sight: coarse bars of the whole day first, finer ones where
// the reader looks. What is missing is asked for once; what went wrong is kept, and told.

import { getJson } from './api.mjs'
import {
  barColumns,
  COARSE,
  DAY_MS,
  eventColumns,
  joinColumns,
  LEVELS,
  levelFor,
  MOST_EVENTS,
  noColumns,
  tilesOf,
} from './chart-levels.mjs'

/** @typedef {import('./chart-levels.mjs').Columns} Columns */
/** @typedef {{ readonly fromMs: number, readonly toMs: number }} Hole */

/** Tiles that are kept; a tile is some thousand rows. */
const KEPT = 60
/** How far an archive may be behind the present. */
const LATE_MS = 120_000

export class ChartSource {
  /** @type {Map<string, Columns | 'asked' | 'too many'>} */
  #tiles = new Map()
  #stop = new AbortController()
  #changes = 0
  /** @type {{ key: string, columns: Columns, level: number }} */
  #latest = { key: '', columns: noColumns(), level: COARSE }
  /** @type {Error | null} */
  error = null

  /**
   * @param {{ feed: string, symbol: string, startMs: number, onChange: () => void }} of
   */
  constructor({ feed, symbol, startMs, onChange }) {
    this.feed = feed
    this.symbol = symbol
    this.startMs = startMs
    this.onChange = onChange
    /** @type {readonly Hole[]} */
    this.holes = []
  }

  close() {
    this.#stop.abort()
  }

  /** After a failure: everything that failed is asked for again. */
  again() {
    this.error = null
    this.onChange()
  }

  /**
   * Asks again for what the present still changes; what is shown stays until the answers are here.
   * @param {number} nowMs
   */
  renew(nowMs) {
    const now = nowMs - this.startMs
    for (const [key, columns] of this.#tiles) {
      const [level = 0, tile = 0] = key.split('/').map(Number)
      const tileMs = LEVELS[level]?.tileMs ?? DAY_MS
      const isOpen = tile * tileMs <= now && (tile + 1) * tileMs > now - LATE_MS
      if (isOpen && typeof columns === 'object') this.#take(level, tile, key)
    }
  }

  /**
   * The best there is now for a time of the day; asks for what is missing.
   * @param {number} fromMs since 1970
   * @param {number} toMs
   */
  view(fromMs, toMs) {
    const [from, to] = [fromMs - this.startMs, toMs - this.startMs]
    let wanted = Math.max(0, levelFor(to - from))
    if (wanted === 0 && this.#has(0, from, to) === 'too many') wanted = 1
    const found = this.#load(wanted, from, to)
    return found ?? this.#load(COARSE, 0, DAY_MS) ?? this.#latest
  }

  /** @returns {{ key: string, columns: Columns, level: number } | null} */
  #load(/** @type {number} */ level, /** @type {number} */ from, /** @type {number} */ to) {
    const size = LEVELS[level]
    if (size === undefined) return null
    const needed = tilesOf(size, from, to)
    for (const tile of needed) this.#ask(level, tile)
    // Beside what is in sight, so that a pan meets it loaded.
    const around = tilesOf(size, from - (to - from) / 2, to + (to - from) / 2)
    for (const tile of around) this.#ask(level, tile)
    const isWhole = needed.every((tile) => typeof this.#tiles.get(`${level}/${tile}`) === 'object')
    if (!isWhole) return null
    const there = around.flatMap((tile) => {
      const columns = this.#tiles.get(`${level}/${tile}`)
      return typeof columns === 'object' ? [[tile, columns]] : []
    })
    const key = `${level}:${there.map(([tile]) => tile).join()}:${this.holes.length}:${this.#changes}`
    if (this.#latest.key === key) return this.#latest
    const tiles = /** @type {Columns[]} */ (there.map(([, columns]) => columns))
    this.#latest = { key, level, columns: joinColumns(tiles, this.holes) }
    return this.#latest
  }

  #has(/** @type {number} */ level, /** @type {number} */ from, /** @type {number} */ to) {
    const size = LEVELS[level]
    if (size === undefined) return 'none'
    const isTooMany = tilesOf(size, from, to).some(
      (tile) => this.#tiles.get(`${level}/${tile}`) === 'too many'
    )
    return isTooMany ? 'too many' : 'none'
  }

  #ask(/** @type {number} */ level, /** @type {number} */ tile) {
    const key = `${level}/${tile}`
    if (this.#tiles.has(key) || this.error !== null) return
    this.#tiles.set(key, 'asked')
    this.#take(level, tile, key)
  }

  #take(/** @type {number} */ level, /** @type {number} */ tile, /** @type {string} */ key) {
    this.#fetch(level, tile).then(
      (columns) => {
        this.#tiles.set(key, columns)
        this.#changes++
        this.#forget()
        this.onChange()
      },
      (/** @type {Error} */ error) => {
        if (this.#stop.signal.aborted) return
        if (this.#tiles.get(key) === 'asked') this.#tiles.delete(key)
        this.error = error
        this.onChange()
      }
    )
  }

  /** @returns {Promise<Columns | 'too many'>} */
  async #fetch(/** @type {number} */ number, /** @type {number} */ tile) {
    const level = LEVELS[number]
    if (level === undefined) return noColumns()
    const from = this.startMs + tile * level.tileMs
    const to = Math.min(from + level.tileMs, this.startMs + DAY_MS)
    const of = {
      feed: this.feed,
      symbol: this.symbol,
      from: new Date(from).toISOString(),
      to: new Date(to).toISOString(),
    }
    const { signal } = this.#stop
    if (level.barMs > 0) {
      const most = Math.ceil(level.tileMs / level.barMs)
      const more = { kind: 'time', interval: level.interval, limit: most }
      return barColumns((await getJson('v1/bars', { ...of, ...more }, signal)).rows)
    }
    const more = { event: 'trade,quote', limit: MOST_EVENTS }
    const body = await getJson('v1/events', { ...of, ...more }, signal)
    return body.rows.length >= MOST_EVENTS ? 'too many' : eventColumns(body.rows)
  }

  #forget() {
    for (const [key, tile] of this.#tiles) {
      if (this.#tiles.size <= KEPT) return
      if (typeof tile === 'object' && !key.startsWith(`${COARSE}/`)) this.#tiles.delete(key)
    }
  }
}
