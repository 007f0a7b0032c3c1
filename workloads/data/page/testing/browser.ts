// Chromium for tests of the page: headless, without a network beyond this computer. What a page must not do is collected:
// errors of its scripts, refusals of its content policy, answers it should not have asked for.

import { rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, launch, type Page } from 'puppeteer-core'
import { findProgram } from '#testing/programs.ts'

export type TestBrowser = AsyncDisposable & {
  readonly open: (url: string, options?: OpenOptions) => Promise<Opened>
}

export type OpenOptions = {
  readonly width?: number
  readonly height?: number
  readonly theme?: 'light' | 'dark'
  readonly scale?: number
  readonly isPhone?: boolean
}

export type Opened = AsyncDisposable & {
  readonly page: Page
  /** Lines for a person; empty if the page did nothing wrong. */
  readonly faults: readonly string[]
  /** Files that it saved, by name. */
  readonly downloads: string
}

export async function startBrowser(): Promise<TestBrowser> {
  const executablePath = await findProgram('chromium')
  if (executablePath === undefined) throw new Error('there is no chromium')
  const folder = await mkdtemp(join(tmpdir(), 'ssmd-page-'))
  const browser = await launch({
    executablePath,
    userDataDir: join(folder, 'profile'),
    // Root may only start it without its sandbox; it opens pages of this repository alone.
    args: [
      '--no-sandbox',
      '--disable-dev-shm-usage',
      '--disable-gpu',
      '--no-first-run',
      '--no-proxy-server',
      '--disable-background-networking',
      '--disable-component-update',
      '--force-color-profile=srgb',
      '--font-render-hinting=none',
    ],
    protocolTimeout: 120_000,
  })
  return {
    open: (url, options = {}) => open(browser, folder, url, options),
    async [Symbol.asyncDispose]() {
      await browser.close()
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

async function open(
  browser: Browser,
  folder: string,
  url: string,
  { width = 1280, height = 800, theme = 'light', scale = 1, isPhone = false }: OpenOptions
): Promise<Opened> {
  const context = await browser.createBrowserContext({
    downloadBehavior: { policy: 'allow', downloadPath: folder },
  })
  if (url.startsWith('http'))
    await context.overridePermissions(new URL(url).origin, [
      'clipboard-read',
      'clipboard-sanitized-write',
      'clipboard-write',
    ])
  const page = await context.newPage()
  await page.setViewport({
    width,
    height,
    deviceScaleFactor: scale,
    isMobile: isPhone,
    hasTouch: isPhone,
  })
  await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: theme }])
  const faults = watch(page)
  // A clipboard belongs to the page in front.
  await page.bringToFront()
  await page.goto(url, { waitUntil: 'load' })
  return {
    page,
    faults,
    downloads: folder,
    async [Symbol.asyncDispose]() {
      await context.close()
    },
  }
}

function watch(page: Page): string[] {
  const faults: string[] = []
  page.on('pageerror', (error) => faults.push(`script: ${String(error)}`))
  page.on('console', (message) => {
    // The browser itself reports answers of 4xx here; the tests that provoke them look at what the page shows.
    if (!['error', 'warn'].includes(message.type())) return
    if (/^Failed to load resource/.test(message.text())) return
    faults.push(`console: ${message.text()}`)
  })
  page.on('requestfailed', (request) => {
    const why = request.failure()?.errorText ?? ''
    if (!/ERR_ABORTED/.test(why)) faults.push(`request: ${request.url()} ${why}`)
  })
  page.on('response', (response) => {
    if (response.status() >= 400 && !/\/(v1|health)/.test(response.url()))
      faults.push(`answer: ${response.status()} ${response.url()}`)
  })
  return faults
}
