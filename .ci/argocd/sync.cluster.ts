// test: alone, limit 600s
// From git push to a capture: a real Argo CD over a real repository, our operator from these sources, our health checks.

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { until } from '#testing/deadline.ts'
import { skip } from '#testing/skip.ts'
import { CLAIMS, CONFIG_MAPS, DEPLOYMENTS } from '../../operator/kube/objects.ts'
import { ENVIRONMENTS, FEEDS } from '../../operator/reconcile/kinds.ts'
import type { Change } from '../../operator/testing/git-repository.ts'
import {
  type Application,
  declareApplication,
  exists,
  healthOf,
  isHealthy,
  readApplication,
  refresh,
  removeApplication,
  sendPush,
  stateOf,
  untilApplication,
  untilSettled,
  untilShown,
} from './applications.ts'
import { application, archive, environment, feed, WAVE } from './declared.ts'
import { healthChecks } from './health-checks.ts'
import {
  missingTestbed,
  NAMESPACE,
  said,
  startTestbed,
  stepsPrinted,
  type Testbed,
} from './testbed.ts'
import { countWrites, untilQuiet } from './writes.ts'

const missing = await missingTestbed()
const test = suite('Argo CD')
const real = (name: string, body: () => Promise<void>) =>
  test(name, missing === undefined ? body : () => skip(missing))
const MS = 60_000

let bed: Testbed
test.before(
  said(async () => {
    if (missing !== undefined) return
    bed = await startTestbed({ config: await healthChecks(), server: true, step: stepsPrinted })
  })
)
test.after(async () => bed?.stop())

const named = (name: string) => `${NAMESPACE}/${name}`
const since = (from: number) => `${Math.round(performance.now() - from)} ms`

/** Pushes to a folder, and has its Application look at once. */
async function push(folder: string, change: Change): Promise<string> {
  const below = Object.entries(change).map(([path, content]) => [`${folder}/${path}`, content])
  const revision = await bed.repository.push(folder, Object.fromEntries(below))
  await refresh(bed.argo.client, folder)
  return revision
}

async function revert(folder: string): Promise<string> {
  const revision = await bed.repository.revert()
  await refresh(bed.argo.client, folder)
  return revision
}

const declare = async (name: string) =>
  declareApplication(
    bed.argo.client,
    await application({ name, repository: bed.repository.url, path: name, namespace: NAMESPACE })
  )

/** A folder with an Environment and a Feed, both of its name, and its Application: all is Healthy. */
async function captured(name: string, spec: object = {}): Promise<void> {
  const { argo, repository, nats } = bed
  await bed.operator.up()
  const revision = await repository.push(name, {
    [`${name}/environment.yaml`]: [environment(name, nats.url, [name])],
    [`${name}/feed.yaml`]: [feed(name, spec)],
  })
  await declare(name)
  await untilSettled(argo.client, name, revision)
  await untilApplication(argo.client, name, 'healthy', isHealthy)
}

const connectorOf = (name: string) => named(`connector-${name}-${name}`)
async function templateOf(name: string): Promise<string> {
  const { spec } = await bed.argo.client.get(DEPLOYMENTS, connectorOf(name))
  return JSON.stringify((spec as { template: unknown }).template)
}
async function channelsOf(name: string): Promise<readonly string[]> {
  const { spec } = await bed.argo.client.get(FEEDS, named(name))
  return (spec as { channels: readonly string[] }).channels
}
const generationOf = async (name: string): Promise<number> =>
  (await bed.argo.client.get(FEEDS, named(name))).metadata.generation ?? 0

real(
  'a push is captured: Synced, Progressing until the operator has seen it, then Healthy',
  async () => {
    const { client } = bed.argo
    const revision = await bed.repository.push('first', {
      'first/environment.yaml': [environment('first', bed.nats.url, ['a'])],
      'first/feeds/a.yaml': [feed('a')],
      'first/archive.yaml': [archive('first', 'first', ['a'])],
    })
    await declare('first')
    const waiting = await untilSettled(client, 'first', revision)
    assert.is(healthOf(waiting, 'Feed', 'a'), 'Progressing', 'no operator has seen it')
    assert.is(waiting.status?.health?.status, 'Progressing')
    await bed.operator.up()
    const done = await untilApplication(client, 'first', 'healthy', isHealthy)
    assert.equal(
      done.status?.resources?.map(({ kind, health }) => `${kind} ${health?.status}`).sort(),
      ['Archive Healthy', 'Environment Healthy', 'Feed Healthy']
    )
    assert.ok(await exists(client, DEPLOYMENTS, named('connector-first-a')))
    assert.ok(await exists(client, CLAIMS, named('archiver-first')))
    await removeApplication(client, 'first')
  }
)

