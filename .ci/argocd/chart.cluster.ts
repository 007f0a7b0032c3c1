// test: alone, limit 600s
// The shipped examples as a person uses them: charts/argocd/applications over a repository with the chart and a folder of
// resources, on a cluster that has nothing of ours.

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { until } from '#testing/deadline.ts'
import { skip } from '#testing/skip.ts'
import { CUSTOM_RESOURCE_DEFINITIONS, DEPLOYMENTS } from '../../operator/kube/objects.ts'
import { ENVIRONMENTS, FEEDS } from '../../operator/reconcile/kinds.ts'
import { BRANCH } from '../../operator/testing/git-repository.ts'
import {
  APPLICATIONS,
  declareApplication,
  exists,
  fullName,
  healthOf,
  isHealthy,
  refresh,
  removeApplication,
  stateOf,
  untilApplication,
  untilSettled,
} from './applications.ts'
import { healthChecks } from './health-checks.ts'
import { shippedApplication, shippedFolder } from './shipped.ts'
import {
  missingTestbed,
  NAMESPACE,
  said,
  startTestbed,
  stepsPrinted,
  type Testbed,
} from './testbed.ts'

const missing = await missingTestbed()
const test = suite('the examples for Argo CD')
const real = (name: string, body: () => Promise<void>) =>
  test(name, missing === undefined ? body : () => skip(missing))
const MS = 180_000
const STATEFUL_SETS = { ...DEPLOYMENTS, plural: 'statefulsets', kind: 'StatefulSet' }

let bed: Testbed
test.before(
  said(async () => {
    if (missing !== undefined) return
    bed = await startTestbed({
      config: await healthChecks(),
      bare: true,
      step: stepsPrinted,
      // That a definition is served now, Argo CD sees at its next look.
      timing: { resyncSeconds: 10 },
    })
  })
)
test.after(async () => bed?.stop())

const named = (name: string) => `${NAMESPACE}/${name}`

real(
  'both examples at once on an empty cluster: kinds, operator and feeds become Healthy',
  async () => {
    const { client } = bed.argo
    const revision = await bed.repository.push('all of it', {
      ...(await shippedFolder('ssmd', 'charts/ssmd')),
      ...(await shippedFolder('examples', 'capture')),
    })
    const from = performance.now()
    const operator = await shippedApplication('operator', bed.repository.url)
    assert.is(
      (operator.spec as { source: { targetRevision: string } }).source.targetRevision,
      BRANCH
    )
    await declareApplication(client, await shippedApplication('feeds', bed.repository.url))
    await declareApplication(client, operator)
    await untilSettled(client, 'ssmd-operator', revision, MS)
    const installed = await untilApplication(client, 'ssmd-operator', 'healthy', isHealthy, MS)
    for (const kind of ['feeds', 'environments', 'archives']) {
      assert.is(stateOf(installed, 'CustomResourceDefinition', `${kind}.ssmd.io`)?.status, 'Synced')
    }
    // The pod of the chart does not run here; our sources do, as its service account and with its role.
    await bed.operator.up()
    await untilSettled(client, 'ssmd-feeds', revision, MS)
    const feeds = await untilApplication(client, 'ssmd-feeds', 'healthy', isHealthy, MS)
    console.log(`  both examples, Healthy in ${Math.round(performance.now() - from)} ms`)
    assert.is(healthOf(feeds, 'Feed', 'kalshi'), 'Healthy')
    assert.ok(await exists(client, DEPLOYMENTS, named('connector-lab-kalshi')))
    assert.ok(await exists(client, DEPLOYMENTS, named('simulator-lab-kalshi')))
  }
)

real(
  'a kind that is upgraded from git keeps its objects as they are, and replaces no pod',
  async () => {
    const { client } = bed.argo
    const look = async () => {
      const { metadata, spec, status } = await client.get(FEEDS, named('kalshi'))
      const connector = await client.get(DEPLOYMENTS, named('connector-lab-kalshi'))
      const { template } = connector.spec as { template: unknown }
      const { uid, generation } = metadata
      const { observedGeneration } = status as { observedGeneration: number }
      return {
        uid,
        generation,
        spec,
        observedGeneration,
        connector: connector.metadata.uid,
        template,
      }
    }
    const fieldsOfFeed = async () => {
      const { spec } = await client.get(CUSTOM_RESOURCE_DEFINITIONS, 'feeds.ssmd.io')
      return JSON.stringify(spec)
    }
    const before = await look()
    const path = 'ssmd/templates/crds/feed.yaml'
    const { [path]: text = '' } = await shippedFolder('ssmd', 'ssmd')
    const field = '                displayName:\n'
    assert.ok(text.includes(field))
    const upgraded = text.replace(
      field,
      `                noteOfTomorrow: { type: string }\n${field}`
    )
    for (const [what, chart, isNew] of [
      ['upgraded', upgraded, true],
      ['as before', text, false],
    ] as const) {
      const revision = await bed.repository.push(what, { [`charts/${path}`]: chart })
      await refresh(client, 'ssmd-operator')
      await untilSettled(client, 'ssmd-operator', revision, MS)
      await until(MS, what, async () => (await fieldsOfFeed()).includes('noteOfTomorrow') === isNew)
      await untilApplication(client, 'ssmd-operator', 'healthy', isHealthy, MS)
      await untilApplication(client, 'ssmd-feeds', 'healthy', isHealthy, MS)
      assert.equal(await look(), before, what)
    }
  }
)

real('what the chart made and somebody deleted comes back', async () => {
  const { client } = bed.argo
  const { uid = '' } = (await client.get(DEPLOYMENTS, named('ssmd-operator'))).metadata
  await client.delete(DEPLOYMENTS, named('ssmd-operator'), { uid })
  await until(MS, 'another one', async () => {
    if (!(await exists(client, DEPLOYMENTS, named('ssmd-operator')))) return false
    return (await client.get(DEPLOYMENTS, named('ssmd-operator'))).metadata.uid !== uid
  })
  await untilApplication(client, 'ssmd-operator', 'healthy', isHealthy, MS)
})

real(
  "the operator's Application deleted with all it made: kinds, feeds and captures stay",
  async () => {
    const { client } = bed.argo
    const finalizers = ['resources-finalizer.argocd.argoproj.io/background']
    const value = { metadata: { finalizers } }
    await client.patch(APPLICATIONS, fullName('ssmd-operator'), { kind: 'merge', value })
    await removeApplication(client, 'ssmd-operator', MS)
    await until(
      MS,
      'the operator gone',
      async () => !(await exists(client, DEPLOYMENTS, named('ssmd-operator')))
    )
    await until(
      MS,
      'its NATS gone',
      async () => !(await exists(client, STATEFUL_SETS, named('ssmd-nats')))
    )
    for (const kind of ['feeds', 'environments', 'archives']) {
      const { metadata } = await client.get(CUSTOM_RESOURCE_DEFINITIONS, `${kind}.ssmd.io`)
      assert.is(metadata.deletionTimestamp, undefined)
    }
    assert.ok(await exists(client, FEEDS, named('kalshi')))
    assert.ok(await exists(client, ENVIRONMENTS, named('lab')))
    assert.ok(await exists(client, DEPLOYMENTS, named('connector-lab-kalshi')))
  }
)

test.run()
