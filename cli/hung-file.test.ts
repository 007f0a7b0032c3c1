// test: limit 300s
// Ctrl-C ends `ssmd up` whatever hangs: a pipe among the resources never answers who reads it, and Node cannot end a thread that
// waits for it.
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { until, within } from '#testing/deadline.ts'
import { skip } from '#testing/skip.ts'
import { freePort } from '../operator/local/ports.ts'
import { TestFolder } from '../operator/local/testing/folder.ts'
import { ENTRY } from './testing/run.ts'

const MS = 60_000

const FEED = `apiVersion: ssmd.io/v1alpha1
kind: Feed
metadata: { name: made-up }
spec:
  exchange: synthetic
  versions:
    - { name: v1, effectiveFrom: "2025-01-01", endpoint: "synthetic://generator?rate=100&symbols=3&seed=7" }
  channels: [trade]
`
const ENVIRONMENT = (port: number) => `apiVersion: ssmd.io/v1alpha1
kind: Environment
metadata: { name: lab }
spec:
  feeds: [made-up]
  transport: { url: "nats://127.0.0.1:${port}" }
`

const test = suite('hung file')

async function resources(folder: TestFolder): Promise<void> {
  folder.write('exchanges/feed.yaml', FEED)
  folder.write('exchanges/environment.yaml', ENVIRONMENT(await freePort()))
}

function startUp(folder: TestFolder, hang: boolean) {
  const hook = `data:text/javascript,${encodeURIComponent(`
    import fs from 'node:fs'
    globalThis.hung = fs.promises.readFile(${JSON.stringify(`${folder.path}/pipe`)})`)}`
  const child = spawn(process.execPath, [...(hang ? ['--import', hook] : []), ENTRY, 'up'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd: folder.path,
  })
  let text = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (data: Buffer) => {
      text += data.toString()
    })
  const exit = once(child, 'close').then(([code, signal]) => (code ?? signal) as number | string)
  return { child, exit, text: () => text }
}

/** Ctrl-C, and once more if the first was not enough for so long. */
async function interrupt(up: ReturnType<typeof startUp>): Promise<number | string> {
  up.child.kill('SIGINT')
  try {
    return await within(MS, 'exit', up.exit)
  } finally {
    up.child.kill('SIGKILL')
  }
}

for (const [when, before] of [
  ['from the start', true],
  ['while it runs', false],
] as const) {
  test(`a pipe among the resources ${when}: Ctrl-C ends it`, async () => {
    if (process.platform === 'win32') return skip('there are no pipes with names here')
    using folder = new TestFolder()
    await resources(folder)
    const makePipe = () => execFileSync('mkfifo', [`${folder.exchanges}/pipe.yaml`])
    if (before) makePipe()
    const up = startUp(folder, false)
    try {
      await until(MS, 'its first words', () => /ssmd up: resources in/.test(up.text()))
      if (!before) {
        await until(MS, 'capturing', () => /connector-lab-made-up: ready/.test(up.text()))
        makePipe()
        folder.write('exchanges/feed.yaml', FEED.replace('[trade]', '[trade, ticker]'))
        const noticed = /restarting: config changed|has not ended/
        await until(MS, 'the edit, or that a file does not answer', () => noticed.test(up.text()))
      }
    } finally {
      // By itself where the pipe was passed over, by its own signal where a thread waits for it.
      assert.ok([0, 'SIGINT'].includes(await interrupt(up)), up.text())
    }
    assert.match(up.text(), /\nStopped after /)
  })
}

test('a read that never ends keeps nothing: all stops in order, and then a signal ends it', async () => {
  if (process.platform === 'win32') return skip('there are no pipes with names here')
  using folder = new TestFolder()
  await resources(folder)
  execFileSync('mkfifo', [`${folder.path}/pipe`])
  const up = startUp(folder, true)
  try {
    await until(MS, 'capturing', () => /connector-lab-made-up: ready/.test(up.text()))
  } finally {
    assert.is(await interrupt(up), 'SIGINT', up.text())
  }
  assert.match(up.text(), /\nStopped after /)
  assert.match(up.text(), /\nNext: /)
})

test('a second Ctrl-C ends it while a program does not', async () => {
  using folder = new TestFolder()
  await resources(folder)
  const up = startUp(folder, false)
  try {
    await until(MS, 'capturing', () => /connector-lab-made-up: ready/.test(up.text()))
    const [, pid] = /connector-lab-made-up: started \(process (\d+)\)/.exec(up.text()) ?? []
    process.kill(Number(pid), 'SIGSTOP')
    up.child.kill('SIGINT')
    // A person's second one, and not what a wrapper passes on.
    await sleep(1000)
    assert.is(await interrupt(up), 0, up.text())
  } finally {
    up.child.kill('SIGKILL')
  }
})

test.run()
