// test: limit 60s
// The simulator as a program: its one ready line, its health, SIGTERM, and clear ends with the right exit code.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { dial, httpOf, register, testKey } from '#exchanges/kalshi/simulator/testing/dial.ts'
import { until, within } from '#testing/deadline.ts'

const test = suite('main')
const folder = mkdtempSync(join(tmpdir(), 'ssmd-simulator-'))
const children: ChildProcess[] = []
test.after(() => {
  for (const child of children) child.kill('SIGKILL')
  rmSync(folder, { recursive: true })
})

const PROGRAM = new URL('./testing/program.ts', import.meta.url).pathname

type Line = Readonly<Record<string, unknown>> & { msg: string; level: string }
function run(options: object) {
  const child = spawn(
    process.execPath,
    [PROGRAM, JSON.stringify({ exchanges: ['kalshi'], port: 0, ...options })],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    }
  )
  children.push(child)
  let text = ''
  child.stdout?.on('data', (part: Buffer) => {
    text += part
  })
  const lines = () =>
    text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Line)
  const exited = once(child, 'exit').then(([code]) => code as number)
  return { child, lines, exited: () => within(10_000, 'ended', exited), text: () => text }
}
const readyOf = async (program: ReturnType<typeof run>): Promise<Line> => {
  const ready = () => program.lines().find(({ msg }) => msg === 'ready')
  await until(15_000, 'ready', () => program.text().endsWith('\n') && ready() !== undefined)
  return ready() as Line
}

test('says once that it is ready and simulated, serves health, flushes its journal and exits with 0 on SIGTERM', async () => {
  const journal = join(folder, 'journal.jsonl')
  const program = run({ rate: 500, markets: 2, healthAddr: '127.0.0.1:0', journal })
  const ready = await readyOf(program)
  assert.is(ready.simulated, true)
  const url = ready.url as string
  assert.match(url, /^ws:\/\/127\.0\.0\.1:\d+$/)
  assert.is((await fetch(`http://${ready.health}/readyz`)).status, 200)
  await register(url, testKey())
  const client = await dial(url)
  client.send({ id: 1, cmd: 'subscribe', params: { channels: ['trade', 'ticker'] } })
  await until(10_000, 'frames', () => client.frames.length > 20)
  const metrics = await (await fetch(`http://${ready.health}/metrics`)).text()
  assert.match(metrics, /ssmd_simulator_frames_sent_total \d\d/)
  assert.match(metrics, /ssmd_simulator_clients 1/)
  program.child.kill('SIGTERM')
  assert.is(await program.exited(), 0)
  assert.is(await within(20_000, 'closed', client.closed), 1001)
  assert.is(program.lines().filter(({ msg }) => msg === 'ready').length, 1)
  const { readFileSync } = await import('node:fs')
  const sent = readFileSync(journal, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => line.slice('{"client":1,"frame":'.length, -1))
  assert.equal(sent, client.frames.slice(2), 'all but the two acks')
})

test('takes its settings from an Environment', async () => {
  const file = join(folder, 'environment.yaml')
  writeFileSync(
    file,
    'apiVersion: ssmd.io/v1alpha1\nkind: Environment\nmetadata: {name: e}\nspec:\n  feeds: [kalshi]\n  transport: {url: "nats://127.0.0.1:4222"}\n  simulator: {feeds: [kalshi], seed: 42, markets: 3, faults: [{kind: unauthorized, for: 1h}]}\n'
  )
  const program = run({ environmentFile: file })
  const ready = await readyOf(program)
  assert.equal([ready.seed, ready.markets, ready.faults], [42, 3, 1])
  const http = httpOf(ready.url as string)
  assert.is((await fetch(`${http}/trade-api/v2/markets`)).status, 401)
  program.child.kill('SIGTERM')
  assert.is(await program.exited(), 0)
})

test('ends with one clear line and the right exit code', async () => {
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  const { port } = taken.address() as { port: number }
  const faults = join(folder, 'faults.yaml')
  writeFileSync(faults, '- kind: boom\n')
  const cases: [object, number, string, RegExp][] = [
    [{ port }, 1, 'SSMD_E_PORT_IN_USE', new RegExp(`127\\.0\\.0\\.1:${port} is in use`)],
    [{ exchanges: ['nasdaq'] }, 2, 'SSMD_E_USAGE', /nasdaq/],
    [{ speed: 'quick' }, 2, 'SSMD_E_USAGE', /quick/],
    [{ faultsFile: faults }, 3, 'SSMD_E_RESOURCE_INVALID', /faults\.yaml:1:9/],
    [{ faultsFile: join(folder, 'none') }, 1, 'SSMD_E_NOT_FOUND', /none/],
    [{ replay: [faults] }, 3, 'SSMD_E_RECORDING', /no frame to play/],
  ]
  await Promise.all(
    cases.map(async ([options, code, name, message]) => {
      const program = run(options)
      assert.is(await program.exited(), code, name)
      const last = program.lines().filter(({ level }) => level === 'fatal')
      assert.is(last.length, 1, name)
      assert.is(last[0]?.code, name)
      assert.match(last[0]?.msg ?? '', message)
    })
  )
  taken.close()
})

test.run()
