// test: limit 600s
// From the version before to this one, on a real node: first the operator alone, which must not touch any capture, then
// each workload when it is asked for. What the version before archived is read, verified and continued.

import { createHash } from 'node:crypto'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { checkArchive } from '#testing/checker.ts'
import { patience, until } from '#testing/deadline.ts'
import { skip } from '#testing/skip.ts'
import { run } from '../../operator/local/nats-server/run.ts'
import { manifest } from '../../operator/testing/control-plane.ts'
import { givenImages } from '../node/images.ts'
import { type NodeCluster, startNode } from '../node/node.ts'
import { missingNode } from '../node/tools.ts'
import { givenVersionBefore, type VersionBefore } from '../node/version-before.ts'
import { verifySynthetic } from '../scenario/archived.ts'
import { ARCHIVER, ClusterView, connectorOf, NATS, OPERATOR } from '../scenario/cluster-view.ts'
import { kalshi, made } from '../scenario/resources.ts'
import { installChart, type Release } from './enclosed.ts'

const CLI = join(import.meta.dirname, '../../cli/main.ts')
const FEEDS = ['kalshi', 'made']
const DECLARED = ['feed/kalshi', 'feed/made', 'environment/lab', 'archive/kept']
/** Connector of each feed, simulator, archiver. */
const PODS = 4
const MANAGED = 'app.kubernetes.io/managed-by=ssmd'
const SIMULATOR = 'app.kubernetes.io/component=simulator'

const v1alpha1 = (kind: string, name: string, spec: object) => ({
  ...{ apiVersion: 'ssmd.io/v1alpha1', kind, metadata: { name } },
  spec,
})
const RESOURCES = [
  kalshi(),
  made(50),
  v1alpha1('Environment', 'lab', {
    feeds: FEEDS,
    transport: { url: 'nats://ssmd-nats:4222', stream: { maxAge: '24h', maxBytes: '256Mi' } },
    simulator: { feeds: ['kalshi'], rate: 1000 },
  }),
  v1alpha1('Archive', 'kept', {
    environmentRef: { name: 'lab' },
    feeds: FEEDS,
    storage: { claim: { size: '1Gi' } },
    // Small: some segments are soon sealed by the version before, and others are left open for the next archiver.
    rotation: { maxBytes: '32Ki' },
  }),
]

const missing = await missingNode()
const given = missing === undefined ? givenVersionBefore() : undefined
const reason = missing ?? (typeof given === 'string' ? given : undefined)
const before = given as VersionBefore
const releaseBefore = (): Release => ({ chart: before.chart, ssmd: before.image.name })
const test = suite('an upgrade from the version before')
const real = (name: string, body: () => Promise<void>) =>
  test(name, reason === undefined ? body : () => skip(reason))

let node: NodeCluster
let view: ClusterView
/** The folder of the archive's volume. */
let root = ''
if (reason === undefined) {
  test.before(async () => {
    const { pause, ssmd, 'nats-server': nats } = givenImages()
    const images = [pause.file, ssmd.file, nats.file, before.image.file]
    node = await startNode({ images })
    view = new ClusterView((...args) => node.kubectl('--namespace', 'ssmd', ...args))
  })
  test.after(() => node?.stop())
}

type Named = { readonly metadata: { readonly name: string; readonly uid: string } }
type Deployment = Named & { metadata: { generation: number }; spec: { template: object } }
type Pod = Named & {
  status: { containerStatuses?: { containerID: string; restartCount: number }[] }
}
const list = async <T>(kinds: string, selector: string): Promise<readonly T[]> =>
  (await view.json<{ items: T[] }>('get', kinds, '-l', selector)).items

/** All that a restart of a capture would change: pods, their containers, templates, configuration. */
async function captures(): Promise<object> {
  const pods = await list<Pod>('pods', MANAGED)
  const deployments = await list<Deployment>('deployments', MANAGED)
  return {
    pods: pods.map(({ metadata, status }) => ({
      name: metadata.name,
      uid: metadata.uid,
      containers: status.containerStatuses?.map(({ containerID, restartCount }) => [
        containerID,
        restartCount,
      ]),
    })),
    deployments: deployments.map(({ metadata, spec }) => ({
      name: metadata.name,
      generation: metadata.generation,
      template: spec.template,
    })),
    replicaSets: (await list<Named>('replicasets', MANAGED)).map(({ metadata }) => metadata.name),
    configuration: (await list<Named & { data: object }>('configmaps', MANAGED)).map(
      ({ metadata, data }) => ({ name: metadata.name, data })
    ),
  }
}

