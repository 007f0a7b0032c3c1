import { spawnSync } from 'node:child_process'
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { toSsmdError } from '#crds/errors.ts'
import { within } from '#testing/deadline.ts'
import { skip } from '#testing/skip.ts'
import { temporaryFolder } from '../testing/folders.ts'
import { takeLock } from './lock.ts'

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
  assert.equal(readdirSync(folder.path), ['lock-1', 'lock-2'], 'nothing is removed yet')
  await lock.settle()
  assert.equal(readdirSync(folder.path), ['lock-2'])
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
  assert.throws(() => lock.check(), /taken over/, 'while the other looks whether all is sound')
  await other.settle()
  assert.throws(() => lock.check(), /taken over/, 'and afterwards')
  other.check()
  await other.release()
  await lock.release()
})

/** What a power cut left of a lock that version 1 had linked before its bytes were on the disk. */
const TORN = ['', '\0'.repeat(149), '{"pid":4711,"host":"a', '{"p']

test('a lock that a power cut left empty or torn is taken over, and removed once all is sound', async () => {
  for (const text of TORN) {
    using folder = temporaryFolder()
    writeFileSync(join(folder.path, 'lock-7'), text)
    const lock = await within(20_000, 'taking over', takeLock(folder.path, { predecessorMs: 300 }))
    await lock.settle()
    assert.equal(readdirSync(folder.path), ['lock-8'], JSON.stringify(text))
    await lock.release()
  }
})

test('a torn lock from before this machine was started is taken over without a wait', async () => {
  using folder = temporaryFolder()
  const path = join(folder.path, 'lock-1')
  writeFileSync(path, '')
  utimesSync(path, 1_000_000, 1_000_000)
  const patience = { foreignMs: 600_000, predecessorMs: 600_000 }
  await (await within(20_000, 'taking over', takeLock(folder.path, patience))).release()
})

test('a torn lock whose time is kept up has a holder that lives', async () => {
  using folder = temporaryFolder()
  const path = join(folder.path, 'lock-1')
  writeFileSync(path, '')
  const beat = setInterval(() => utimesSync(path, new Date(), new Date()), 50)
  try {
    const thrown = await takeLock(folder.path, { predecessorMs: 1500 }).catch(toSsmdError)
    assert.is((thrown as { code?: string }).code, 'SSMD_E_LOCKED')
  } finally {
    clearInterval(beat)
  }
})

test('what others named like a lock is passed over and stays: text, JSON, a folder, a pipe, a link', async () => {
  using folder = temporaryFolder()
  writeFileSync(join(folder.path, 'lock-1'), 'mine, hands off')
  writeFileSync(join(folder.path, 'lock-2'), '{"pid":1}')
  writeFileSync(join(folder.path, 'lock-3'), 'null')
  mkdirSync(join(folder.path, 'lock-4'))
  assert.is(spawnSync('mkfifo', [join(folder.path, 'lock-5')]).status, 0)
  symlinkSync('lock-1', join(folder.path, 'lock-6'))
  writeFileSync(join(folder.path, 'lock-6.7.tmp'), 'mine, too')
  writeFileSync(join(folder.path, 'lock-99999999999999999999'), 'a number too large')
  const before = readdirSync(folder.path)
  const lock = await within(20_000, 'taking', takeLock(folder.path, { predecessorMs: 100 }))
  await lock.settle()
  lock.check()
  await lock.release()
  assert.equal(readdirSync(folder.path), before)
})

test('one that is refused after all leaves the lock of a dead holder as it was', async () => {
  using folder = temporaryFolder()
  leaveLock(folder.path)
  const before = readFileSync(join(folder.path, 'lock-1'), 'utf8')
  await (await takeLock(folder.path)).release()
  assert.equal(readdirSync(folder.path), ['lock-1'])
  assert.is(readFileSync(join(folder.path, 'lock-1'), 'utf8'), before)
})

test('a lock is on the disk before it has its name', () => {
  if (spawnSync('strace', ['-V']).status !== 0) {
    return skip({ tool: 'strace', install: 'install the package strace' })
  }
  using folder = temporaryFolder()
  const program = `
    const { takeLock } = await import(${JSON.stringify(join(import.meta.dirname, 'lock.ts'))})
    await takeLock(${JSON.stringify(join(folder.path, 'a', 'b'))})`
  const trace = join(folder.path, 'trace')
  const { status } = spawnSync('strace', [
    ...['-f', '-y', '-o', trace, '-e', 'trace=fsync,?mkdir,?link,?linkat'],
    ...[process.execPath, '--input-type=module', '-e', program],
  ])
  assert.is(status, 0)
  const calls = readFileSync(trace, 'utf8')
    .split('\n')
    .flatMap((line) => (line.includes(folder.path) && !line.includes('ENOENT') ? [line] : []))
    .map((line) => line.replace(/^\d+ +/, '').replaceAll(folder.path, ''))
  const order = [
    /^mkdir\("\/a"/,
    /^fsync\(\d+<>\)/,
    /^mkdir\("\/a\/b"/,
    /^fsync\(\d+<\/a>\)/,
    /^fsync.*lock-1\.\d+\.tmp/,
    /^link.*lock-1"/,
  ]
  assert.is(calls.length, order.length, calls.join('\n'))
  for (const [i, wanted] of order.entries()) assert.match(calls[i]!, wanted)
})

test.run()
