import { startBrowser } from './browser.ts'
import { startScene } from './scene-server.ts'

const FEEDS = [
  'binance',
  'bitfinex',
  'bitstamp',
  'bybit',
  'coinbase',
  'deribit',
  'gate',
  'gemini',
  'huobi',
  'kalshi',
  'kraken',
  'kucoin',
  'live.kraken',
  'lab.kalshi',
  'mexc',
  'okx',
  'phemex',
  'poloniex',
  'polymarket',
  'sim.kalshi',
]
await using scene = await startScene({
  feeds: FEEDS,
  today: new Date().toISOString().slice(0, 10),
  days: 365,
  simulated: ['sim.kalshi', 'lab.kalshi'],
  gaps: 3,
  symbols: 10000,
  tradesPerDay: 1_000_000,
  live: true,
})
await using browser = await startBrowser()
const shots: any[] = JSON.parse(process.argv[2] ?? '[]')
for (const { hash, name, wait = 1500, ...o } of shots) {
  await using opened = await browser.open(`${scene.url}/${hash}`, o)
  await new Promise((r) => setTimeout(r, wait))
  await opened.page.screenshot({ path: `/tmp/shot-${name}.png`, fullPage: o.full ?? false })
  const w = await opened.page.evaluate(
    '[document.documentElement.scrollWidth, innerWidth].join("/")'
  )
  console.log(name, w, opened.faults)
}
