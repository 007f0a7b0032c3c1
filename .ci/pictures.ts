// `npm run pictures`: the page as the README shows it, photographed in Chromium over made-up answers, at a fixed moment. Each
// picture stays small enough to be looked at on a slow line.

import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type OpenOptions, startBrowser } from '#data/page/testing/browser.ts'
import type { Scene } from '#data/page/testing/scene.ts'
import { startScene } from '#data/page/testing/scene-server.ts'
import { within } from '#testing/deadline.ts'

const FOLDER = join(import.meta.dirname, '../docs/pictures')
const MOST_BYTES = 150_000
const TODAY = '2026-11-30'
const NOW = Date.parse(`${TODAY}T14:36:00Z`)

const YEAR: Scene = {
  feeds: ['binance', 'coinbase', 'kalshi', 'kraken', 'lab.kalshi', 'lab.kraken'],
  today: TODAY,
  days: 365,
  simulated: ['lab.kalshi', 'lab.kraken'],
  gaps: 3,
  symbols: 412,
  tradesPerDay: 1_000_000,
  live: true,
}
const EMPTY: Scene = { ...YEAR, feeds: [], live: false }
const BROKEN = '#/feeds/kraken/2026-10-15'

type Picture = OpenOptions & {
  readonly name: string
  readonly hash: string
  readonly scene?: Scene
  /** Stands in the page once it is worth a picture. */
  readonly shows: string
}

const PICTURES: readonly Picture[] = [
  { name: 'overview-light', hash: '#/', theme: 'light', height: 860, shows: '.links a' },
  { name: 'overview-dark', hash: '#/', theme: 'dark', height: 860, shows: '.links a' },
  { name: 'day-degraded', hash: BROKEN, theme: 'light', height: 820, shows: '.is-gaps .row' },
  {
    name: 'symbol-dark',
    hash: `${BROKEN}/BTC%2FUSD?at=12:30:00`,
    theme: 'dark',
    height: 780,
    shows: '.book .bids',
  },
  { name: 'empty', hash: '#/', theme: 'light', height: 480, scene: EMPTY, shows: '.note' },
  { name: 'phone', hash: BROKEN, width: 360, height: 780, isPhone: true, shows: '.is-gaps .row' },
]

await using browser = await startBrowser()
for (const { name, hash, scene = YEAR, shows, ...options } of PICTURES) {
  await using server = await startScene(scene, NOW)
  await using opened = await browser.open('about:blank', options)
  const { page, faults } = opened
  await page.evaluateOnNewDocument(`Date.now = () => ${NOW}`)
  await page.goto(`${server.url}/${hash}`)
  await page.waitForSelector(shows)
  // A sparkline needs a few beats of the live stream, and a chart its data.
  for (let beat = 0; beat < 40; beat++) server.beat()
  await within(
    20_000,
    `${name} is drawn`,
    page.waitForNetworkIdle({ idleTime: 400, concurrency: 2 })
  )
  const path = join(FOLDER, `${name}.png`)
  await page.screenshot({ path, optimizeForSpeed: false })
  const { size } = await stat(path)
  console.log(`${name}.png  ${Math.round(size / 1000)} kB`)
  for (const fault of faults) console.error(`${name}: ${fault}`)
  if (size > MOST_BYTES) console.error(`${name}: more than ${MOST_BYTES / 1000} kB`)
  if (size > MOST_BYTES || faults.length > 0) process.exitCode = 1
}
