import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { toSsmdError } from '#crds/errors.ts'
import { takeLock } from './lock.ts'
import { TestFolder } from './testing/folder.ts'

const test = suite('lock')

test('one holder at a time; released it is free, and leaves nothing behind', async () => {
  using folder = new TestFolder()
  const path = `${folder.path}/up.lock`
  const lock = await takeLock(path, 'data')
  try {
    await takeLock(path, 'data')
    assert.unreachable('the second is refused')
  } catch (thrown) {
    assert.is(toSsmdError(thrown).code, 'SSMD_E_LOCKED')
    assert.match(toSsmdError(thrown).message, `process ${process.pid}`)
  }
  await lock.release()
  await (await takeLock(path, 'data')).release()
  assert.equal(readdirSync(folder.path), [])
})

test('of many that try at once exactly one has it', async () => {
  using folder = new TestFolder()
  const path = `${folder.path}/up.lock`
  const script = `
    import { takeLock } from ${JSON.stringify(new URL('./lock.ts', import.meta.url).href)}
    await takeLock(process.argv[1], 'data').then(() => console.log('mine'), () => console.log('refused'))
    process.stdin.resume()`
  folder.write('up.lock', JSON.stringify({ pid: 2 ** 22 + 1, began: '1', since: 'long ago' }))
  const tries = Array.from({ length: 6 }, async () => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', script, path], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    const [line] = (await once(child.stdout, 'data')) as [Buffer]
    return { word: line.toString().trim(), child }
  })
  const all = await Promise.all(tries)
  assert.equal(all.map(({ word }) => word).sort(), ['mine', ...Array(5).fill('refused')])
  // The holder stays until all have tried, however late the last of them starts.
  for (const { child } of all) {
    const end = once(child, 'exit')
    child.stdin.end()
    await end
  }
})

for (const [what, text] of [
  ['of a process that is gone', JSON.stringify({ pid: 2 ** 22 + 1, began: '1', since: 'x' })],
  [
    'of another process with the same id',
    JSON.stringify({ pid: process.pid, began: '1', since: 'x' }),
  ],
  ['that a crash cut short', '{"pid": 1'],
] as const) {
  test(`a lock ${what} holds nobody up`, async () => {
    using folder = new TestFolder()
    const path = folder.write('up.lock', text)
    await (await takeLock(path, 'data')).release()
  })
}

test('the lock of a process that was killed is free at once', async () => {
  using folder = new TestFolder()
  const path = `${folder.path}/up.lock`
  const script = `
    import { takeLock } from ${JSON.stringify(new URL('./lock.ts', import.meta.url).href)}
    await takeLock(process.argv[1], 'data')
    console.log('mine')
    setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  try {
    await takeLock(path, 'data')
    assert.unreachable('it is held')
  } catch (thrown) {
    assert.match(toSsmdError(thrown).message, `process ${child.pid}`)
  }
  child.kill('SIGKILL')
  await once(child, 'exit')
  await (await takeLock(path, 'data')).release()
})

test('releases only what is its own', async () => {
  using folder = new TestFolder()
  const path = `${folder.path}/up.lock`
  const lock = await takeLock(path, 'data')
  folder.write('up.lock', 'somebody else')
  await lock.release()
  assert.is(folder.read('up.lock'), 'somebody else')
})

test.run()
