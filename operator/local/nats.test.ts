import { spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { until, within } from '#testing/deadline.ts'
import { toolPath } from '#testing/tools.ts'
import { layoutOf } from './layout.ts'
import { NatsServer } from './nats.ts'
import { loopbackAddress, natsConfig, natsFiles } from './nats-config.ts'
import { freePort } from './ports.ts'
import { chooseNats } from './problems.ts'
import { TestFolder } from './testing/folder.ts'

const MS = 30_000

const test = suite('nats')

test('only an address of this computer is ours to start', () => {
  assert.equal(loopbackAddress('nats://127.0.0.1:4222'), { host: '127.0.0.1', port: 4222 })
  assert.equal(loopbackAddress('nats://localhost'), { host: '127.0.0.1', port: 4222 })
  assert.equal(loopbackAddress('nats://[::1]:5000'), { host: '::1', port: 5000 })
  assert.is(loopbackAddress('nats://nats.example.com:4222'), undefined)
  assert.is(loopbackAddress('tls://10.0.0.1:4222'), undefined)
  assert.is(loopbackAddress('nats://127.0.0.1.example.com'), undefined)
})

test('the configuration syncs before it acknowledges, and listens on loopback alone', () => {
  const text = natsConfig({ host: '127.0.0.1', port: 4222 }, natsFiles(layoutOf('/d "x"')), [])
  assert.match(text, /^listen: "127\.0\.0\.1:4222"$/m)
  assert.match(text, /^ {2}sync_interval: always$/m)
  assert.match(text, /^max_payload: 8MB$/m)
  assert.match(text, /^ {2}store_dir: "\/d \\"x\\"\/\.ssmd\/nats"$/m)
  assert.not.match(text, /http|0\.0\.0\.0/)
})

test('one data folder has one nats-server: the one that runs goes on, another port is a problem', () => {
  const environment = (name: string, url: string) =>
    ({ metadata: { name }, spec: { transport: { url } } }) as never
  const a = environment('a', 'nats://127.0.0.1:4222')
  const b = environment('b', 'nats://localhost:4222')
  const c = environment('c', 'nats://127.0.0.1:4333')
  const far = environment('far', 'nats://nats.example.com')
  const chosen = (choice: ReturnType<typeof chooseNats>) =>
    choice.environments.map(({ metadata }) => metadata.name)
  const first = chooseNats([a, b, c, far], undefined)
  assert.equal(chosen(first), ['a', 'b', 'far'])
  assert.is(first.natsUrl, 'nats://127.0.0.1:4222')
  assert.match(
    first.problems[0] ?? '',
    /^Environment c: spec\.transport\.url is nats:\/\/127\.0\.0\.1:4333/
  )
  assert.equal(chosen(chooseNats([a, c], 'nats://127.0.0.1:4333')), ['c'])
  assert.is(chooseNats([a], 'nats://127.0.0.1:4333').natsUrl, 'nats://127.0.0.1:4222')
  assert.is(chooseNats([far], undefined).natsUrl, undefined)
})

const serverOf = (folder: TestFolder, port: number, events: string[] = []) =>
  new NatsServer(
    { host: '127.0.0.1', port },
    {
      layout: layoutOf(folder.data),
      env: process.env,
      natsServer: () => toolPath('nats-server'),
      backoff: { firstMs: 10, mostMs: 10, resetAfterMs: 60_000 },
      nowMs: () => Date.now(),
      onEvent: ({ text }) => events.push(text),
      onChange: () => undefined,
    }
  )

test('a server of the run before is waited for wherever it listens: it writes to the same store', async () => {
  using folder = new TestFolder()
  // In another network namespace it would hold none of our ports, like this one.
  const left = spawn('/bin/sh', ['-c', 'read line; : nats-server.conf'], {
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  folder.write('data/.ssmd/nats-server.pid', String(left.pid))
  const events: string[] = []
  const server = serverOf(folder, await freePort(), events)
  const started = server.start(new AbortController().signal)
  await until(MS, 'waiting', () => events.length > 0)
  assert.equal(events, ['waiting for the nats-server of the previous run to end'])
  left.stdin.end()
  await within(MS, 'start', started)
  assert.match(events[1] ?? '', /^started/)
  await server.stop()
})

for (const [what, text] of [
  ['empty', () => ''],
  ['torn', () => '12x'],
  ['of another program', () => String(process.pid)],
] as const) {
  test(`a pid file that is ${what} holds nobody up`, async () => {
    using folder = new TestFolder()
    folder.write('data/.ssmd/nats-server.pid', text())
    const events: string[] = []
    const server = serverOf(folder, await freePort(), events)
    await within(MS, 'start', server.start(new AbortController().signal))
    assert.match(events[0] ?? '', /^started/)
    await server.stop()
  })
}

test('building nats-server may take longer than nats-server may take to start', async () => {
  using folder = new TestFolder()
  let passedMs = 0
  const server = new NatsServer(
    { host: '127.0.0.1', port: await freePort() },
    {
      layout: layoutOf(folder.data),
      env: process.env,
      async natsServer() {
        for (; passedMs < 600_000; passedMs += 60_000) await sleep(25)
        return toolPath('nats-server')
      },
      nowMs: () => Date.now() + passedMs,
      onEvent: () => undefined,
      onChange: () => undefined,
    }
  )
  await within(MS, 'start', server.start(new AbortController().signal))
  assert.is(server.state.kind, 'ready')
  await server.stop()
})

test('a server that cannot start is one error with its own words', async () => {
  using folder = new TestFolder()
  // A file stands where the store should be.
  folder.write('data/.ssmd/nats/jetstream', 'no folder')
  const server = serverOf(folder, await freePort())
  try {
    await within(MS, 'error', server.start(new AbortController().signal))
    assert.unreachable('it cannot start')
  } catch (thrown) {
    assert.match(String(thrown), /nats-server does not start: ended with 1: .*jetstream/i)
  }
})

test.run()
