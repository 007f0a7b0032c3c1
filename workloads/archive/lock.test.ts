import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { toSsmdError } from '#crds/errors.ts'
import { within } from '#testing/deadline.ts'
import { takeLock } from './lock.ts'
import { temporaryFolder } from './testing/folders.ts'

const test = suite('lock')
const SHORT = { foreignMs: 600 }

/** The lock as a process left it that ended without a word. */
function leaveLock(folder: string): Record<string, unknown> {
  const program = `
    const { takeLock } = await import(${JSON.stringify(join(import.meta.dirname, 'lock.ts'))})
    await takeLock(${JSON.stringify(folder)})
    process.kill(process.pid, 'SIGKILL')`
  const { signal } = spawnSync(process.execPath, ['--input-type=module', '-e', program])
  assert.is(signal, 'SIGKILL')
  const [name] = readdirSync(folder)
  return JSON.parse(readFileSync(join(folder, name!), 'utf8')) as Record<string, unknown>
}

async function refusal(folder: string): Promise<string> {
  try {
    const lock = await takeLock(folder, SHORT)
    await lock.release()
  } catch (thrown) {
    const { code, message } = toSsmdError(thrown)
    assert.is(code, 'SSMD_E_LOCKED')
    return message
  }
  return ''
}

test('a process that was killed holds nothing', async () => {
  using folder = temporaryFolder()
  leaveLock(folder.path)
  const lock = await within(20_000, 'taking over', takeLock(folder.path, { foreignMs: 60_000 }))
  lock.check()
  assert.is(readdirSync(folder.path).length, 1)
  await lock.release()
  assert.equal(readdirSync(folder.path), [])
})

test('another process with the same number is not the holder', async () => {
  using folder = temporaryFolder()
  const holder = leaveLock(folder.path)
  writeFileSync(join(folder.path, 'lock-1'), JSON.stringify({ ...holder, pid: process.pid }))
  assert.is(await refusal(folder.path), '')
})

test('one that lives is named', async () => {
  using folder = temporaryFolder()
  const lock = await takeLock(folder.path)
  assert.match(await refusal(folder.path), `process ${process.pid}`)
  lock.check()
  await lock.release()
})

test('a holder that cannot be seen from here counts as long as its file changes', async () => {
  using folder = temporaryFolder()
  const holder = { ...leaveLock(folder.path), space: 'elsewhere', host: 'other' }
  const path = join(folder.path, 'lock-1')
  writeFileSync(path, JSON.stringify(holder))
  const beat = setInterval(() => utimesSync(path, new Date(), new Date()), 100)
  try {
    assert.match(await refusal(folder.path), 'on other')
  } finally {
    clearInterval(beat)
  }
  assert.is(await refusal(folder.path), '', 'silent: gone')
})

test('a container that was started again waits for its predecessor only some beats, and not for one that beats', async () => {
  using folder = temporaryFolder()
  const holder = { ...leaveLock(folder.path), space: 'the container before' }
  const path = join(folder.path, 'lock-1')
  writeFileSync(path, JSON.stringify(holder))
  const patience = { foreignMs: 600_000, predecessorMs: 600 }
  const beat = setInterval(() => utimesSync(path, new Date(), new Date()), 100)
  try {
    const code = await takeLock(folder.path, patience).catch((thrown) => toSsmdError(thrown).code)
    assert.is(code, 'SSMD_E_LOCKED')
  } finally {
    clearInterval(beat)
  }
  const lock = await within(20_000, 'taking over', takeLock(folder.path, patience))
  await lock.release()
})

test('of many that try at once to take over, exactly one has it', async () => {
  for (let round = 0; round < 20; round++) {
    using folder = temporaryFolder()
    if (round === 0) leaveLock(folder.path)
    else
      writeFileSync(
        join(folder.path, 'lock-1'),
        JSON.stringify({ pid: 999_999_999, host: 'h', boot: '', space: '', began: '1', since: '' })
      )
    const results = await Promise.allSettled(
      Array.from({ length: 6 }, () => takeLock(folder.path, { foreignMs: 1 }))
    )
    const taken = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
    for (const result of results) {
      if (result.status === 'rejected') assert.is(toSsmdError(result.reason).code, 'SSMD_E_LOCKED')
    }
    const holding = taken.filter((lock) => {
      try {
        lock.check()
        return true
      } catch {
        return false
      }
    })
    assert.is(holding.length, 1)
    for (const lock of taken) await lock.release()
  }
})

test('who was passed over finds out before the next commit', async () => {
  using folder = temporaryFolder()
  const lock = await takeLock(folder.path)
  const [name] = readdirSync(folder.path)
  const holder = JSON.parse(readFileSync(join(folder.path, name!), 'utf8')) as object
  writeFileSync(join(folder.path, name!), JSON.stringify({ ...holder, pid: 1, began: 'x' }))
  const other = await takeLock(folder.path, SHORT)
  assert.throws(() => lock.check(), /taken over/)
  other.check()
  await other.release()
  await lock.release()
})

test.run()
