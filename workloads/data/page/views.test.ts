// The views of the page in Chromium, over scenes that a real archive would take hours to make. axe-core looks at every view
// in both themes; what no view may do (errors of scripts, refusals of the content policy) is collected by the browser.
// test: limit 300s

import { readFile } from 'node:fs/promises'
import type { Page } from 'puppeteer-core'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { until, within } from '#testing/deadline.ts'
import { missingProgram } from '#testing/programs.ts'
import { skip } from '#testing/skip.ts'
import { type Opened, type OpenOptions, startBrowser, type TestBrowser } from './testing/browser.ts'
import { ODD_SYMBOLS, type Scene } from './testing/scene.ts'
import { type SceneServer, startScene } from './testing/scene-server.ts'

const test = suite('views of the page')
const missing = await missingProgram('chromium')
const AXE = new URL('../../../node_modules/axe-core/axe.min.js', import.meta.url)

const SCENE: Scene = {
  feeds: ['binance', 'kraken', 'live.kraken', 'sim.kalshi'],
  today: new Date().toISOString().slice(0, 10),
  days: 365,
  simulated: ['sim.kalshi'],
  gaps: 3,
  symbols: 10_000,
  tradesPerDay: 1_000_000,
  live: true,
}
const DAY = `#/feeds/kraken/${SCENE.today}`
const SYMBOL = `${DAY}/BTC%2FUSD`

let browser: TestBrowser
let scene: SceneServer
test.before(async () => {
  if (missing) return
  browser = await startBrowser()
  scene = await startScene(SCENE)
})
test.after(async () => {
  await browser?.[Symbol.asyncDispose]()
  await scene?.[Symbol.asyncDispose]()
})

const open = (hash: string, options?: OpenOptions, at = scene): Promise<Opened> =>
  browser.open(`${at.url}/${hash}`, options)

const text = (page: Page): Promise<string> =>
  page.evaluate('document.body.innerText') as Promise<string>
const shows = (page: Page, words: RegExp | string): Promise<void> =>
  until(10_000, `the page shows ${words}`, async () => {
    const all = await text(page)
    return typeof words === 'string' ? all.includes(words) : words.test(all)
  })
const settled = (page: Page): Promise<void> =>
  until(
    10_000,
    'the page has loaded',
    async () => (await page.$('.skeleton')) === null && (await page.$('main > *')) !== null
  )
const value = (page: Page, expression: string): Promise<unknown> => page.evaluate(expression)

/** What axe finds, one line each. */
async function findings(page: Page): Promise<string[]> {
  // By the debugger, which no content policy concerns.
  await page.evaluate(await readFile(AXE, 'utf8'))
  const { violations } = (await page.evaluate(
    'axe.run(document, { resultTypes: ["violations"] })'
  )) as {
    violations: { id: string; help: string; nodes: { html: string; failureSummary: string }[] }[]
  }
  return violations.map(
    ({ id, help, nodes }) =>
      `${id}: ${help}: ${nodes
        .slice(0, 3)
        .map((node) => `${node.html} ${node.failureSummary}`)
        .join(' | ')}`
  )
}

const VIEWS = {
  overview: '#/',
  feed: '#/feeds/kraken',
  day: DAY,
  symbol: `${SYMBOL}?at=09:00:00`,
  tail: '#/tail',
  nowhere: '#/nowhere',
}

for (const theme of ['light', 'dark'] as const) {
  for (const [name, hash] of Object.entries(VIEWS)) {
    test(`axe-core finds nothing in the view ${name}, ${theme}`, async () => {
      if (missing) return skip(missing)
      await using opened = await open(hash, { theme })
      await settled(opened.page)
      assert.equal(await findings(opened.page), [])
      assert.equal(opened.faults, [])
    })
  }
}

test('no view is wider than a phone of 360 pixels, no number is cut off there, and axe-core finds nothing there', async () => {
  if (missing) return skip(missing)
  for (const [name, hash] of Object.entries(VIEWS)) {
    await using opened = await open(hash, { width: 360, height: 740, isPhone: true })
    await settled(opened.page)
    assert.is(await value(opened.page, 'document.documentElement.scrollWidth'), 360, name)
    const cut =
      '[...document.querySelectorAll(".number")].filter((cell) => cell.scrollWidth > cell.clientWidth + 1).map((cell) => cell.textContent)'
    assert.equal(await value(opened.page, cut), [], name)
    assert.equal(await findings(opened.page), [], name)
    assert.equal(opened.faults, [], name)
  }
})

test('the calendar is walked with the arrow keys and says each day', async () => {
  if (missing) return skip(missing)
  await using opened = await open('#/')
  const { page } = opened
  await shows(page, 'Days with known gaps')
  await page.focus('.calendar-grid')
  const said = () =>
    value(
      page,
      'document.getElementById("calendar-cell").getAttribute("aria-label")'
    ) as Promise<string>
  assert.match(await said(), /^binance, .*: /)
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowLeft')
  assert.match(await said(), /^kraken, /)
  const yesterday = new Date(Date.parse(SCENE.today) - 86_400_000).toISOString().slice(0, 10)
  await page.keyboard.press('Enter')
  await until(5_000, 'the day is opened', () => page.url().endsWith(`#/feeds/kraken/${yesterday}`))
  assert.equal(opened.faults, [])
})