/** Passes of each controller of the running operator. */
async function passes(): Promise<Readonly<Record<string, number>>> {
  const [pod] = await list<{ status: { podIP: string } }>('pods', OPERATOR)
  const metrics = await (await fetch(`http://${pod?.status.podIP}:8080/metrics`)).text()
  const counts: Record<string, number> = {}
  for (const [, controller = '', count] of metrics.matchAll(
    /^controller_runtime_reconcile_total\{controller="(\w+)",.*\} (\d+)$/gm
  ))
    counts[controller] = (counts[controller] ?? 0) + Number(count)
  return counts
}

/** Upgrades the release, until the operator of this image runs alone and each controller made `least` passes. */
async function replaceOperator(release: Release, least: number): Promise<void> {
  await installChart(node, release)
  await view.kubectl('rollout', 'status', 'deployment/ssmd-operator', '--timeout=90s')
  await until(60_000, 'one operator', async () => (await list('pods', OPERATOR)).length === 1)
  assert.is((await view.pod(OPERATOR)).image, release.ssmd ?? givenImages().ssmd.name)
  await until(240_000, `${least} passes of each controller`, async () => {
    const counts: Readonly<Record<string, number>> = await passes().catch(() => ({}))
    // No Signal is declared: its controller has nothing to do.
    return ['feed', 'environment', 'archive'].every((name) => (counts[name] ?? 0) >= least)
  })
}

/** Every resource says that a new image waits for a reason to restart its pods; or none does. */
async function untilPending(isPending: boolean): Promise<void> {
  for (const resource of DECLARED) {
    await until(60_000, `${resource} ${isPending ? 'waits' : 'does not wait'}`, async () => {
      const said = await view.condition(resource, 'RolloutPending')
      return isPending ? /image/.test(said?.message ?? '') : said?.status !== 'True'
    })
  }
}

type Manifest = {
  readonly segments: readonly { name: string; sealed: boolean; sha256: string }[]
  readonly connections: readonly { readonly id: string }[]
  readonly gaps: readonly { readonly cause: string }[]
}
/** By JSON.parse alone, of each day: an archiver replaces the file as a whole. */
const manifestsOf = (feed: string) =>
  globSync(join(root, feed, '*', 'manifest.json'))
    .sort()
    .map((path) => ({ path, ...(JSON.parse(readFileSync(path, 'utf8')) as Manifest) }))
const connectionsOf = (feed: string) => [
  ...new Set(manifestsOf(feed).flatMap(({ connections }) => connections.map(({ id }) => id))),
]
/** Gaps by cause. */
const gapsOf = (feed: string) => {
  const counts: Record<string, number> = {}
  for (const { gaps } of manifestsOf(feed))
    for (const { cause } of gaps) counts[cause] = (counts[cause] ?? 0) + 1
  return counts
}

/** Of each segment that is sealed: the checksum in the manifest and the one of its bytes, by its path. */
function sealed(): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const { path, segments } of FEEDS.flatMap(manifestsOf)) {
    for (const { name, sha256 } of segments.filter((segment) => segment.sealed)) {
      const file = join(path, '..', name)
      const sum = createHash('sha256').update(readFileSync(file)).digest('hex')
      found.set(file.slice(root.length + 1), `${sha256} ${sum}`)
    }
  }
  return found
}
const sealedOf = (feed: string) => [...sealed().keys()].filter((path) => path.startsWith(feed))

/** This version's readers, over the folder of the volume. */
async function ssmd(...args: readonly string[]): Promise<string> {
  const all = [CLI, 'data', ...args, '--path', root]
  const { code, output } = await run(process.execPath, all, { limitMs: patience(60_000) })
  assert.is(code, 0, output)
  return output
}

/** Asks for the new image; done when it runs. */
async function rollOut(resource: string, selector: string): Promise<void> {
  const old = await view.pod(selector)
  await view.kubectl('annotate', resource, 'ssmd.io/rollout=to-this-version')
  await until(90_000, `a new pod of ${resource}`, async () => {
    const [pod, another] = await view.pods(selector)
    return another === undefined && pod?.ready === true && pod.uid !== old.uid
  })
  const pod = await view.pod(selector)
  assert.is(pod.image, givenImages().ssmd.name)
  assert.ok(pod.annotations['ssmd.io/rollout-hash'], 'the pod says why')
}

