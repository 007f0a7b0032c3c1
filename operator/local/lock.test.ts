import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { toSsmdError } from '#crds/errors.ts'
import { removeStale, takeLock } from './lock.ts'
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
    import { removeStale, takeLock } from ${JSON.stringify(new URL('./lock.ts', import.meta.url).href)}
    await takeLock(process.argv[1], 'data').then(() => console.log('mine'), () => console.log('refused'))
    setTimeout(() => {}, 1500)`
  folder.write('up.lock', JSON.stringify({ pid: 2 ** 22 + 1, began: '1', since: 'long ago' }))
  const tries = Array.from({ length: 6 }, async () => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', script, path], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [line] = (await once(child.stdout, 'data')) as [Buffer]
    return { word: line.toString().trim(), end: once(child, 'exit') }
  })
  const all = await Promise.all(tries)
  assert.equal(all.map(({ word }) => word).sort(), ['mine', ...Array(5).fill('refused')])
  await Promise.all(all.map(({ end }) => end))
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
    if (process.platform !== 'linux' && text.includes('"began"')) return
    using folder = new TestFolder()
    const path = folder.write('up.lock', text)
    await (await takeLock(path, 'data')).release()
  })
}

test('a lock that somebody took between the look and the removal stays theirs', async () => {
  using folder = new TestFolder()
  const path = folder.write('up.lock', 'theirs')
  await removeStale(path, 'stale')
  assert.is(folder.read('up.lock'), 'theirs')
  await removeStale(path, 'theirs')
  assert.equal(readdirSync(folder.path), [])
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
