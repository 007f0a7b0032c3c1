// test: limit 300s
// `npm run cluster -- --node` as a person has it: started as a process, entered by the one command that it prints, and
// ended. Namespaces in namespaces: it runs in those that the runner makes for every test with a node.

import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { patience, until, within } from '#testing/deadline.ts'
import { skip } from '#testing/skip.ts'
import { lookAround, whatIsNew } from '../node/left-behind.ts'
import { missingNode } from '../node/tools.ts'

const missing = await missingNode()
const test = suite('npm run cluster -- --node')
const MAIN = join(import.meta.dirname, 'main.ts')

const children: ChildProcess[] = []
test.after.each(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue
    const exit = once(child, 'exit')
    child.kill('SIGTERM')
    await exit
  }
})

test('captures and archives in real pods, is entered by one command, and leaves nothing', async () => {
  if (missing !== undefined) return skip(missing)
  const before = await lookAround(undefined)
  const child = spawn(process.execPath, [MAIN, '--node'], { stdio: ['ignore', 'pipe', 'pipe'] })
  children.push(child)
  const exit = once(child, 'exit')
  const lines: string[] = []
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => lines.push(line))
  }
  const printed = () => lines.find((line) => /^\/.*\/shell$/.test(line))
  await until(120_000, 'the cluster', () => {
    assert.is(child.exitCode, null, lines.join('\n'))
    return printed() !== undefined
  })
  const shell = printed() ?? ''
  const inside = async (command: string) =>
    (await promisify(execFile)(shell, command.split(' '), { timeout: patience(60_000) })).stdout

  await inside('kubectl wait --for=condition=Ready --timeout=55s feed/kalshi')
  await inside('kubectl wait --for=condition=Ready --timeout=55s archive/kalshi-local')
  assert.match(await inside('helm list --namespace ssmd'), /ssmd.*deployed/)
  const line = lines.find((line) => line.startsWith('what pods keep lies in '))
  const volumes = line?.split(' ').at(-1) ?? ''
  const segments = async () =>
    (await readdir(volumes, { recursive: true })).filter((name) => name.endsWith('.jsonl.gz'))
  await until(30_000, 'segments in a volume', async () => (await segments()).length > 0)

  // What is left is looked for by name; that it can be found is shown first.
  const name = basename(dirname(shell))
  const present = whatIsNew(before, await lookAround(name)).join('\n')
  assert.match(present, /^process \d+ .*kubelet/m)
  assert.match(present, /^cgroup /m)
  child.kill('SIGINT')
  assert.equal(await within(60_000, 'the end', exit), [0, null], lines.join('\n'))
  assert.match(lines.at(-1) ?? '', 'nothing is left')
  assert.equal(whatIsNew(before, await lookAround(name)), [])
  assert.not(existsSync(dirname(shell)))
})

test.run()