/** Until each feed has further sealed segments. */
const sealsMore = async (): Promise<void> => {
  for (const feed of FEEDS) {
    const known = sealedOf(feed).length
    await until(60_000, `further segments of ${feed}`, () => sealedOf(feed).length > known + 3)
  }
}

let kept: ReadonlyMap<string, string>
/** Segments that the version before sealed are unchanged. */
const assertKept = () => {
  const now = sealed()
  for (const [path, sums] of kept) assert.is(now.get(path), sums, path)
}

real('the version before captures and archives', async () => {
  await installChart(node, releaseBefore())
  await node.kubectl('apply', '-n', 'ssmd', '-f', manifest(node, 'declared', ...RESOURCES))
  for (const feed of FEEDS) await view.flows(feed, 90)
  await view.ready('archive/kept')
  await view.settled(PODS)
  for (const { image } of await view.pods(MANAGED)) assert.is(image, before.image.name)
  const claim = await view.json<{ spec: { volumeName: string } }>('get', 'pvc', 'archiver-kept')
  root = node.volumes[claim.spec.volumeName] ?? ''
  await sealsMore()
})

real('another version of the operator, there and back, restarts no capture', async () => {
  const nats = await view.pod(NATS)
  const running = await captures()
  assert.is((await view.pod(OPERATOR)).image, before.image.name)
  await replaceOperator({}, 2)
  assert.equal(await captures(), running)
  await untilPending(true)

  await replaceOperator(releaseBefore(), 1)
  assert.equal(await captures(), running)
  await untilPending(false)

  await replaceOperator({}, 2)
  assert.equal(await captures(), running)
  await untilPending(true)
  for (const feed of FEEDS) await view.flows(feed)
  assert.equal(await captures(), running)
  assert.is((await view.pod(NATS)).uid, nats.uid)
  for (const feed of FEEDS) assert.equal(gapsOf(feed), {}, feed)
})

real('this version reads and verifies what the version before writes', async () => {
  kept = sealed()
  for (const feed of FEEDS) {
    assert.match(await ssmd('list', feed), feed)
    const sample = await ssmd('sample', feed, 'latest', '--limit', '5')
    assert.is(sample.match(/^\{"recv":/gm)?.length, 5, sample)
  }
  await ssmd('verify')
})

real('the archiver of this version continues the archive: no gap, no segment touched', async () => {
  await rollOut('archive/kept', ARCHIVER)
  await sealsMore()
  assertKept()
  await ssmd('verify')
  for (const feed of FEEDS) {
    assert.equal(gapsOf(feed), {}, feed)
    assert.is(connectionsOf(feed).length, 1, `${feed}: still its first connection`)
  }
})

real('a connector that is asked to restart leaves the one gap that names it', async () => {
  for (const feed of FEEDS) await rollOut(`feed/${feed}`, connectorOf(feed))
  for (const feed of FEEDS) await view.flows(feed)
  await sealsMore()
  for (const feed of FEEDS) assert.equal(gapsOf(feed), { 'connector-stopped': 1 }, feed)
  await rollOut('environment/lab', SIMULATOR)
  await view.flows('kalshi')
  await untilPending(false)
})

real('the archive of both versions is whole', async () => {
  await sealsMore()
  // The checker shares no code with the archiver and does not retry: it needs an archive that does not change.
  const suspend = ['--type=merge', '-p', '{"spec":{"suspend":true}}']
  await view.kubectl('patch', 'environment', 'lab', ...suspend)
  for (const feed of FEEDS) {
    await until(60_000, `no connector of ${feed}`, async () => {
      return (await list('pods', connectorOf(feed))).length === 0
    })
    await until(60_000, `the end of ${feed} in the archive`, () => {
      return gapsOf(feed)['connector-stopped'] === 2
    })
  }
  assertKept()
  const archiver = ['exec', 'deployment/archiver-kept', '--', 'ssmd', 'data', 'verify']
  await view.kubectl(...archiver, '--path', '/data')
  assert.ok((await verifySynthetic(root, 'made')) > 500)
  assert.equal(checkArchive(root, 'kalshi').problems, [])
  assert.equal(gapsOf('made'), { 'connector-stopped': 2 })
  assert.equal(gapsOf('kalshi'), { 'connector-stopped': 2, disconnected: 1 })
})

test.run()
