// test: limit 300s
// `ssmd status`, `logs`, `events` and `doctor` beside a real `ssmd up`, and on a real API server with a real operator.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { until, within } from '#testing/deadline.ts'
import { skip } from '#testing/skip.ts'
import { freePort } from '../operator/local/ports.ts'
import { TestFolder } from '../operator/local/testing/folder.ts'
import { missingTools } from '../operator/testing/cluster.ts'
import { declare, environment, feed, sharedKinds } from '../operator/testing/kinds.ts'
import type { Row } from './live/rows.ts'
import { ENTRY, runSsmd } from './testing/run.ts'

const MS = 60_000
const test = suite('looking at what runs')

const RESOURCES = (port: number) => `apiVersion: ssmd.io/v1alpha1
kind: Feed
metadata: { name: made-up }
spec:
  exchange: synthetic
  versions:
    - { name: v1, effectiveFrom: "2025-01-01", endpoint: "synthetic://generator?rate=50&symbols=3&seed=7" }
  channels: [trade, ticker]
---
apiVersion: ssmd.io/v1alpha1
kind: Environment
metadata: { name: lab }
spec: { feeds: [made-up], transport: { url: "nats://127.0.0.1:${port}" } }
---
apiVersion: ssmd.io/v1alpha1
kind: Archive
metadata: { name: all }
spec: { environmentRef: { name: lab }, feeds: [made-up], storage: { path: data } }
`

test('beside ssmd up: the feed is capturing, its logs are there, and doctor finds nothing bad', async () => {
  using folder = new TestFolder()
  folder.write('exchanges/all.yaml', RESOURCES(await freePort()))
  const env = { HOME: folder.path, KUBECONFIG: '' }
  const ssmd = (...args: string[]) => runSsmd(args, { cwd: folder.path, env })

  const early = await ssmd('status')
  assert.is(early.code, 1)
  assert.match(
    early.stderr,
    /no ssmd up runs on \.\/data, and no cluster is known.*SSMD_E_NOT_FOUND/
  )

  const up = spawn(process.execPath, [ENTRY, 'up'], {
    cwd: folder.path,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let text = ''
  for (const stream of [up.stdout, up.stderr])
    stream.on('data', (data: Buffer) => {
      text += data.toString()
    })
  const ended = once(up, 'close')
  try {
    await until(MS, 'the feed is archived', async () => {
      assert.is(up.exitCode, null, text)
      const { stdout } = await ssmd('status', '-o', 'json')
      const { feeds } = (stdout === '' ? { feeds: [] } : JSON.parse(stdout)) as { feeds: Row[] }
      return feeds[0]?.state === 'capturing' && (feeds[0].archived ?? 0) > 0
    })
    // Standard output is no terminal: once, and the end.
    assert.match((await ssmd('top')).stdout, /^FEED +ENVIRONMENT.*\nmade-up +lab +capturing/)
    assert.match((await ssmd('logs', 'made-up')).stdout, /Z ready {2}/)
    assert.match(
      (await ssmd('logs', 'all', '-o', 'json')).stdout,
      /^\{"level":"info".*"role":"archiver"/
    )
    assert.is((await ssmd('logs', 'made-up', '--tail', '0')).stdout, '')
    const wrong = await ssmd('logs', 'mad-up')
    assert.match(wrong.stderr, /did you mean made-up\?/)
    assert.is((await ssmd('events')).code, 0)
    const doctor = await ssmd('doctor')
    assert.is(doctor.code, 0, doctor.stdout)
    assert.match(doctor.stdout, /fsync +good .*syncs before it acknowledges/)
    assert.match(doctor.stdout, /ports +good .*ssmd up has its ports/)
    assert.match(doctor.stdout, /lock +good .*1 feed held/)
  } finally {
    up.kill('SIGINT')
    await within(MS, 'ssmd up ended', ended)
  }
  // What it has left can be read.
  assert.match((await ssmd('logs', 'made-up')).stdout, /stopp/)
  assert.is((await ssmd('status')).code, 1)
})

test('of a cluster: each Feed with the reason that the operator gives, its Events, and no logs without pods', async () => {
  const missing = await missingTools()
  if (missing !== undefined) return skip(missing)
  using folder = new TestFolder()
  const kinds = await sharedKinds()
  try {
    const space = await kinds.space()
    await kinds.operate(space)
    await declare(kinds.client, feed(space, 'a'))
    await declare(kinds.client, environment(space, 'prod', ['a']))
    const args = ['--kubeconfig', kinds.cluster.kubeconfig, '-n', space.name]
    const ssmd = (...words: string[]) => runSsmd([...words, ...args], { cwd: folder.path })
    await until(MS, 'the operator has told of a', async () =>
      /^a +prod +Starting/m.test((await ssmd('status')).stdout)
    )
    await until(MS, 'an Event', async () =>
      /info +Feed a +Created +created .*Deployment connector-prod-a/.test(
        (await ssmd('events')).stdout
      )
    )
    const none = await ssmd('logs', 'a')
    assert.is(none.code, 1)
    assert.match(none.stderr, /no pod of "a" is in namespace/)
  } finally {
    await kinds.stop()
  }
})

test.run()
