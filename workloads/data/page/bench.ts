// What the page costs a browser: the first paint of a year of twenty feeds, and script per frame while a chart of a million
// trades is moved. Figures of this computer, from the browser's own trace.

import { readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'puppeteer-core'
import type { Row } from '#testing/row.ts'
import { type Opened, startBrowser } from './testing/browser.ts'
import type { Scene } from './testing/scene.ts'
import { startScene } from './testing/scene-server.ts'

const SCENE: Scene = {
  feeds: Array.from({ length: 20 }, (_, i) => `feed-${i}`),
  today: new Date().toISOString().slice(0, 10),
  days: 365,
  simulated: [],
  gaps: 3,
  symbols: 10_000,
  tradesPerDay: 1_000_000,
  live: true,
}
const LOADS = 5
const FRAMES = 150

export async function benchPage(): Promise<Row[]> {
  await using scene = await startScene(SCENE)
  await using browser = await startBrowser()
  const loads: { paint: number; calendar: number }[] = []
  for (let i = 0; i < LOADS; i++) {
    await using opened = await browser.open('about:blank')
    loads.push(await load(opened, `${scene.url}/`))
  }
  const median = (values: readonly number[]) =>
    values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
  const rows: Row[] = [
    {
      name: `first paint, 20 feeds × 365 days, median of ${LOADS}`,
      value: median(loads.map(({ paint }) => paint)),
      unit: 'ms',
    },
    {
      name: 'calendar drawn with its data',
      value: median(loads.map(({ calendar }) => calendar)),
      unit: 'ms',
    },
  ]
  const day = `${scene.url}/#/feeds/feed-1/${SCENE.today}/BTC%2FUSD`
  for (const [name, query] of [
    ['the day', ''],
    ['two hours', '?from=09:00:00&to=11:00:00'],
    ['two minutes', '?from=09:00:00&to=09:02:00'],
  ] as const) {
    await using opened = await browser.open(day + query)
    const frames = await pan(opened.page)
    const at = (share: number) =>
      frames.toSorted((a, b) => a - b)[Math.floor(frames.length * share)] ?? Number.NaN
    rows.push({
      name: `script of a frame while ${name} of 1 M trades is moved, p95 of ${frames.length}`,
      value: at(0.95),
      unit: 'ms',
      ratio: `p50 ${at(0.5).toFixed(1)} ms, most ${at(1 - 1e-9).toFixed(1)} ms`,
    })
  }
  return rows
}

async function load({ page }: Opened, url: string): Promise<{ paint: number; calendar: number }> {
  await page.setCacheEnabled(false)
  await page.evaluateOnNewDocument(
    'new MutationObserver(() => { if (!window.drawn && document.querySelector(".links a")) window.drawn = performance.now() }).observe(document, { childList: true, subtree: true })'
  )
  await page.goto(url)
  await page.waitForSelector('.links a')
  const [paint, calendar] = (await page.evaluate(
    '[performance.getEntriesByName("first-contentful-paint")[0].startTime, window.drawn]'
  )) as [number, number]
  return { paint, calendar }
}

/** Milliseconds of script of each frame while the chart is dragged to and fro. */
async function pan(page: Page): Promise<number[]> {
  await page.waitForSelector('.book .bids')
  const over = await page.waitForSelector('.u-over')
  const box = await over?.boundingBox()
  if (!box) throw new Error('the chart is not shown')
  // Zoomed in a little, the day can be moved too.
  await page.focus('.chart-place')
  await page.keyboard.press('+')
  await page.waitForNetworkIdle({ idleTime: 300, concurrency: 2 })
  const path = join(tmpdir(), `ssmd-trace-${process.pid}.json`)
  await page.tracing.start({ path, categories: ['devtools.timeline'] })
  const middle = box.x + box.width / 2
  await page.mouse.move(middle, box.y + 100)
  await page.mouse.down()
  for (let i = 0; i < FRAMES; i++) {
    await page.mouse.move(middle + Math.sin(i / 12) * box.width * 0.4, box.y + 100 + (i % 5))
  }
  await page.mouse.up()
  await page.tracing.stop()
  const frames = scriptPerFrame(await readFile(path, 'utf8'))
  await rm(path)
  if (frames.length < 10) throw new Error('the trace of the browser has no frames')
  return frames
}

type TraceEvent = { name: string; ph: string; ts: number; dur?: number; tdur?: number; tid: number }
const SCRIPT = new Set([
  'FunctionCall',
  'EventDispatch',
  'FireAnimationFrame',
  'TimerFire',
  'RunMicrotasks',
  'EvaluateScript',
])

/**
 * The outermost pieces of script between the beginnings of frames, added up: processor time of the thread, which other programs of a busy
 * computer do not change.
 */
function scriptPerFrame(text: string): number[] {
  const { traceEvents } = JSON.parse(text) as { traceEvents: TraceEvent[] }
  const thread = traceEvents.find(({ name }) => name === 'FireAnimationFrame')?.tid
  const events = traceEvents.filter(({ tid }) => tid === thread).sort((a, b) => a.ts - b.ts)
  const frames: number[] = []
  let sum = 0
  let end = 0
  for (const { name, ph, ts, dur = 0, tdur = dur } of events) {
    if (name === 'AnimationFrame' && ph === 'b') {
      if (sum > 0) frames.push(sum / 1000)
      sum = 0
    }
    if (ph !== 'X' || !SCRIPT.has(name) || ts < end) continue
    sum += tdur
    end = ts + dur
  }
  return frames
}