real('a change arrives by a refresh and by a webhook', async () => {
  const { argo, repository } = bed
  const web = `file://${repository.url.replace(/\.git$/, '')}`
  const file = async (name: string) =>
    JSON.stringify((await argo.client.get(CONFIG_MAPS, connectorOf(name))).data)
  const told = async (
    how: string,
    name: string,
    tell: (before: string, after: string) => Promise<void>
  ) => {
    await captured(name, { channels: ['trade'] })
    const before = await repository.head()
    const after = await repository.push(how, {
      [`${name}/feed.yaml`]: [feed(name, { channels: ['ticker'] })],
    })
    const from = performance.now()
    await tell(before, after)
    await until(MS, `applied after ${how}`, async () => (await channelsOf(name))[0] === 'ticker')
    const applied = since(from)
    await until(MS, 'the new file', async () => (await file(name)).includes('ticker'))
    const made = since(from)
    await untilSettled(argo.client, name, after)
    await untilApplication(argo.client, name, 'healthy', isHealthy)
    const all = since(from)
    console.log(`  push with ${how}: applied ${applied}, connector's file ${made}, Healthy ${all}`)
    await removeApplication(argo.client, name)
  }
  for (const n of [1, 2, 3]) {
    const refreshed = `refresh-${n}`
    await told('refresh', refreshed, () => refresh(argo.client, refreshed))
    const hooked = `webhook-${n}`
    await told('webhook', hooked, (before, after) =>
      sendPush(argo.url ?? '', { web, before, after, modified: [`${hooked}/feed.yaml`] })
    )
  }
})

real('an edit by hand is reverted once, and no two writers fight over a field', async () => {
  const { plane, writes, argo } = bed
  await captured('drift')
  await untilQuiet(writes, NAMESPACE, { forMs: 3_000, ms: MS })
  const before = await generationOf('drift')
  const mark = writes.mark()
  const patch = JSON.stringify({ spec: { channels: ['ticker', 'orderbook_delta'] } })
  await plane.kubectl('patch', 'feed', 'drift', '-n', NAMESPACE, '--type=merge', '-p', patch)
  const from = performance.now()
  await until(MS, 'put right', async () => (await channelsOf('drift')).includes('trade'))
  console.log(`  an edit by hand was put right in ${since(from)}`)
  await untilQuiet(writes, NAMESPACE, { forMs: 10_000, ms: MS })
  assert.equal(await channelsOf('drift'), ['trade', 'ticker'])
  assert.is(await generationOf('drift'), before + 2, 'one edit, one repair')
  const seen = writes
    .since(mark)
    .filter(({ resource, name }) => resource === 'feeds' && name === 'drift')
  assert.is(seen.filter(({ subresource }) => !subresource).length, 2, countWrites(seen).join('; '))
  // Two roll-outs of some six steps each; a fight would go on.
  assert.ok(seen.length <= 18, `status: ${countWrites(seen).join('; ')}`)
  const { metadata } = await argo.client.get(FEEDS, named('drift'))
  const managers = (metadata.managedFields as { manager: string; subresource?: string }[]).map(
    ({ manager, subresource }) => `${manager} ${subresource ?? 'spec'}`
  )
  assert.ok(managers.includes('argocd-controller spec'), managers.join())
  assert.not(
    managers.some((name) => /^ssmd.* spec$/.test(name)),
    managers.join()
  )
  await removeApplication(argo.client, 'drift')
})