test('ten thousand symbols are a short document, are searched, and odd names lead to their own pages', async () => {
  if (missing) return skip(missing)
  await using opened = await open('#/feeds/kraken')
  const { page } = opened
  await shows(page, 'Symbols (10,000)')
  assert.ok(Number(await value(page, 'document.querySelectorAll("*").length')) < 1500)
  for (const symbol of ODD_SYMBOLS) {
    await page.goto(`${scene.url}/#/feeds/kraken`)
    await page.waitForSelector('#symbol-search')
    await page.type('#symbol-search', symbol.trim())
    await page.keyboard.press('Enter')
    await until(
      5_000,
      `${symbol} is opened`,
      async () => (await value(page, 'document.querySelector("h1.symbol")?.textContent')) === symbol
    )
  }
  assert.equal(opened.faults, [])
})

test('a search, a filter and a choice stand in the address, and are there again', async () => {
  if (missing) return skip(missing)
  await using storm = await startScene({ ...SCENE, feeds: ['kraken'], gaps: 60 })
  await using opened = await open('#/', {}, storm)
  const { page } = opened
  await page.waitForSelector('.links a')
  await page.click('.links a')
  await page.waitForSelector('.is-gaps .row')
  for (const words of ['the network: 15', 'quotes', 'Python']) {
    const [button] = await page.$$(`xpath/.//button[normalize-space()="${words}"]`)
    await button!.click()
  }
  await page.type('#symbol-search', 'b&=c')
  await until(5_000, 'all stand in the address', () =>
    ['fault=network', 'fetch=quote', 'with=python', 'search=b%26%3Dc'].every((part) =>
      page.url().includes(part)
    )
  )
  await using again = await browser.open(page.url())
  await again.page.waitForSelector('.is-gaps .row')
  assert.is(await value(again.page, 'document.querySelector("#symbol-search").value'), 'b&=c')
  const pressed = await value(
    again.page,
    '[...document.querySelectorAll("[aria-pressed=true]")].map((button) => button.textContent)'
  )
  assert.equal(pressed, ['the network: 15', 'quotes', 'Python'])
  await page.goBack()
  await shows(page, 'Days with known gaps')
  assert.equal([...opened.faults, ...again.faults], [])
})

test('a storm of twenty thousand gaps is a list that scrolls to its end', async () => {
  if (missing) return skip(missing)
  await using storm = await startScene({ ...SCENE, feeds: ['kraken'], gaps: 20_000 })
  await using opened = await open('#/', {}, storm)
  const { page } = opened
  await page.waitForSelector('.links a')
  await page.click('.links a')
  await shows(page, 'all 20,000')
  assert.ok(Number(await value(page, 'document.querySelectorAll(".is-gaps .row").length')) < 60)
  await page.evaluate('document.querySelector(".is-gaps .rows").scrollTo(0, 1e9)')
  await until(
    5_000,
    'the last gap is shown',
    async () => (await page.$('.is-gaps [aria-rowindex="20001"]')) !== null
  )
  assert.equal(await findings(page), [])
  assert.equal(opened.faults, [])
})

test('a chart of a million trades is drawn from bars until it is near, and its place is in the address', async () => {
  if (missing) return skip(missing)
  await using opened = await open(SYMBOL)
  const { page } = opened
  await page.waitForSelector('.u-over')
  const asked = scene.asked.length
  await page.focus('.chart-place')
  for (let i = 0; i < 11; i++) await page.keyboard.press('+')
  await until(10_000, 'single trades are asked for', () =>
    scene.asked.some((path) => path.startsWith('/v1/events'))
  )
  const paths = scene.asked.slice(asked)
  assert.ok(paths.every((path) => !path.startsWith('/v1/events') || /limit=20000/.test(path)))
  await until(5_000, 'the address names the time', () =>
    /from=\d\d:\d\d:\d\d.*&to=/.test(page.url())
  )
  await page.keyboard.press('Enter')
  await until(5_000, 'the address names the moment', () => /at=\d\d:\d\d/.test(page.url()))
  const address = page.url()
  const range = await value(page, 'document.querySelector(".chart-tools .aside").textContent')
  await using again = await browser.open(address)
  await again.page.waitForSelector('.book .bids')
  assert.is(
    await value(again.page, 'document.querySelector(".chart-tools .aside").textContent'),
    range
  )
  assert.equal([...opened.faults, ...again.faults], [])
})

test('a day that is being written is followed, and the view stays where it is', async () => {
  if (missing) return skip(missing)
  await using opened = await open('#/nowhere')
  const { page } = opened
  await page.evaluateOnNewDocument(
    'const slow = setInterval; setInterval = (call, ms) => slow(call, ms / 50)'
  )
  await page.goto(`${scene.url}/?today${SYMBOL}?from=09:00:00&to=15:00:00`)
  await page.waitForSelector('.book .bids')
  const asked = scene.asked.length
  const bars = () =>
    scene.asked.slice(asked).filter((path) => /^\/v1\/bars.*interval=1m/.test(path))
  await until(10_000, 'the bars of the day are asked for again', () => bars().length > 1)
  assert.is(
    await value(page, 'document.querySelector(".chart-tools .aside").textContent'),
    '09:00:00 to 15:00:00 UTC'
  )
  assert.equal(opened.faults, [])
})

