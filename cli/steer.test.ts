// test: limit 120s
// rollout, pause and resume as a person types them, against a real API server with the real kinds.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { until } from '#testing/deadline.ts'
import { skip } from '#testing/skip.ts'
import { DEPLOYMENTS } from '../operator/kube/objects.ts'
import { FEEDS } from '../operator/reconcile/kinds.ts'
import { missingTools } from '../operator/testing/cluster.ts'
import {
  condition,
  declare,
  environment,
  feed,
  type KindsCluster,
  type Space,
  startKinds,
} from '../operator/testing/kinds.ts'
import { runSsmd } from './testing/run.ts'

const missing = await missingTools()
const test = suite('rollout, pause and resume')
let kinds: KindsCluster
let space: Space
test.before(async () => {
  if (missing) return
  kinds = await startKinds()
  space = await kinds.space()
  await kinds.operate(space)
  await declare(
    kinds.client,
    environment(space, 'prod', ['a'], { connector: { rollout: { policy: 'Manual' } } })
  )
  await declare(kinds.client, feed(space, 'a'))
})
test.after(async () => kinds?.stop())
const real = (name: string, body: () => Promise<void>) =>
  test(name, missing === undefined ? body : () => skip(missing))

const ssmd = (...args: string[]) =>
  runSsmd(args, { env: { KUBECONFIG: kinds.cluster.kubeconfig, HOME: kinds.cluster.folder } })
const sees = (what: string, type: string, holds: string) =>
  until(30_000, what, async () => {
    const object = await kinds.client.get(FEEDS, `${space.name}/a`)
    return condition(object, type) === holds
  })
const askedFor = async () => {
  const { spec } = await kinds.client.get(DEPLOYMENTS, `${space.name}/connector-prod-a`)
  return JSON.stringify(spec).match(/"ssmd.io\/rollout-hash":"(\w+)"/)?.[1]
}

real(
  'pause and resume are seen by the operator, and say so where there is nothing to do',
  async () => {
    await sees('it is made', 'Ready', 'False Starting')
    const idle = await ssmd('resume', 'feed', 'a', '-n', space.name)
    assert.equal([idle.code, idle.stdout], [0, 'Feed a: not paused\n'])
    const paused = await ssmd('pause', 'feed', 'a', '--namespace', space.name)
    assert.is(paused.code, 0, paused.stderr)
    assert.match(paused.stdout, /^Feed a: paused: /)
    await sees('the operator says so', 'Paused', 'True Paused')
    assert.match((await ssmd('pause', 'fd', 'a', '-n', space.name)).stdout, /already paused/)
    assert.match(
      (await ssmd('rollout', 'feed', 'a', '-n', space.name)).stdout,
      /before ssmd resume/
    )
    assert.match((await ssmd('resume', 'feeds', 'a', '-n', space.name)).stdout, /: resumed/)
    await sees('it goes on', 'Paused', '')
  }
)

real('rollout lets a change go ahead that waits', async () => {
  const before = await askedFor()
  await declare(kinds.client, feed(space, 'a', { channels: ['trade'] }))
  await sees('the change waits', 'RolloutPending', 'True RolloutPending')
  const { code, stdout } = await ssmd('rollout', 'feed', 'a', '-n', space.name)
  assert.equal([code, stdout], [0, 'Feed a: roll-out requested; its pods are replaced now\n'])
  await sees('it goes ahead', 'RolloutPending', '')
  assert.is.not(await askedFor(), before)
})

real('what is not there, or may not be done, is said with what to do', async () => {
  const none = await ssmd('pause', 'archive', 'nothing', '-n', space.name)
  assert.is(none.code, 1)
  assert.match(
    none.stderr,
    /there is no such Archive .*SSMD_E_NOT_FOUND[\s\S]*kubectl get archives/
  )
  const file = join(kinds.cluster.folder, 'other.json')
  const cluster = {
    server: kinds.cluster.server,
    'certificate-authority-data': kinds.cluster.ca.toString('base64'),
  }
  const kubeconfig = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'c', cluster }],
    users: [{ name: 'u', user: { token: space.token } }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u', namespace: space.name } }],
    'current-context': 'x',
  }
  writeFileSync(file, JSON.stringify(kubeconfig))
  // The operator's own account reads Feeds and never writes them; its context names the namespace.
  const forbidden = await ssmd('pause', 'feed', 'a', '--kubeconfig', file)
  assert.is(forbidden.code, 1)
  assert.match(forbidden.stderr, /permission denied[\s\S]*patch feeds\.ssmd\.io/)
})

test('a kind that is none is a usage error, and no kubeconfig is said so', async () => {
  const wrong = await runSsmd(['pause', 'pod', 'x'])
  assert.is(wrong.code, 2)
  assert.match(
    wrong.stderr,
    /"pod" is not a kind of ssmd[\s\S]*feed, environment, archive or signal/
  )
  const none = await runSsmd(['pause', 'feed', 'x', '--kubeconfig', '/nowhere/config'])
  assert.is(none.code, 1)
  assert.match(none.stderr, /no kubeconfig at \/nowhere\/config/)
})

test.run()
