import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { until, waitOut, within } from '#testing/deadline.ts'

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
  await waitOut(300, 'an end, which must not come')
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

test('a program below npx stops when npx was stopped', async () => {
  const bin = new URL('./ssmd.mjs', import.meta.url).pathname
  const shell = spawn(
    'sh',
    [
      '-c',
      `"${process.execPath}" "${bin}" simulator kalshi --port 0 --health-addr 127.0.0.1:0; true`,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, npm_command: 'exec' } }
  )
  const [line] = (await within(20_000, 'ready', once(shell.stdout, 'data'))) as [Buffer]
  const { pid } = JSON.parse(line.toString().split('\n')[0] ?? '') as { pid: number }
  shell.kill('SIGKILL')
  const alive = () => {
    try {
      return process.kill(pid, 0)
    } catch {
      return false
    }
  }
  try {
    await until(10_000, 'the program is gone', () => !alive())
  } finally {
    if (alive()) process.kill(pid, 'SIGKILL')
  }
})

test.run()
