// The same from git: Argo CD installs the chart and applies what a repository declares, and everything behind it is real,
// down to the pods and to the bytes on the volume. It begins on what `helm uninstall` leaves.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { until } from '#testing/deadline.ts'
import type { KubeObject } from '../../operator/kube/objects.ts'
import {
  type Change,
  makeRepository,
  type Repository,
} from '../../operator/testing/git-repository.ts'
import {
  declareApplication,
  healthOf,
  isHealthy,
  isSettled,
  refresh,
  stateOf,
  untilApplication,
  untilSettled,
} from '../argocd/applications.ts'
import { type Argo, startArgo } from '../argocd/argocd.ts'
import { application, archive, environment, feed } from '../argocd/declared.ts'
import { healthChecks } from '../argocd/health-checks.ts'
import { shippedApplication, shippedFolder } from '../argocd/shipped.ts'
import { verifySynthetic } from './archived.ts'
import { connectorOf, OPERATOR } from './cluster-view.ts'
import { chartValues } from './install.ts'
import { made, SYNTHETIC } from './resources.ts'
import type { Chapter, World } from './world.ts'

/** The Application of the resources, and their folder in the repository. */
const CAPTURE = 'capture'
const CHILDREN = 'deployments,replicasets,pods,configmaps,serviceaccounts,networkpolicies,pvc'
const MS = 120_000

export type Gitops = { readonly argo: Argo; readonly repository: Repository }

/** The release, if any, and all resources with their children; volumes, streams and kinds stay. */
export async function clear({ helm, view }: World): Promise<void> {
  await helm(
    ...['uninstall', 'ssmd', '--namespace', 'ssmd'],
    ...['--ignore-not-found', '--wait', '--timeout', '60s']
  )
  await view.kubectl('delete', 'feeds,environments,archives', '--all', '--timeout=60s')
  await until(90_000, 'no pod', async () => {
    return (await view.kubectl('get', 'pods', '-o', 'name')).trim() === ''
  })
}

export async function startGitops(world: World): Promise<Gitops> {
  const argo = await startArgo({
    step: world.step,
    kubeconfig: world.node.kubeconfig,
    folder: world.folder,
    config: await healthChecks(),
    server: true,
  })
  try {
    return { argo, repository: await makeRepository(join(world.folder, 'gitops')) }
  } catch (thrown) {
    await argo.stop()
    throw thrown
  }
}

/** Commits to the folder of the resources, and has Argo CD look; gives the commit. */
export async function pushCapture({ argo, repository }: Gitops, change: Change): Promise<string> {
  const below = Object.entries(change).map(([path, content]) => [`${CAPTURE}/${path}`, content])
  const revision = await repository.push(Object.keys(change).join(), Object.fromEntries(below))
  await refresh(argo.client, CAPTURE)
  return revision
}

export async function declareCapture({ argo, repository }: Gitops, change: Change): Promise<void> {
  const below = Object.entries(change).map(([path, content]) => [`${CAPTURE}/${path}`, content])
  const revision = await repository.push('Declare what to capture', Object.fromEntries(below))
  await declareApplication(
    argo.client,
    await application({
      ...{ name: CAPTURE, path: CAPTURE },
      ...{ repository: repository.url, namespace: 'ssmd' },
    })
  )
  await untilSettled(argo.client, CAPTURE, revision, MS)
  await untilApplication(argo.client, CAPTURE, 'healthy', isHealthy, MS)
}

export const CAPTURE_APPLICATION = CAPTURE

async function installed(world: World, { argo, repository }: Gitops): Promise<void> {
  const { now, nats } = world.images
  const revision = await repository.push('the chart', await shippedFolder('ssmd', 'charts/ssmd'))
  const shipped = (await shippedApplication('operator', repository.url)) as KubeObject & {
    readonly spec: { readonly source: { readonly helm: object } }
  }
  const { source } = shipped.spec
  const helm = { ...source.helm, valuesObject: chartValues(now, nats) }
  await declareApplication(argo.client, {
    ...shipped,
    spec: { ...shipped.spec, source: { ...source, helm } },
  } as KubeObject)
  await untilSettled(argo.client, 'ssmd-operator', revision, MS)
  await untilApplication(argo.client, 'ssmd-operator', 'healthy', isHealthy, MS)
  const { ready, image } = await world.view.pod(OPERATOR)
  assert.ok(ready)
  assert.is(image, now)
}

const kept = (...feeds: readonly string[]) => archive('declared', 'git', feeds)
/** A feed whose every frame can be computed. */
const computed = (name: string) => feed(name, made(100).spec as object)

async function captured(world: World, gitops: Gitops): Promise<void> {
  const { client } = gitops.argo
  const from = performance.now()
  const since = () => `${((performance.now() - from) / 1000).toFixed(1)} s`
  const revision = await pushCapture(gitops, {
    'feeds/pushed.yaml': [computed('pushed')],
    'archive.yaml': [kept('steady', 'pushed')],
  })
  const synced = untilSettled(client, CAPTURE, revision, MS).then(since)
  const seen: { readonly health: string; readonly after: string }[] = []
  const healthy = untilApplication(client, CAPTURE, 'the new feed healthy', (app) => {
    const health = healthOf(app, 'Feed', 'pushed')
    if (health !== '' && health !== seen.at(-1)?.health) seen.push({ health, after: since() })
    return isSettled(app, revision) && isHealthy(app) && health === 'Healthy'
  }).then(since)
  const root = await world.archiveRoot('declared')
  const frames = until(MS, 'frames of the new feed', () => existsSync(join(root, 'pushed'))).then(
    since
  )
  const [whenSynced, whenHealthy, whenKept] = await Promise.all([synced, healthy, frames])
  const healths = seen.map(({ health }) => health)
  assert.ok(healths.includes('Progressing'), healths.join())
  assert.not(healths.includes('Degraded'), healths.join())
  const { phase, ready } = await world.view.pod(connectorOf('pushed'))
  assert.is(`${phase} ${ready}`, 'Running true')
  await world.view.flows('pushed')
  world.say(`Synced ${whenSynced}, all Healthy ${whenHealthy} after the commit`)
  world.say(`the Feed: ${seen.map(({ health, after }) => `${health} ${after}`).join(', ')}`)
  world.say(`first frames on the volume ${whenKept} after the commit`)
}

