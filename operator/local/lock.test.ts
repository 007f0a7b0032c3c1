import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { toSsmdError } from '#crds/errors.ts'
import { until, within } from '#testing/deadline.ts'
import { skip } from '#testing/skip.ts'
import { takeLock } from './lock.ts'
import { TestFolder } from './testing/folder.ts'

const MS = 30_000
const SHORT = { elsewhereMs: 1500, unseenMs: 1500 }

const test = suite('lock')

const SCRIPT = `
  import { takeLock } from ${JSON.stringify(new URL('./lock.ts', import.meta.url).href)}
  await takeLock(process.argv[1], 'data').then(() => console.log('mine'), (error) => console.log(error.message))
  setInterval(() => {}, 1000)`

/** Another process that tries, below `wrapper`; gives its word, and runs on until it is killed. */
async function another(
  path: string,
  wrapper: readonly string[] = []
): Promise<{ child: ChildProcess; word: string }> {
  const [file = '', ...args] = [
    ...wrapper,
    process.execPath,
    '--input-type=module',
    '-e',
    SCRIPT,
    path,
  ]
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'inherit'], detached: true })
  const [line] = (await within(MS, 'its word', once(child.stdout, 'data'))) as [Buffer]
  return { child, word: line.toString().trim() }
}

async function kill(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit')
  // With what its wrapper has started.
  process.kill(-(child.pid ?? 0), 'SIGKILL')
  await within(MS, 'its end', ended)
}

/** Why it is refused, or the empty text. */
async function refusal(path: string): Promise<string> {
  try {
    await (await takeLock(path, 'data', SHORT)).release()
    return ''
  } catch (thrown) {
    assert.is(toSsmdError(thrown).code, 'SSMD_E_LOCKED')
    return toSsmdError(thrown).message
  }
}

/** A folder that a killed process has left, with what its holder file says. */
async function left(
  folder: TestFolder
): Promise<{ path: string; holder: Record<string, unknown> }> {
  const path = `${folder.data}/up.lock`
  const { child, word } = await another(path)
  assert.is(word, 'mine')
  const holder = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>
  await kill(child)
  return { path, holder }
}

test('one holder at a time; released it is free, and leaves an empty file behind', async () => {
  using folder = new TestFolder()
  const path = `${folder.data}/up.lock`
  const lock = await takeLock(path, 'data')
  assert.match(await refusal(path), `process ${process.pid} on `)
  await lock.release()
  assert.is(await refusal(path), '')
  assert.equal(readdirSync(folder.data), ['lock'])
  assert.is(statSync(`${folder.data}/lock`).size, 0)
})

test('of many that try at once exactly one has it', async () => {
  using folder = new TestFolder()
  const all = await Promise.all(Array.from({ length: 6 }, () => another(`${folder.data}/up.lock`)))
  assert.is(all.filter(({ word }) => word === 'mine').length, 1)
  for (const { child } of all) await kill(child)
})

test('the lock is of the folder, by whatever path', async () => {
  using folder = new TestFolder()
  mkdirSync(folder.data)
  symlinkSync(folder.data, `${folder.path}/link`)
  const lock = await takeLock(`${folder.data}/up.lock`, 'data')
  assert.match(await refusal(`${folder.path}/link/up.lock`), `process ${process.pid}`)
  await lock.release()
})

for (const [what, wrapper] of [
  ['network', ['unshare', '--net']],
  [
    'network, processes and host name, as another container',
    ['unshare', '--net', '--uts', '--pid', '--fork', '--mount-proc', '--kill-child'],
  ],
] as const) {
  test(`a second ssmd up in another namespace of ${what} is refused`, async () => {
    if (process.getuid?.() !== 0) return skip('namespaces are made as root')
    using folder = new TestFolder()
    const path = `${folder.data}/up.lock`
    const lock = await takeLock(path, 'data')
    try {
      const second = await another(path, wrapper)
      await kill(second.child)
      assert.match(second.word, `process ${process.pid}`)
    } finally {
      await lock.release()
    }
    // And the other way round.
    const first = await another(path, wrapper)
    assert.is(first.word, 'mine')
    assert.match(await refusal(path), /already runs on data/)
    await kill(first.child)
    await until(MS, 'its end frees it', async () => (await refusal(path)) === '')
  })
}

test('the lock of a process that was killed is free immediately', async () => {
  using folder = new TestFolder()
  const { path } = await left(folder)
  const lock = await within(MS, 'the lock', takeLock(path, 'data', { unseenMs: 10 * MS }))
  await lock.release()
})

for (const [what, text] of [
  ['empty', ''],
  ['torn', '{"pid": 1'],
  ['zeros', '\0'.repeat(120)],
  ['of an earlier version', JSON.stringify({ pid: 2 ** 22 + 1, since: 'x' })],
] as const) {
  test(`a holder file that a power cut left ${what} holds nobody up`, async () => {
    using folder = new TestFolder()
    const path = folder.write('data/up.lock', text)
    assert.is(await refusal(path), '')
  })
}

test('another process with the same number is not the holder', async () => {
  using folder = new TestFolder()
  const { path, holder } = await left(folder)
  writeFileSync(path, JSON.stringify({ ...holder, pid: process.pid }))
  assert.is(await refusal(path), '')
})

test('a copy of a folder in use is a folder of its own', async () => {
  using folder = new TestFolder()
  const lock = await takeLock(`${folder.data}/up.lock`, 'data')
  cpSync(folder.data, `${folder.path}/copy`, { recursive: true })
  assert.is(await refusal(`${folder.path}/copy/up.lock`), '')
  assert.match(await refusal(`${folder.data}/up.lock`), `process ${process.pid}`)
  await lock.release()
})

test('a holder on another machine is known by its beat, where locks do not reach it', async () => {
  using folder = new TestFolder()
  const { path, holder } = await left(folder)
  writeFileSync(path, JSON.stringify({ ...holder, host: 'elsewhere', boot: 'another' }))
  const beat = setInterval(() => utimesSync(path, new Date(), new Date()), 100)
  try {
    assert.match(await refusal(path), 'on elsewhere')
  } finally {
    clearInterval(beat)
  }
  assert.is(await refusal(path), '', 'silent, it is gone')
})

test('removing the lock file lets nobody in beside a holder that lives', async () => {
  using folder = new TestFolder()
  const path = `${folder.data}/up.lock`
  const lock = await takeLock(path, 'data')
  rmSync(`${folder.data}/lock`)
  const second = await another(path)
  await kill(second.child)
  assert.match(second.word, `process ${process.pid}`)
  await lock.release()
})

test('a file of something else in its place is an error that says what to do', async () => {
  using folder = new TestFolder()
  folder.write('data/lock', 'not ours at all, and long enough')
  try {
    await takeLock(`${folder.data}/up.lock`, 'data')
    assert.unreachable('it cannot be locked')
  } catch (thrown) {
    assert.is(toSsmdError(thrown).code, 'SSMD_E_IO')
    assert.match(toSsmdError(thrown).hint ?? '', /can be removed/)
  }
})

test('releases only what is its own', async () => {
  using folder = new TestFolder()
  const path = `${folder.data}/up.lock`
  const lock = await takeLock(path, 'data')
  writeFileSync(path, 'somebody else')
  await lock.release()
  assert.is(readFileSync(path, 'utf8'), 'somebody else')
})

test.run()
