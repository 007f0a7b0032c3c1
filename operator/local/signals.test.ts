// Signals under `ssmd up`: processes with the files of their pods; an edit of one resource restarts that process alone.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { until, within } from '#testing/deadline.ts'
import { toolPath } from '#testing/tools.ts'
import { freePort } from './ports.ts'
import { LocalRuntime } from './runtime.ts'
import { TestFolder, writeResources } from './testing/folder.ts'

const MS = 20_000
const test = suite('signals of ssmd up')

const SIGNAL = (name: string, more = '') => `apiVersion: ssmd.io/v1alpha1
kind: Signal
metadata: { name: ${name} }
spec:
  environmentRef: { name: local }
  feeds: [kalshi]
  sinks:
    - { name: chat, type: slack, secretRef: { name: chat, key: url } }
${more}  source: |
    export default {}
`

test('each runs with the files of its pod; an edit restarts it alone, suspended it ends', async () => {
  using folder = new TestFolder()
  writeResources(folder, await freePort())
  folder.write('exchanges/signals/one.yaml', SIGNAL('one'))
  folder.write('exchanges/signals/two.yaml', SIGNAL('two'))
  const secret = join(folder.data, '.ssmd/secrets/chat')
  mkdirSync(secret, { recursive: true })
  writeFileSync(join(secret, 'url'), 'https://x.test/secret')
  const runtime = new LocalRuntime({
    ...{ path: folder.exchanges, data: folder.data, environments: [], current: folder.path },
    program: { execPath: process.execPath, entry: folder.entry },
    env: { ...process.env },
    natsServer: () => toolPath('nats-server'),
    backoff: { firstMs: 50, mostMs: 200, resetAfterMs: 60_000 },
    nowMs: () => Date.now(),
    onEvent: () => undefined,
    onChange: () => undefined,
  })
  const running = () =>
    runtime
      .snapshot()
      .processes.filter(({ state }) => state.kind === 'ready')
      .map(({ name }) => name)
  const both = ['signal-one', 'signal-two']
  try {
    await within(MS, 'start', runtime.start())
    await until(
      MS,
      'all run',
      () => running().length === 5 && (runtime.snapshot().page?.url ?? '') !== ''
    )
    const run = join(folder.data, '.ssmd/run/signal-one')
    const start = folder.starts('signal').find(({ args }) => args.join(' ').includes(run))
    assert.equal(start?.args.slice(0, 9), [
      ...['run', '--signal', join(run, 'signal.yaml'), '--env', join(run, 'environment.yaml')],
      ...['--feed', join(run, 'feed-kalshi.yaml'), '--sinks', join(run, 'sinks')],
    ])
    assert.match(start?.args.join(' ') ?? '', /--nats-creds .*\/users\/signal-one\.nk$/)
    assert.is(readFileSync(join(run, 'sinks/chat/url'), 'utf8'), 'https://x.test/secret')
    assert.match(readFileSync(join(run, 'signal.yaml'), 'utf8'), 'source: |')

    const before = folder.starts()
    folder.write('exchanges/signals/one.yaml', SIGNAL('one', '  params: { threshold: 2 }\n'))
    await until(MS, 'it is started again', () => folder.starts('signal').length === 3)
    await until(MS, 'both run again', () => both.every((name) => running().includes(name)))
    const more = folder.starts().filter(({ pid }) => !before.some((one) => one.pid === pid))
    assert.equal(
      more.map(({ role, args }) => [role, args[2]]),
      [['signal', join(run, 'signal.yaml')]]
    )
    assert.match(readFileSync(join(run, 'signal.yaml'), 'utf8'), 'threshold: 2')

    folder.write('exchanges/signals/one.yaml', SIGNAL('one', '  suspend: true\n'))
    await until(MS, 'it has ended', () => !running().includes('signal-one'))
    assert.ok(running().includes('signal-two'))
    assert.ok(existsSync(join(secret, 'url')))
  } finally {
    runtime.hurry()
    await within(MS, 'stop', runtime.stop())
  }
})

test.run()
