import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { toSsmdError } from '#crds/errors.ts'
import { until, within } from '#testing/deadline.ts'
import { toolPath } from '#testing/tools.ts'
import type { UpEvent } from './events.ts'
import { freePort } from './ports.ts'
import { LocalRuntime } from './runtime.ts'
import { isAlive, TestFolder, writeResources } from './testing/folder.ts'

const MS = 20_000

type Up = {
  readonly runtime: LocalRuntime
  readonly events: UpEvent[]
  readonly pids: () => number[]
}

function createUp(folder: TestFolder, options: { env?: Record<string, string> } = {}): Up {
  const events: UpEvent[] = []
  const runtime = new LocalRuntime({
    path: folder.exchanges,
    data: folder.data,
    environments: [],
    current: folder.path,
    program: { execPath: process.execPath, entry: folder.entry },
    env: { ...process.env, ...options.env },
    natsServer: () => toolPath('nats-server'),
    backoff: { firstMs: 50, mostMs: 200, resetAfterMs: 60_000 },
    nowMs: () => Date.now(),
    onEvent: (event) => events.push(event),
    onChange: () => undefined,
  })
  const pids = () =>
    runtime.snapshot().processes.flatMap(({ state }) => ('pid' in state ? [state.pid] : []))
  return { runtime, events, pids }
}

/** Runs a test with a started runtime, and leaves nothing behind however the test ends. */
async function withUp(
  work: (up: Up, folder: TestFolder) => Promise<void>,
  prepare: (folder: TestFolder) => void = () => undefined
): Promise<void> {
  using folder = new TestFolder()
  writeResources(folder, await freePort())
  prepare(folder)
  const up = createUp(folder)
  try {
    await within(MS, 'start', up.runtime.start())
    await work(up, folder)
  } finally {
    up.runtime.hurry()
    await within(MS, 'stop', up.runtime.stop())
  }
}

const allReady = ({ runtime }: Up) =>
  until(MS, 'all programs ready', () => {
    const { processes } = runtime.snapshot()
    return processes.length > 0 && processes.every(({ state }) => state.kind === 'ready')
  })

const test = suite('local runtime')

test('runs the Deployments of a folder as processes, with files, folders and loopback addresses', async () => {
  await withUp(async (up, folder) => {
    await allReady(up)
    assert.equal(
      up.runtime.snapshot().processes.map(({ name }) => name),
      ['archiver-kalshi-local', 'connector-local-kalshi', 'simulator-local-kalshi']
    )
    const run = join(folder.data, '.ssmd', 'run')
    const [connector] = folder.starts('connector')
    const [archiver] = folder.starts('archiver')
    const [simulator] = folder.starts('simulator')
    assert.equal(connector?.args.slice(0, 4), [
      '--feed',
      join(run, 'connector-local-kalshi', 'feed.yaml'),
      '--env',
      join(run, 'connector-local-kalshi', 'environment.yaml'),
    ])
    assert.match(
      connector?.args.join(' ') ?? '',
      /--health-addr 127\.0\.0\.1:\d+ --nats-creds .*\/data\/\.ssmd\/users\/connector-local-kalshi\.nk$/
    )
    assert.is(archiver?.args[archiver.args.indexOf('--data') + 1], folder.data)
    assert.is(simulator?.args[simulator.args.indexOf('--host') + 1], '127.0.0.1')
    const port = simulator?.args[simulator.args.indexOf('--port') + 1]
    const environment = readFileSync(
      join(run, 'connector-local-kalshi', 'environment.yaml'),
      'utf8'
    )
    assert.match(environment, `url: ws://127.0.0.1:${port}`)
    const log = join(folder.data, '.ssmd', 'logs', 'connector-local-kalshi.log')
    assert.match(readFileSync(log, 'utf8'), /"msg":"ready"/)
  })
})