async function unmarked({ view }: World): Promise<void> {
  const selector = 'app.kubernetes.io/managed-by=ssmd'
  const { items } = await view.json<{ items: { kind: string; metadata: object }[] }>(
    ...['get', CHILDREN, '-l', selector]
  )
  const kinds = new Set(items.map(({ kind }) => kind))
  for (const kind of ['Deployment', 'Pod', 'ConfigMap', 'PersistentVolumeClaim'])
    assert.ok(kinds.has(kind), `no ${kind} among ${[...kinds].join()}`)
  for (const { metadata } of items)
    assert.not.match(JSON.stringify(metadata), /argocd|app\.kubernetes\.io\/instance/)
  // What it applied itself does bear its mark: else the search above finds nothing whatever is there.
  const mark = JSON.stringify(await view.json('get', 'feed', 'pushed'))
  assert.match(mark, /argocd\.argoproj\.io\/tracking-id/)
}

/** What somebody makes of the channels of `pushed`: its connector may run so until that is put right. */
const BY_HAND = ['trade']

async function healed(world: World): Promise<void> {
  const { view } = world
  type Seen = { metadata: { generation: number }; spec: { channels: string[] } }
  const read = () => view.json<Seen>('get', 'feed', 'pushed')
  const before = await read()
  const patch = JSON.stringify({ spec: { channels: BY_HAND } })
  const from = performance.now()
  await view.kubectl('patch', 'feed', 'pushed', '--type=merge', '-p', patch)
  await until(MS, 'as in git again', async () => (await read()).spec.channels.length > 1)
  world.say(`put right ${((performance.now() - from) / 1000).toFixed(1)} s after the edit`)
  const after = await read()
  assert.equal(after.spec, before.spec)
  assert.is(after.metadata.generation, before.metadata.generation + 2, 'one edit, one repair')
  await view.flows('pushed')
}

async function degraded(world: World, gitops: Gitops): Promise<void> {
  const { client } = gitops.argo
  await world.view.settled(3)
  const before = await world.view.lives()
  await pushCapture(gitops, { 'feeds/broken.yaml': [feed('broken', { channels: ['trades'] })] })
  const application = await untilApplication(client, CAPTURE, 'degraded', (app) => {
    return healthOf(app, 'Feed', 'broken') === 'Degraded'
  })
  const words = stateOf(application, 'Feed', 'broken')?.health?.message ?? ''
  assert.match(words, /channels\[0\].*expected a channel of synthetic, found "trades"/)
  world.say(words)
  assert.is(healthOf(application, 'Feed', 'pushed'), 'Healthy')
  for (const name of ['steady', 'pushed']) await world.view.flows(name)
  assert.equal(await world.view.lives(), before)
  const revision = await pushCapture(gitops, { 'feeds/broken.yaml': undefined })
  await untilSettled(client, CAPTURE, revision, MS)
  await untilApplication(client, CAPTURE, 'healthy again', isHealthy, MS)
  assert.equal(await world.view.lives(), before)
}

async function pruned(world: World, gitops: Gitops): Promise<void> {
  const { view } = world
  const root = await world.archiveRoot('declared')
  const revision = await pushCapture(gitops, {
    'feeds/pushed.yaml': undefined,
    'archive.yaml': [kept('steady')],
  })
  await untilSettled(gitops.argo.client, CAPTURE, revision, MS)
  await until(MS, 'the Feed and its children gone', async () => {
    const feeds = await view.kubectl('get', 'feeds', '-o', 'name')
    const left = await view.kubectl('get', CHILDREN, '-l', 'ssmd.io/feed=pushed', '-o', 'name')
    return !feeds.includes('pushed') && left.trim() === ''
  })
  const frames = await verifySynthetic(root, 'pushed', [SYNTHETIC.channels, BY_HAND])
  assert.ok(frames > 100, `only ${frames} frames`)
  world.say(`${frames} frames of it are kept, each the one that it must be`)
  await view.flows('steady')
  await untilApplication(gitops.argo.client, CAPTURE, 'healthy', isHealthy, MS)
}

export const argo: Chapter = {
  title: 'Argo CD',
  async run(world) {
    const { step } = world
    await step('what was there before is taken away', () => clear(world))
    const gitops = await startGitops(world)
    try {
      await step('the chart: Synced and Healthy, its pods run', () => installed(world, gitops))
      await step('an environment, an archive and a feed: Healthy, frames flow', async () => {
        await declareCapture(gitops, {
          'environment.yaml': [environment('git', 'nats://ssmd-nats:4222', ['*'])],
          'archive.yaml': [kept('steady')],
          'feeds/steady.yaml': [computed('steady')],
        })
        await world.view.flows('steady')
      })
      await step('git push of a feed is captured', () => captured(world, gitops))
      await step("nothing that the operator made bears Argo CD's marks", () => unmarked(world))
      await step('an edit by hand is put right once', () => healed(world))
      await step('a broken feed is Degraded in our words, and its neighbours run on', () =>
        degraded(world, gitops)
      )
      await step('a feed that leaves git: children gone, data kept', () => pruned(world, gitops))
    } finally {
      await gitops.argo.stop()
    }
  },
}
