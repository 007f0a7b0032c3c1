// One at a time, also after a holder died.

import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { within } from '#testing/deadline.ts'
import { withLock } from './lock.mjs'

const test = suite('lock')
const folder = mkdtempSync(join(tmpdir(), 'ssmd-lock-'))
test.after(() => rmSync(folder, { recursive: true, force: true }))

let number = 0
const fresh = (): string => join(folder, `${number++}.lock`)

test('never two at a time, and everybody has a turn', async () => {
  const path = fresh()
  let inside = 0
  let most = 0
  let turns = 0
  const work = async () => {
    most = Math.max(most, ++inside)
    await sleep(5)
    inside--
    turns++
  }
  await within(
    20_000,
    'all turns',
    Promise.all(Array.from({ length: 8 }, () => withLock(path, work)))
  )
  assert.equal([most, turns], [1, 8])
  assert.not(existsSync(path))
})

test('the value and the error of the work come through, and both free the lock', async () => {
  const path = fresh()
  assert.is(await withLock(path, async () => 7), 7)
  const failing = withLock(path, async () => {
    throw new Error('broken')
  })
  assert.is(await failing.catch((error: Error) => error.message), 'broken')
  assert.not(existsSync(path))
})

test('the lock of a process that died is taken over at once', async () => {
  const path = fresh()
  const child = spawn(process.execPath, ['-e', '0'], { stdio: 'ignore' })
  await new Promise((resolve) => child.on('exit', resolve))
  writeFileSync(path, JSON.stringify({ pid: child.pid, host: hostname(), id: 'gone' }))
  assert.is(
    await within(
      5_000,
      'the turn',
      withLock(path, async () => 'mine')
    ),
    'mine'
  )
})

test('the lock of another computer is respected while it is kept fresh, and then taken over', async () => {
  const path = fresh()
  writeFileSync(path, JSON.stringify({ pid: 1, host: 'elsewhere', id: 'x' }))
  const waited: unknown[] = []
  const turn = withLock(path, async () => 'mine', {
    onWait: (pid) => {
      waited.push(pid)
      const old = new Date(Date.now() - 60_000)
      utimesSync(path, old, old)
    },
  })
  assert.is(await within(5_000, 'the turn', turn), 'mine')
  assert.equal(waited, [1])
})

test('several that find the same dead lock take it over one after the other', async () => {
  const path = fresh()
  writeFileSync(path, 'half a fi')
  const old = new Date(Date.now() - 60_000)
  utimesSync(path, old, old)
  let turns = 0
  const work = async () => {
    turns++
    await sleep(5)
  }
  await within(
    20_000,
    'all turns',
    Promise.all(Array.from({ length: 6 }, () => withLock(path, work)))
  )
  assert.is(turns, 6)
  assert.equal(readdirSync(folder), [])
})

test.run()