test('stops connectors, then archivers, then simulators, then NATS, and leaves no process', async () => {
  using folder = new TestFolder()
  writeResources(folder, await freePort())
  const up = createUp(folder)
  await within(MS, 'start', up.runtime.start())
  await allReady(up)
  const pids = up.pids()
  assert.is(pids.length, 3)
  const nats = Number(folder.read('data/.ssmd/nats-server.pid'))
  assert.ok(isAlive(nats))
  await within(MS, 'stop', up.runtime.stop())
  assert.equal(
    folder
      .ends()
      .map(({ role }) => role)
      // It only reads, and may end at any moment.
      .filter((role) => role !== 'data-api'),
    ['connector', 'archiver', 'simulator']
  )
  for (const pid of [...pids, nats]) assert.not.ok(isAlive(pid), `process ${pid} has ended`)
  assert.not.ok(existsSync(join(folder.data, '.ssmd', 'up.lock')))
  assert.is(up.runtime.snapshot().phase, 'stopped')
})

test('starts again what dies, nats-server as well, and the others go on', async () => {
  await withUp(async (up, folder) => {
    await allReady(up)
    const before = up.runtime.snapshot()
    const connector = before.processes.find(({ component }) => component === 'connector')
    const archiver = before.processes.find(({ component }) => component === 'archiver')
    assert.is(connector?.state.kind, 'ready')
    if (connector?.state.kind !== 'ready' || archiver?.state.kind !== 'ready') return
    process.kill(connector.state.pid, 'SIGKILL')
    await until(MS, 'a new connector', () => folder.starts('connector').length === 2)
    await allReady(up)
    const nats = Number(folder.read('data/.ssmd/nats-server.pid'))
    process.kill(nats, 'SIGKILL')
    await until(MS, 'a new nats-server', () => {
      const { nats: now } = up.runtime.snapshot()
      return now?.state.kind === 'ready' && now.state.pid !== nats
    })
    assert.is(folder.starts('archiver').length, 1, 'the archiver went on')
    assert.ok(up.events.some(({ text }) => text === 'ended by SIGKILL'))
  })
})

test('a program that fails says why, waits longer each time, and hinders no other', async () => {
  await withUp(
    async (up, folder) => {
      await until(MS, 'three starts', () => folder.starts('connector').length >= 3)
      const trouble = () =>
        up.runtime.snapshot().processes.find(({ component }) => component === 'connector')?.trouble
      await until(MS, 'its reason', () => trouble() === 'the key is refused (look at it)')
      await until(MS, 'the archiver', () =>
        up.runtime
          .snapshot()
          .processes.some(
            ({ component, state }) => component === 'archiver' && state.kind === 'ready'
          )
      )
      folder.remove('connector.mode')
      await allReady(up)
      assert.is(trouble(), '')
    },
    (folder) => folder.write('connector.mode', 'fails')
  )
})

test('an edit restarts only what it changes, and the reason names the field', async () => {
  await withUp(async (up, folder) => {
    await allReady(up)
    const feed = folder.read('exchanges/feeds/kalshi.yaml')
    folder.write('exchanges/feeds/kalshi.yaml', feed.replace('[trade]', '[trade, ticker]'))
    await until(MS, 'a new connector', () => folder.starts('connector').length === 2)
    await allReady(up)
    assert.is(folder.starts('archiver').length, 1)
    assert.is(folder.starts('simulator').length, 1)
    assert.ok(
      up.events.some(({ text }) => text === 'restarting: config changed (spec.channels)'),
      JSON.stringify(up.events)
    )
    assert.match(folder.read('data/.ssmd/run/connector-local-kalshi/feed.yaml'), /ticker/)
  })
})

