import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { within } from '#testing/deadline.ts'
import { run } from './run.ts'

const test = suite('run')

test('exit code and all that was printed come back', async () => {
  const done = await run('sh', ['-c', 'echo one; echo two >&2; exit 3'])
  assert.is(done.code, 3)
  assert.equal(done.output.trim().split('\n').sort(), ['one', 'two'])
})

test('a program that passes its limit is ended, and that is said', async () => {
  const done = await within(10_000, 'the limit', run('sleep', ['1000'], { limitMs: 50 }))
  assert.is(done.code, 1)
  assert.match(done.output, 'ended by SIGKILL')
})

test('a program that cannot be started is an error, and its limit keeps no process open', async () => {
  const before = timers()
  try {
    await run('no-such-program', [], { limitMs: 100_000 })
    assert.unreachable()
  } catch (thrown) {
    assert.match(String(thrown), 'starting no-such-program failed')
  }
  assert.is(timers(), before)
})

const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length

test.run()