test('without a live part, without data, and without an answer the page says what to do', async () => {
  if (missing) return skip(missing)
  await using empty = await startScene({ ...SCENE, feeds: [], live: false })
  await using opened = await open('#/', {}, empty)
  const { page } = opened
  await shows(page, 'Nothing is archived here yet.')
  await shows(page, /npm start/)
  await shows(page, 'This server has no live part.')
  assert.equal(await findings(page), [])
  empty.fail({ status: 503, title: 'Busy', detail: 'the API is busy', hint: 'try again in `5 s`' })
  await page.goto(`${empty.url}/?again#/`)
  await shows(page, 'The API is busy.')
  await shows(page, 'Try again in 5 s.')
  assert.equal(await findings(page), [])
  empty.fail(undefined)
  await page.click('.note.is-problem button')
  await shows(page, 'Nothing is archived here yet.')
})

test('an answer that makes no sense ends in words, not in an empty page, and other views still work', async () => {
  if (missing) return skip(missing)
  await using odd = await startScene(SCENE)
  odd.fail({ status: 200, title: 'no rows', detail: '', hint: '' })
  await using opened = await open('#/feeds/kraken', {}, odd)
  const { page } = opened
  await shows(page, /The page failed: .*Reload it\./s)
  odd.fail(undefined)
  await page.click('.brand')
  await shows(page, 'Days with known gaps')
})

test('the key is asked for once, kept for the tab, and sent as a header alone', async () => {
  if (missing) return skip(missing)
  await using locked = await startScene(SCENE)
  locked.fail({
    status: 401,
    title: 'A key is needed',
    detail: 'this answer needs an API key',
    hint: 'send it as X-API-Key',
  })
  await using opened = await open('#/', {}, locked)
  const { page } = opened
  await page.waitForSelector('#key')
  assert.equal(await findings(page), [])
  locked.fail(undefined)
  const sent: (string | undefined)[] = []
  page.on('request', (request) => {
    if (request.url().includes('/v1/')) sent.push(request.headers()['x-api-key'])
  })
  await page.type('#key', 'ssmd_a_secret')
  await page.keyboard.press('Enter')
  await shows(page, 'Days with known gaps')
  await page.reload()
  await shows(page, 'Days with known gaps')
  assert.ok(sent.length > 3 && sent.every((key) => key === 'ssmd_a_secret'), sent.join())
  assert.ok(!locked.asked.some((path) => path.includes('secret')) && !page.url().includes('secret'))
  assert.is(await value(page, 'localStorage.getItem("ssmd-key")'), null)
  assert.equal(opened.faults, [])
})

test('the tail shows records as they come, says what was missed, and pauses', async () => {
  if (missing) return skip(missing)
  await using opened = await open('#/tail?feed=kraken')
  const { page } = opened
  await until(10_000, 'the tail is open', () =>
    scene.asked.some((path) => path.startsWith('/v1/tail?feed=kraken'))
  )
  await shows(page, /live · 0 seen/)
  const record = {
    recv: '2026-11-30T09:00:00.123456789Z',
    conn: 'c',
    n: 1,
    type: 'trade',
    symbol: '<i>X',
    frame: { price: '1.0' },
  }
  scene.send('/v1/tail', { feed: 'kraken', ...record })
  await shows(page, '{"price":"1.0"}')
  scene.send('/v1/tail', { feed: 'kraken', reason: 'disconnected', from: null, until: null }, 'gap')
  await shows(page, 'The connection closed or died (? to ? UTC)')
  await page.click('button[aria-pressed="false"]')
  await shows(page, 'paused')
  assert.equal(opened.faults, [])
})

test('nothing moves while a view loads', async () => {
  if (missing) return skip(missing)
  await using opened = await open('about:blank'.slice(0, 0))
  const { page } = opened
  await page.evaluateOnNewDocument(
    'window.shifts = 0; new PerformanceObserver((list) => { for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifts += entry.value }).observe({ type: "layout-shift", buffered: true })'
  )
  for (const hash of ['#/', '#/feeds/kraken', DAY, SYMBOL, '#/tail']) {
    await page.goto(`${scene.url}/?fresh${hash}`)
    await within(10_000, 'the view has loaded', settled(page))
    const shifts = Number(await value(page, 'window.shifts'))
    assert.ok(shifts < 0.05, `${hash}: ${shifts}`)
  }
})

test('the theme is chosen by hand and stays', async () => {
  if (missing) return skip(missing)
  await using opened = await open('#/', { theme: 'light' })
  const { page } = opened
  const background = () => value(page, 'getComputedStyle(document.documentElement).backgroundColor')
  const light = await background()
  await page.click('button.theme')
  await page.click('button.theme')
  const dark = await background()
  assert.is.not(dark, light)
  await page.reload()
  assert.is(await background(), dark)
})

test.run()