test('an edit that breaks a feed leaves it running as it was and shows the problem; others follow', async () => {
  await withUp(async (up, folder) => {
    await allReady(up)
    const feed = folder.read('exchanges/feeds/kalshi.yaml')
    folder.write(
      'exchanges/feeds/kalshi.yaml',
      feed.replace('exchange: kalshi', 'exchange: kalshy')
    )
    folder.write(
      'exchanges/feeds/two.yaml',
      `apiVersion: ssmd.io/v1alpha1\nkind: Feed\nmetadata: { name: two }\nspec:\n  exchange: synthetic\n  versions: [{ name: v1, effectiveFrom: "2025-01-01", endpoint: "synthetic://generator" }]\n  channels: [trade]\n`
    )
    await until(MS, 'the other feed', () => folder.starts('connector').length === 2)
    const [problem = ''] = up.runtime.snapshot().problems
    assert.match(problem, /kalshi\.yaml:5:\d+: spec\.exchange: .*what ran before continues/)
    folder.write('exchanges/feeds/kalshi.yaml', 'kind: [')
    await until(MS, 'a syntax problem', () =>
      /\[|YAML/.test(up.runtime.snapshot().problems[0] ?? '')
    )
    folder.write('exchanges/feeds/kalshi.yaml', feed)
    await until(MS, 'no problem', () => up.runtime.snapshot().problems.length === 0)
    assert.is(folder.starts('connector').length, 2, 'the capture was never restarted')
  })
})

test('what is no longer declared stops, and its data stays', async () => {
  await withUp(async (up, folder) => {
    await allReady(up)
    folder.write('data/kalshi/2026-01-01/manifest.json', '{}')
    folder.remove('exchanges/feeds/kalshi.yaml')
    folder.remove('exchanges/archives/kalshi-local.yaml')
    await until(MS, 'nothing runs', () => up.runtime.snapshot().processes.length === 0)
    assert.is(folder.read('data/kalshi/2026-01-01/manifest.json'), '{}')
    assert.is(up.runtime.snapshot().nats?.state.kind, 'ready')
  })
})

test('a second start on the same data is refused, and says who holds it', async () => {
  await withUp(async (_up, folder) => {
    const second = createUp(folder)
    try {
      await within(MS, 'refusal', second.runtime.start())
      assert.unreachable('the second start is refused')
    } catch (thrown) {
      const error = toSsmdError(thrown)
      assert.is(error.code, 'SSMD_E_LOCKED')
      assert.match(error.message, `process ${process.pid}`)
    }
  })
})

test('a port that another program holds is one clear error, before anything runs', async () => {
  using folder = new TestFolder()
  const other = createServer()
  const port = await freePort()
  await new Promise<void>((resolve) => other.listen(port, '127.0.0.1', resolve))
  writeResources(folder, port)
  const up = createUp(folder)
  try {
    await within(MS, 'error', up.runtime.start())
    assert.unreachable('the start fails')
  } catch (thrown) {
    const error = toSsmdError(thrown)
    assert.is(error.code, 'SSMD_E_PORT_IN_USE')
    assert.match(error.message, `127.0.0.1:${port}`)
    assert.match(error.hint ?? '', /spec\.transport\.url/)
  } finally {
    other.close()
  }
  assert.equal(folder.starts(), [])
  assert.not.ok(existsSync(join(folder.data, '.ssmd', 'up.lock')))
})

test('a folder without an environment is one clear error', async () => {
  using folder = new TestFolder()
  folder.write('exchanges/feeds/x.yaml', 'kind: [')
  const up = createUp(folder)
  try {
    await within(MS, 'error', up.runtime.start())
    assert.unreachable('the start fails')
  } catch (thrown) {
    assert.is(toSsmdError(thrown).code, 'SSMD_E_RESOURCE_SYNTAX')
    assert.match(toSsmdError(thrown).message, /nothing can run: .*x\.yaml:1/)
  }
})

test('nothing outlives an ssmd up that is killed: programs and nats-server end by themselves', async () => {
  using folder = new TestFolder()
  writeResources(folder, await freePort())
  const host = spawn(
    process.execPath,
    [join(import.meta.dirname, 'testing', 'up.ts'), folder.path],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    }
  )
  try {
    await within(MS, 'all ready', once(host.stdout, 'data'))
    const pids = folder.starts().map(({ pid }) => pid)
    const nats = Number(folder.read('data/.ssmd/nats-server.pid'))
    assert.is(pids.length, 3)
    for (const pid of [...pids, nats]) assert.ok(isAlive(pid))
    host.kill('SIGKILL')
    await within(MS, 'its end', once(host, 'exit'))
    // At once again: the lock of a process that is gone holds nobody up, its nats-server is waited for.
    const up = createUp(folder)
    try {
      await within(MS, 'a new start', up.runtime.start())
      await until(MS, 'all have ended', () => [...pids, nats].every((pid) => !isAlive(pid)))
      assert.is(folder.ends().length, 3, 'the programs ended in order')
    } finally {
      up.runtime.hurry()
      await within(MS, 'stop', up.runtime.stop())
    }
  } finally {
    host.kill('SIGKILL')
  }
})