real('what git does not name stays: a pause and a suspension during an incident', async () => {
  const { plane, argo, repository } = bed
  const { client } = argo
  await captured('incident')
  const revision = await repository.head()
  await plane.kubectl('annotate', 'feed', 'incident', '-n', NAMESPACE, 'ssmd.io/paused=true')
  const suspend = (value: true | null) =>
    plane.kubectl(
      ...['patch', 'environment', 'incident', '-n', NAMESPACE],
      ...['--type=merge', '-p', JSON.stringify({ spec: { suspend: value } })]
    )
  await suspend(true)
  const isSuspended = (app: Application) =>
    ['Environment', 'Feed'].every((kind) => healthOf(app, kind, 'incident') === 'Suspended')
  await untilApplication(client, 'incident', 'suspended', isSuspended)
  await refresh(client, 'incident', 'hard')
  await until(MS, 'looked at again', async () => {
    const { metadata } = await readApplication(client, 'incident')
    return metadata.annotations?.['argocd.argoproj.io/refresh'] === undefined
  })
  await untilSettled(client, 'incident', revision)
  const { spec } = await client.get(ENVIRONMENTS, named('incident'))
  assert.is((spec as { suspend?: boolean }).suspend, true)
  const { metadata } = await client.get(FEEDS, named('incident'))
  assert.is(metadata.annotations?.['ssmd.io/paused'], 'true')
  await plane.kubectl('annotate', 'feed', 'incident', '-n', NAMESPACE, 'ssmd.io/paused-')
  await suspend(null)
  await untilApplication(client, 'incident', 'healthy', isHealthy)
  await removeApplication(client, 'incident')
})

real('a broken feed is Degraded with our words, and holds up none of its neighbours', async () => {
  const { argo, writes } = bed
  const { client } = argo
  await captured('whole')
  await untilQuiet(writes, NAMESPACE, { forMs: 3_000, ms: MS })
  const mark = writes.mark()
  await push('whole', {
    'broken.yaml': [feed('broken', { channels: ['trades'] })],
  })
  const degraded = await untilApplication(
    client,
    'whole',
    'degraded',
    (app) => healthOf(app, 'Feed', 'broken') === 'Degraded'
  )
  assert.match(
    stateOf(degraded, 'Feed', 'broken')?.health?.message ?? '',
    /channels\[0\].*expected a channel of synthetic, found "trades".*did you mean trade/
  )
  assert.is(healthOf(degraded, 'Feed', 'whole'), 'Healthy')
  const others = writes
    .since(mark)
    .filter(({ namespace, name }) => namespace === NAMESPACE && name !== 'broken')
  assert.equal(countWrites(others), [])
  // Nor does it hold up another one that is taken away.
  const another = [environment('whole', bed.nats.url, ['broken', 'worse'])]
  await push('whole', {
    'feed.yaml': undefined,
    'environment.yaml': another,
    'worse.yaml': [feed('worse', { channels: ['trades'] })],
  })
  await until(MS, 'the neighbour gone', async () => !(await exists(client, FEEDS, named('whole'))))
  await untilSettled(
    client,
    'whole',
    await push('whole', { 'broken.yaml': undefined, 'worse.yaml': undefined })
  )
  await until(MS, 'gone', async () => !(await exists(client, FEEDS, named('broken'))))
  await removeApplication(client, 'whole')
})

real(
  'a file that the API server refuses fails the sync with its words, and nothing else',
  async () => {
    const { client } = bed.argo
    await captured('good')
    await push('good', {
      'feed.yaml': [feed('good', { channels: ['trade'] })],
      'refused.yaml': [feed('refused', { versions: [] })],
    })
    const failed = await untilApplication(client, 'good', 'the sync failed', ({ status }) =>
      (status?.operationState?.syncResult?.resources ?? []).some(
        ({ name, status: how }) => name === 'refused' && how === 'SyncFailed'
      )
    )
    const said = failed.status?.operationState?.syncResult?.resources?.find(
      ({ name }) => name === 'refused'
    )
    assert.match(said?.message ?? '', /Feed.*"refused" is invalid: spec\.versions/)
    assert.not(await exists(client, FEEDS, named('refused')))
    await until(MS, 'the rest of the commit', async () => (await channelsOf('good')).length === 1)
    await untilApplication(
      client,
      'good',
      'its neighbour goes on',
      (app) => healthOf(app, 'Feed', 'good') === 'Healthy'
    )
    await untilSettled(client, 'good', await revert('good'))
    await untilApplication(client, 'good', 'healthy', isHealthy)
    await removeApplication(client, 'good')
  }
)

