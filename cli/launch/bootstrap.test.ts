// How a script is run: arguments, exit code, signals, with a Node that can become another program and with one that
// can not and stays in between.

import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { until, within } from '#testing/deadline.ts'

const test = suite('bootstrap')
const root = new URL('../..', import.meta.url).pathname

const SCRIPT = `
const stop = (signal: string): void => {
  console.log('got ' + signal)
  process.exit(process.argv[2] === 'clean' ? 0 : 5)
}
if (process.argv[2] === 'clean' || process.argv[2] === 'five') {
  process.on('SIGINT', () => stop('SIGINT'))
  process.on('SIGTERM', () => stop('SIGTERM'))
}
if (process.argv[2] === 'seven') process.exitCode = 7
else setTimeout(() => process.exit(99), 120_000)
console.log('up ' + process.version + ' ' + process.argv.slice(2).join(' '))
`

let folder = ''
let script = ''
test.before(() => {
  mkdirSync(join(root, '.ssmd'), { recursive: true })
  folder = mkdtempSync(join(root, '.ssmd', 'bootstrap-'))
  writeFileSync(join(folder, 'script.ts'), SCRIPT)
  script = join(folder, 'script.ts').slice(root.length)
})
test.after(() => rmSync(folder, { recursive: true, force: true }))

type Started = {
  readonly child: ChildProcess
  readonly text: () => string
  readonly ended: Promise<readonly [code: number | null, signal: string | null]>
}

function start(between: readonly string[], ...args: string[]): Started {
  const child = spawn(process.execPath, [...between, 'cli/launch/bootstrap.mjs', script, ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let text = ''
  child.stdout?.on('data', (chunk: Buffer) => {
    text += chunk.toString()
  })
  const ended = new Promise<readonly [number | null, string | null]>((resolve) =>
    child.on('close', (code, signal) => resolve([code, signal]))
  )
  return { child, text: () => text, ended: within(30_000, 'the end', ended) }
}

const up = (started: Started) =>
  until(20_000, 'the script', () => started.text().includes('up v24.'))

const WAYS: readonly [name: string, args: readonly string[]][] = [
  ['becoming the script', []],
  ['staying in between', ['--import', 'data:text/javascript,delete process.execve']],
]
for (const [name, between] of WAYS) {
  test(`${name}: the script runs on Node 24 with its arguments, and its exit code comes out`, async () => {
    const started = start(between, 'seven', '--flag', 'a b')
    assert.equal(await started.ended, [7, null])
    assert.match(started.text(), /up v24\.\d+\.\d+ seven --flag a b/)
  })

  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    test(`${name}: ${signal} to it alone reaches the script, and a clean stop is 0`, async () => {
      const started = start(between, 'clean')
      await up(started)
      started.child.kill(signal)
      assert.equal(await started.ended, [0, null])
      assert.match(started.text(), 'got SIG')
    })
  }

  test(`${name}: the exit code after a signal is the script's own`, async () => {
    const started = start(between, 'five')
    await up(started)
    started.child.kill('SIGTERM')
    assert.equal(await started.ended, [5, null])
  })

  test(`${name}: a script that dies of a signal looks so from outside`, async () => {
    const started = start(between, 'plain')
    await up(started)
    started.child.kill('SIGTERM')
    assert.equal(await started.ended, [null, 'SIGTERM'])
  })
}

test('without a script it says how it is used', async () => {
  const child = spawn(process.execPath, ['cli/launch/bootstrap.mjs'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let text = ''
  child.stderr.on('data', (chunk: Buffer) => {
    text += chunk.toString()
  })
  const code = await within(10_000, 'the end', new Promise((resolve) => child.on('close', resolve)))
  assert.is(code, 1)
  assert.match(text, 'usage: node cli/launch/bootstrap.mjs')
})

test.run()