test('a key of a real feed reaches its connector and nobody else', async () => {
  using folder = new TestFolder()
  writeResources(folder, await freePort())
  const environment = folder
    .read('exchanges/environments/local.yaml')
    .replace(
      'simulator: { feeds: [kalshi] }',
      'keys: { kalshi: { type: apiKey, fields: [apiKey, privateKey], source: { env: { apiKey: TEST_KEY_ID, privateKey: TEST_KEY } } } }'
    )
  folder.write('exchanges/environments/local.yaml', environment)
  const up = createUp(folder, { env: { TEST_KEY_ID: 'id', TEST_KEY: 'secret-of-mine' } })
  try {
    await within(MS, 'start', up.runtime.start())
    await allReady(up)
    assert.is(folder.starts('connector')[0]?.env.TEST_KEY, 'secret-of-mine')
    assert.is(folder.starts('archiver')[0]?.env.TEST_KEY, undefined)
    assert.not.match(
      folder.read('data/.ssmd/run/connector-local-kalshi/environment.yaml'),
      /secret-of-mine/
    )
  } finally {
    up.runtime.hurry()
    await within(MS, 'stop', up.runtime.stop())
  }
})

test('a key that is missing is said, and nothing is started in vain', async () => {
  using folder = new TestFolder()
  writeResources(folder, await freePort())
  const environment = folder
    .read('exchanges/environments/local.yaml')
    .replace(
      'simulator: { feeds: [kalshi] }',
      'keys: { kalshi: { type: apiKey, fields: [apiKey, privateKey], source: { env: { apiKey: TEST_KEY_ID, privateKey: TEST_KEY } } } }'
    )
  folder.write('exchanges/environments/local.yaml', environment)
  const up = createUp(folder)
  try {
    await within(MS, 'start', up.runtime.start())
    await until(MS, 'the reason', () =>
      up.runtime
        .snapshot()
        .processes.some(({ trouble }) =>
          /variables TEST_KEY_ID, TEST_KEY are not set/.test(trouble)
        )
    )
    assert.equal(folder.starts('connector'), [])
  } finally {
    up.runtime.hurry()
    await within(MS, 'stop', up.runtime.stop())
  }
})

