// test: limit 180s
// `npm run cluster` as a person has it: started as a process, used with kubectl through what it prints, and ended.

import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { patience, until, within } from '#testing/deadline.ts'
import { skip } from '#testing/skip.ts'
import { missingPlaneTools } from '../../operator/testing/control-plane.ts'

const missing = await missingPlaneTools()
const test = suite("the developer's cluster")
const real = (name: string, body: () => Promise<void>) =>
  test(name, missing === undefined ? body : () => skip(missing))

const MAIN = new URL('./main.ts', import.meta.url).pathname

const children: ChildProcess[] = []
test.after.each(async () => {
  // One that a failed test left is ended in order, so that its own servers go too.
  for (const child of children.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue
    const exit = once(child, 'exit')
    child.kill('SIGTERM')
    await exit
  }
})

type Started = {
  readonly child: ChildProcess
  readonly lines: string[]
  readonly exit: Promise<[number | null, string | null]>
}

function start(...args: string[]): Started {
  const child = spawn(process.execPath, [MAIN, '--nats-port', '0', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const lines: string[] = []
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => lines.push(line))
  }
  children.push(child)
  return { child, lines, exit: once(child, 'exit') as Started['exit'] }
}

/** Programs that run with this folder in their command line. */
async function processesOf(folder: string): Promise<string[]> {
  const found: string[] = []
  for (const pid of (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name))) {
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
    if (command.includes(folder)) found.push(command.replaceAll('\0', ' ').slice(0, 100))
  }
  return found
}

const DEPLOYMENT = (name: string) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: {
        containers: [{ name: 'a', image: 'none.invalid/a' }],
        volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'kept' } }],
      },
    },
  },
})
const CLAIM = {
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name: 'kept' },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
}

real(
  'runs what kubectl gives it, collects what is deleted, and leaves nothing behind',
  async () => {
    const { child, lines, exit } = start('--no-operator')
    const exported = (name: string) =>
      lines.map((line) => new RegExp(`^export ${name}=([^\\s:]+)`).exec(line)?.[1]).find(Boolean)
    await until(90_000, 'the cluster', () => {
      assert.is(child.exitCode, null, lines.join('\n'))
      return exported('PATH') !== undefined
    })
    const kubeconfig = exported('KUBECONFIG') ?? ''
    const folder = dirname(kubeconfig)
    const kubectl = async (args: string, stdin?: unknown) => {
      const run = promisify(execFile)(join(exported('PATH') ?? '', 'kubectl'), args.split(' '), {
        env: { KUBECONFIG: kubeconfig, HOME: folder },
        timeout: patience(60_000),
      })
      if (stdin !== undefined) run.child.stdin?.end(JSON.stringify(stdin))
      return (await run).stdout
    }
    assert.match(lines.join('\n'), /etcd and API server +\d+\.\d s/, 'steps have their times')
    assert.match(
      await kubectl('get feeds,environments,archives,signals -o name'),
      'feed.ssmd.io/kalshi'
    )

    await kubectl('apply -f -', {
      apiVersion: 'v1',
      kind: 'List',
      items: [CLAIM, DEPLOYMENT('one')],
    })
    await kubectl('wait --for=condition=Available --timeout=30s deployment/one')
    assert.match(await kubectl('get pvc kept -o jsonpath={.status.phase}'), 'Bound')

    // A child of the Feed goes with it; what the Feed does not own stays.
    const uid = await kubectl('get feed kalshi -o jsonpath={.metadata.uid}')
    const owner = { apiVersion: 'ssmd.io/v1alpha1', kind: 'Feed', name: 'kalshi', uid }
    const owned = DEPLOYMENT('owned')
    await kubectl('apply -f -', {
      ...owned,
      metadata: { ...owned.metadata, ownerReferences: [{ ...owner, controller: true }] },
    })
    await kubectl('wait --for=condition=Available --timeout=30s deployment/owned')
    await kubectl('delete feed kalshi')
    await kubectl('wait --for=delete --timeout=30s deployment/owned')
    await until(
      20_000,
      'its pods gone',
      async () => (await kubectl('get pods -l app=owned')) === ''
    )
    assert.match(await kubectl('get deployments -o name'), 'deployment.apps/one')

    assert.ok((await processesOf(folder)).length >= 5, 'its servers are seen where they run')
    child.kill('SIGINT')
    assert.equal(await within(30_000, 'the end', exit), [0, null], lines.join('\n'))
    assert.match(lines.at(-1) ?? '', 'nothing is left')
    assert.not(existsSync(folder))
    assert.equal(await processesOf(folder), [])
  }
)

real('a signal in the middle of the start leaves nothing either', async () => {
  const { child, lines, exit } = start('--no-operator')
  await until(90_000, 'the first step', () => lines.some((line) => line.includes('API server')))
  child.kill('SIGTERM')
  assert.equal(await within(60_000, 'the end', exit), [0, null], lines.join('\n'))
  assert.match(lines.at(-1) ?? '', 'nothing is left')
  const left = await readdir(process.env.TMPDIR ?? '/nowhere').catch(() => [])
  if (process.env.TMPDIR?.includes('ssmd-test-')) {
    assert.equal(
      left.filter((name) => name.startsWith('ssmd-')),
      []
    )
  }
})

real('an option that is none is refused with those that are', async () => {
  const { lines, exit } = start('--operator=no')
  assert.equal(await within(30_000, 'the end', exit), [2, null])
  assert.match(lines.join('\n'), '--no-operator')
})

test.run()
