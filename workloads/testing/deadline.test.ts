// Deadlines are generous, grow with the slowness that the runner measured, and name what was waited for.

import { execFileSync } from 'node:child_process'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { patience, pause, SLOWNESS_VARIABLE, until, within } from './deadline.ts'

const test = suite('deadlines')

/** What a test process gets that the runner gave this slowness. */
function patienceUnder(slowness: string | undefined, ms: number): number {
  const { [SLOWNESS_VARIABLE]: _mine, ...env } = process.env
  const url = new URL('./deadline.ts', import.meta.url).href
  const script = `import { patience } from '${url}'\nconsole.log(patience(${ms}))`
  const args = ['--input-type=module', '-e', script]
  const given = slowness === undefined ? env : { ...env, [SLOWNESS_VARIABLE]: slowness }
  return Number(execFileSync(process.execPath, args, { env: given, encoding: 'utf8' }))
}

test('a machine four times slower gets four times as long', () => {
  assert.is(patienceUnder('4', 30_000), 120_000)
})

test('no deadline is short, and none is shorter than it says', () => {
  assert.is(patienceUnder('1', 1_500), 20_000)
  for (const slowness of [undefined, '0.1', 'nonsense', '']) {
    assert.is(patienceUnder(slowness, 30_000), 30_000)
  }
})

test('what takes seconds is asked for less often, and never less than ten times a second', () => {
  assert.equal([0, 1000, 4000, 60_000].map(pause), [20, 40, 100, 100])
})

test('what comes in time is given through, and a failure is its own', async () => {
  assert.is(await within(1, 'a value', Promise.resolve(7)), 7)
  try {
    await within(1, 'a value', Promise.reject(new Error('its own')))
    assert.unreachable()
  } catch (thrown) {
    assert.match(String(thrown), 'its own')
  }
})

test('until polls, and ends as soon as it is true', async () => {
  let asked = 0
  await until(1, 'the third time', () => ++asked === 3)
  assert.is(asked, 3)
  assert.ok(patience(1) >= 20_000)
})

test.run()