test('serves every root and the running Environments on the next free port, once all programs run, and says where last', async () => {
  using folder = new TestFolder()
  writeResources(folder, await freePort())
  folder.write('exchanges/archives/other.yaml', ARCHIVE('other', 'elsewhere/more'))
  const taken = createServer()
  await new Promise<void>((resolve) => {
    taken.once('error', () => resolve())
    taken.listen(8080, '127.0.0.1', resolve)
  })
  const up = createUp(folder, { env: { SSMD_API_KEY: 'x', OTHER: 'y' } })
  try {
    await within(MS, 'start', up.runtime.start())
    await until(
      MS,
      'the page',
      () => up.runtime.snapshot().page?.url !== undefined && up.runtime.snapshot().page?.url !== ''
    )
    const { url = '' } = up.runtime.snapshot().page ?? {}
    assert.match(url, /^http:\/\/127\.0\.0\.1:\d+\/$/)
    assert.not.match(url, ':8080')
    const [start] = folder.starts('data-api')
    const text = start?.args.join(' ') ?? ''
    const run = join(folder.data, '.ssmd', 'run', 'data-api')
    assert.match(text, `--path ${folder.data} --path more=${join(folder.path, 'elsewhere/more')}`)
    assert.match(text, `--env ${join(run, 'local.yaml')} --keys ${join(run, 'keys')}`)
    assert.match(text, `--listen ${new URL(url).host}`)
    assert.equal([start?.env.SSMD_API_KEY, start?.env.OTHER], ['x', undefined])
    assert.match(readFileSync(join(run, 'keys/data-api/nats.creds'), 'utf8'), /^SU/)
    const others = folder.starts().filter(({ role }) => role !== 'data-api')
    for (const { at } of others) assert.ok(at <= start!.at, 'captures come first')
    const last = up.events.at(-1)
    assert.equal([last?.subject, last?.text], ['page', url])
  } finally {
    up.runtime.hurry()
    await within(MS, 'stop', up.runtime.stop())
    taken.close()
  }
})

test('an edit of what the page does not use leaves it alone, another archive or Environment restarts it', async () => {
  await withUp(async (up, folder) => {
    const runs = () => folder.starts('data-api').length
    await until(
      MS,
      'the page',
      () => up.runtime.snapshot().page?.url !== undefined && up.runtime.snapshot().page?.url !== ''
    )
    assert.is(runs(), 1)
    const feed = folder.read('exchanges/feeds/kalshi.yaml')
    folder.write('exchanges/feeds/kalshi.yaml', feed.replace('[trade]', '[trade, ticker]'))
    await until(MS, 'the connector', () => folder.starts('connector').length === 2)
    folder.write('exchanges/archives/other.yaml', ARCHIVE('other', 'data/other'))
    await until(MS, 'the other archiver', () => folder.starts('archiver').length === 2)
    await until(MS, 'the page again', () => runs() === 2)
    assert.match(folder.starts('data-api')[1]?.args.join(' ') ?? '', '--path other=')
    const url = () => up.runtime.snapshot().page?.url ?? ''
    await until(MS, 'ready again', () => url() !== '')
    assert.is(
      folder.starts('data-api')[0]?.args.at(-3),
      folder.starts('data-api')[1]?.args.at(-3),
      'it keeps its port'
    )
  })
})

test('an Environment that is suspended has no archiver, and one that an edit suspends keeps it until the end', async () => {
  const suspended = (folder: TestFolder, is: boolean): void => {
    const text = folder.read('exchanges/environments/local.yaml').replace(/ {2}suspend: .*\n/, '')
    folder.write('exchanges/environments/local.yaml', `${text}  suspend: ${is}\n`)
  }
  const names = ({ runtime }: Up): string[] =>
    runtime
      .snapshot()
      .processes.filter(({ state }) => state.kind !== 'stopped')
      .map(({ component }) => component)
  await withUp(
    async (up, folder) => {
      assert.equal(names(up), [])
      suspended(folder, false)
      await until(MS, 'all three', () => names(up).length === 3)
      await allReady(up)
      suspended(folder, true)
      await until(MS, 'the archiver alone', () => names(up).join() === 'archiver')
    },
    (folder) => suspended(folder, true)
  )
})

const ARCHIVE = (name: string, path: string): string => `apiVersion: ssmd.io/v1alpha1
kind: Archive
metadata: { name: ${name} }
spec:
  environmentRef: { name: local }
  feeds: [kalshi]
  storage: { path: ${path} }
`

test.run()
