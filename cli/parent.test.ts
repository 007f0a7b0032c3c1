import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { within } from '#testing/deadline.ts'

const MODULE = new URL('./parent.ts', import.meta.url).href

/** A child that waits for ever unless its parent's end ends it. */
function start(env: NodeJS.ProcessEnv, extra = '') {
  const script = `
    import { endWithParent } from ${JSON.stringify(MODULE)}
    endWithParent(process.env)
    ${extra}
    setInterval(() => {}, 1000)
    console.log('ready')`
  return spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
  })
}

const test = suite('parent')

test('a child of ssmd up is asked to stop when the parent is gone', async () => {
  const child = start({ SSMD_PARENT: '1' }, "process.on('SIGTERM', () => process.exit(7))")
  await within(10_000, 'ready', once(child.stdout, 'data'))
  child.stdin.destroy()
  const [code] = await within(10_000, 'exit', once(child, 'exit'))
  assert.is(code, 7)
})

test('a program run by hand goes on when its standard input ends', async () => {
  const child = start({ SSMD_PARENT: undefined })
  await within(10_000, 'ready', once(child.stdout, 'data'))
  child.stdin.end()
  await new Promise((resolve) => setTimeout(resolve, 300))
  assert.is(child.exitCode, null)
  assert.is(child.signalCode, null)
  child.kill('SIGKILL')
  await once(child, 'exit')
})

test('watching the parent does not keep a finished child alive', async () => {
  const script = `
    import { endWithParent } from ${JSON.stringify(MODULE)}
    endWithParent(process.env)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['pipe', 'ignore', 'inherit'],
    env: { ...process.env, SSMD_PARENT: '1' },
  })
  const [code] = await within(10_000, 'exit', once(child, 'exit'))
  assert.is(code, 0)
})

test.run()