real('a revert of a Feed, bad or good, brings back the very pod template that was', async () => {
  const { client } = bed.argo
  await captured('back')
  const before = await templateOf('back')
  await push('back', { 'feed.yaml': [feed('back', { channels: ['trades'] })] })
  const isBroken = (app: Application) => healthOf(app, 'Feed', 'back') === 'Degraded'
  await untilApplication(client, 'back', 'degraded', isBroken)
  assert.is(await templateOf('back'), before, 'what runs stays as it was')
  await untilSettled(client, 'back', await revert('back'))
  await untilApplication(client, 'back', 'healthy', isHealthy)
  assert.is(await templateOf('back'), before)
  await push('back', { 'feed.yaml': [feed('back', { channels: ['trade'] })] })
  await until(MS, 'another template', async () => (await templateOf('back')) !== before)
  await untilSettled(client, 'back', await revert('back'))
  await until(MS, 'the template that was', async () => (await templateOf('back')) === before)
  await removeApplication(client, 'back')
})

real(
  'waves hold: Environment, then Feed, then Archive, each when the one before is Healthy',
  async () => {
    const { nats, writes, repository } = bed
    const { client } = bed.argo
    await bed.operator.down()
    const mark = writes.mark()
    const wave = (n: number) => ({ annotations: { [WAVE]: String(n) } })
    const revision = await repository.push('waves', {
      'waves/all.yaml': [
        archive('waved', 'waves', ['w'], wave(2)),
        feed('w', {}, wave(1)),
        // It names no Feed: one that does waits for it, and the Feed's wave would wait for the Environment.
        environment('waves', nats.url, ['*'], wave(0)),
      ],
    })
    await declare('waves')
    await untilApplication(client, 'waves', 'held at the first wave', ({ status }) =>
      /waiting for healthy state of ssmd\.io\/Environment/.test(
        status?.operationState?.message ?? ''
      )
    )
    assert.not(await exists(client, FEEDS, named('w')))
    await bed.operator.up()
    await untilSettled(client, 'waves', revision)
    const order = writes
      .since(mark)
      .filter(({ code, namespace }) => code < 300 && namespace === NAMESPACE)
      .map(({ resource, subresource, name }) =>
        [resource, ...(subresource ? [subresource] : [])].join('/').concat(` ${name}`)
      )
    const sequence = [
      'environments waves',
      'environments/status waves',
      'feeds w',
      'deployments/status connector-waves-w',
      'archives waved',
    ].map((what) => order.indexOf(what))
    assert.ok(
      sequence.every((at) => at >= 0),
      order.join('\n')
    )
    assert.equal(
      sequence,
      [...sequence].sort((a, b) => a - b),
      order.join('\n')
    )
    await removeApplication(client, 'waves')
  }
)

real('a wave between an Environment and a Feed that it names waits for itself', async () => {
  const { nats, repository } = bed
  const { client } = bed.argo
  await bed.operator.up()
  await repository.push('ring', {
    'ring/all.yaml': [
      environment('ring', nats.url, ['r'], { annotations: { [WAVE]: '0' } }),
      feed('r', {}, { annotations: { [WAVE]: '1' } }),
    ],
  })
  await declare('ring')
  const held = await untilShown(client, 'ring', 'the Environment misses its Feed', (app) =>
    /apply a Feed of that name/.test(stateOf(app, 'Environment', 'ring')?.health?.message ?? '')
  )
  assert.is(healthOf(held, 'Environment', 'ring'), 'Progressing')
  assert.is(held.status?.operationState?.phase, 'Running')
  assert.not(await exists(client, FEEDS, named('r')))
})

real('what somebody does to a Deployment of ours is put right by the operator alone', async () => {
  const { plane, argo, writes } = bed
  await captured('child')
  await untilQuiet(writes, NAMESPACE, { forMs: 3_000, ms: MS })
  const mark = writes.mark()
  const scale = ['scale', 'deployment', 'connector-child-child', '-n', NAMESPACE]
  await plane.kubectl(...scale, '--replicas=0')
  const replicas = async () =>
    (
      (await argo.client.get(DEPLOYMENTS, connectorOf('child'))).spec as {
        replicas: number
      }
    ).replicas
  await until(MS, 'one again', async () => (await replicas()) === 1)
  await untilQuiet(writes, NAMESPACE, { forMs: 3_000, ms: MS })
  const argoWrites = writes.since(mark).filter(({ by, namespace }) => {
    return namespace === NAMESPACE && by.startsWith('argocd')
  })
  assert.equal(countWrites(argoWrites), [])
})

test.run()
