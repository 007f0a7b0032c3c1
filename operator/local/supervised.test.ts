import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { until, waitOut, within } from '#testing/deadline.ts'
import { backoffMs, countEnds } from './backoff.ts'
import { type ProcessState, Supervised } from './supervised.ts'
import { isAlive } from './testing/folder.ts'

const MS = 10_000

/** A supervised `node -e <script>`, with what became of it. */
function run(script: string, options: { graceMs?: number } = {}) {
  const states: ProcessState['kind'][] = []
  const lines: string[] = []
  const ends: string[] = []
  const process_ = new Supervised({
    launch: async () => ({ file: process.execPath, args: ['-e', script], env: {} }),
    graceMs: options.graceMs ?? 5000,
    backoff: { firstMs: 30, mostMs: 60, resetAfterMs: 60_000 },
    nowMs: () => Date.now(),
    onSpawn: () => undefined,
    onLine: (line) => {
      lines.push(line)
      return line === 'ready'
    },
    onEnd: ({ code, signal }) => {
      ends.push(String(signal ?? code))
      return `ended with ${signal ?? code}`
    },
    onChange: () => states.push(process_.state.kind),
  })
  return { process: process_, states, lines, ends }
}

const WAITS = "setInterval(() => {}, 1000); console.log('ready')"

const test = suite('supervised')

test('is ready when it says so, and stops with SIGTERM', async () => {
  const { process, ends, states } = run(WAITS)
  process.start()
  await until(MS, 'ready', () => process.state.kind === 'ready')
  await within(MS, 'stop', process.stop())
  assert.equal(ends, ['SIGTERM'])
  assert.equal(states, ['launching', 'starting', 'ready', 'stopping', 'stopped'])
})

test('is killed when it does not stop within its grace', async () => {
  const { process, ends } = run(`process.on('SIGTERM', () => {}); ${WAITS}`, { graceMs: 100 })
  process.start()
  await until(MS, 'ready', () => process.state.kind === 'ready')
  await within(MS, 'stop', process.stop())
  assert.equal(ends, ['SIGKILL'])
})

test('hurry does not wait for the grace', async () => {
  const { process, ends } = run(`process.on('SIGTERM', () => {}); ${WAITS}`, { graceMs: 600_000 })
  process.start()
  await until(MS, 'ready', () => process.state.kind === 'ready')
  const stopped = process.stop()
  process.hurry()
  await within(MS, 'stop', stopped)
  assert.equal(ends, ['SIGKILL'])
})

test('starts again after each end, with the reason and a pause', async () => {
  const { process, ends } = run("console.error('boom'); process.exit(3)")
  process.start()
  await until(MS, 'three ends', () => ends.length >= 3)
  await until(MS, 'a pause', () => process.state.kind === 'waiting')
  if (process.state.kind === 'waiting') assert.is(process.state.reason, 'ended with 3')
  await within(MS, 'stop', process.stop())
  const count = ends.length
  await waitOut(150, 'a further start, of which there must be none')
  assert.is(ends.length, count, 'once stopped it stays stopped')
})

test('a program that cannot be started is tried again, and the reason is kept', async () => {
  let launches = 0
  const process = new Supervised({
    launch: async () => {
      launches++
      return { file: '/nowhere/nats-server', args: [], env: {} }
    },
    graceMs: 1000,
    backoff: { firstMs: 10, mostMs: 20, resetAfterMs: 60_000 },
    nowMs: () => Date.now(),
    onSpawn: () => undefined,
    onLine: () => false,
    onEnd: () => '',
    onChange: () => undefined,
  })
  process.start()
  await until(MS, 'three tries', () => launches >= 3)
  await until(MS, 'a reason', () => process.state.kind === 'waiting')
  if (process.state.kind === 'waiting') assert.match(process.state.reason, /nowhere/)
  await within(MS, 'stop', process.stop())
})

test('has a process group of its own, so that Ctrl-C of the terminal does not reach it', async () => {
  const { process, lines } = run(
    "console.log(require('fs').readFileSync('/proc/self/stat', 'utf8').split(') ')[1].split(' ')[2]); setInterval(() => {}, 1000); console.log('ready')"
  )
  if (globalThis.process.platform !== 'linux') return
  process.start()
  await until(MS, 'ready', () => process.state.kind === 'ready')
  assert.is(Number(lines[0]), process.pid)
  const { pid = 0 } = process
  await within(MS, 'stop', process.stop())
  assert.not.ok(isAlive(pid))
})

test('pauses double from half a second to thirty, and begin anew after a minute of running', () => {
  const times = { firstMs: 500, mostMs: 30_000, resetAfterMs: 60_000 }
  assert.equal(
    [1, 2, 3, 7, 8, 1000].map((ends) => backoffMs(ends, times)),
    [500, 1000, 2000, 30_000, 30_000, 30_000]
  )
  assert.is(countEnds(5, 59_999, times), 6)
  assert.is(countEnds(5, 60_000, times), 1)
})

test.run()
