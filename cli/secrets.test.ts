// What other processes and other users of this computer can learn from a running `ssmd up`: variables of its children, and
// what its NATS tells.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { connect } from 'nats'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { until, within } from '#testing/deadline.ts'
import { skip } from '#testing/skip.ts'
import { freePort } from '../operator/local/ports.ts'
import { TestFolder } from '../operator/local/testing/folder.ts'
import { ENTRY, runSsmd } from './testing/run.ts'

const MS = 60_000

const RESOURCES = (natsPort: number) => `apiVersion: ssmd.io/v1alpha1
kind: Feed
metadata: { name: kalshi }
spec:
  exchange: kalshi
  versions:
    - { name: v2, effectiveFrom: "2025-01-01", endpoint: "wss://ws.example.com/trade-api/ws/v2", authMethod: apiKey }
  channels: [trade, ticker]
---
apiVersion: ssmd.io/v1alpha1
kind: Feed
metadata: { name: made-up }
spec:
  exchange: synthetic
  versions:
    - { name: v1, effectiveFrom: "2025-01-01", endpoint: "synthetic://generator?rate=200&symbols=3&seed=7" }
  channels: [trade]
---
apiVersion: ssmd.io/v1alpha1
kind: Environment
metadata: { name: lab }
spec:
  feeds: [kalshi, made-up]
  transport: { url: "nats://127.0.0.1:${natsPort}" }
  simulator: { feeds: [kalshi] }
---
apiVersion: ssmd.io/v1alpha1
kind: Archive
metadata: { name: all }
spec:
  environmentRef: { name: lab }
  feeds: [kalshi, made-up]
  storage: { path: data }
`

const SECRETS = {
  KALSHI_API_KEY: 'MARKED-kalshi-id',
  KALSHI_PRIVATE_KEY: 'MARKED-kalshi-key',
  SSMD_MY_KEY: 'MARKED-prefixed',
  NODE_AUTH_TOKEN: 'MARKED-npm',
  AWS_SECRET_ACCESS_KEY: 'MARKED-aws',
}

type Process = { readonly pid: number; readonly name: string; readonly environ: string }

/** Every process below `root`, whoever of them started it. */
function descendants(root: number): Process[] {
  const parents = new Map<number, number>()
  for (const pid of readdirSync('/proc').map(Number).filter(Number.isInteger)) {
    const stat = readOr(`/proc/${pid}/stat`)
    parents.set(pid, Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]))
  }
  const isBelow = (pid: number | undefined): boolean =>
    pid !== undefined && pid > 1 && (pid === root || isBelow(parents.get(pid)))
  return [...parents.keys()]
    .filter((pid) => pid !== root && isBelow(pid))
    .map((pid) => ({
      pid,
      name: readOr(`/proc/${pid}/cmdline`).replaceAll('\0', ' '),
      environ: readOr(`/proc/${pid}/environ`),
    }))
}

/** A process may end while it is looked at. */
function readOr(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

const test = suite('secrets')

test('no child of ssmd up sees a key that is not its own, and its NATS lets in whom it knows', async () => {
  if (process.platform !== 'linux') return skip('the variables of a process are read from /proc')
  using folder = new TestFolder()
  const port = await freePort()
  folder.write('exchanges/all.yaml', RESOURCES(port))
  const child = spawn(process.execPath, [ENTRY, 'up', '-o', 'json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    cwd: folder.path,
    env: { ...process.env, ...SECRETS },
  })
  const exit = once(child, 'close')
  let text = ''
  child.stdout.on('data', (data: Buffer) => {
    text += data.toString()
  })
  try {
    const archived = (feed: string) =>
      new RegExp(`"feed":"${feed}"[^}]*"state":"capturing"[^}]*"archived":[1-9]`).test(text)
    await until(MS, 'both feeds archived', () => archived('kalshi') && archived('made-up'))
    const children = descendants(child.pid ?? 0)
    const roles = ['connector', 'archiver', 'simulator', 'nats-server', 'ssmd-guard', 'cat']
    for (const role of roles) {
      const found = children.filter(({ name }) => name.includes(role))
      assert.ok(found.length > 0, `${role} runs`)
      assert.ok(
        found.every(({ environ }) => environ !== '' || role === 'cat'),
        role
      )
    }
    for (const { name, environ } of children) assert.not.match(environ, /MARKED/, name)

    await connect({ servers: `127.0.0.1:${port}`, reconnect: false }).then(
      () => assert.unreachable('a stranger is let in'),
      (error: Error) => assert.match(error.message, /Authorization Violation/i)
    )
  } finally {
    child.kill('SIGINT')
    await within(MS, 'exit', exit).finally(() => child.kill('SIGKILL'))
  }
  // Every role had all that it needs, from the first block to the last acknowledgement.
  assert.not.match(folder.read('data/.ssmd/logs/nats-server.log'), /permissions|publish violation/i)
  for (const name of readdirSync(`${folder.data}/.ssmd/logs`))
    assert.not.match(folder.read(`data/.ssmd/logs/${name}`), /MARKED/)
  const verified = await runSsmd(['data', 'verify'], { cwd: folder.path })
  assert.is(verified.code, 0, verified.stdout)
})

test.run()
