// test: limit 400s
// What `ssmd diff --cluster --prune` says of an edit, against what then happens: a git repository, a loop that applies what is pushed to it,
// a real control plane and a real operator. Every start, restart and stop is named, and no other happens.

import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { temporaryFolder } from '#archive/testing/folders.ts'
import { until, waitOut } from '#testing/deadline.ts'
import { skip } from '#testing/skip.ts'
import { DEPLOYMENTS, type KubeObject, SECRETS } from '../operator/kube/objects.ts'
import { missingPlaneTools, startControlPlane } from '../operator/testing/control-plane.ts'
import {
  type Change,
  makeRepository,
  missingGit,
  type Repository,
} from '../operator/testing/git-repository.ts'
import {
  archive,
  environment,
  feed,
  installKinds,
  isSettled,
  KIND_OF,
  type KindsCluster,
  type Operator,
  type Space,
  startKinds,
} from '../operator/testing/kinds.ts'
import type { Effect } from './cluster-diff/effects.ts'
import { runSsmd } from './testing/run.ts'

const MS = 30_000
const QUIET_MS = 600
const missing = (await missingGit()) ?? (await missingPlaneTools())
const test = suite('diff --cluster --prune over a table of edits')
let kinds: KindsCluster
test.before(async () => {
  if (missing) return
  kinds = await startKinds({
    start: (options) =>
      startControlPlane({
        ...options,
        prepare: async (cluster) => {
          const client = cluster.client()
          await installKinds(client, false)
          client.transport.close()
        },
      }),
  })
})
test.after(async () => {
  await kinds?.stop()
})

type Bench = {
  readonly space: Space
  readonly operator: Operator
  readonly repository: Repository
  /** A working copy of the repository. */
  readonly clone: string
  /** Of kubectl apply. */
  readonly apply: readonly string[]
}

type Edit = {
  readonly what: string
  /** Files below exchanges/, made for a namespace. */
  readonly change: (space: Space) => Readonly<Record<string, KubeObject | undefined>>
  /** What is done to the cluster by hand before it. */
  readonly first?: (space: Space) => Promise<unknown>
  /** `<deployment> <effect> <causes>`; else nothing is said. */
  readonly says: readonly string[]
}

const push = async ({ repository, space, clone }: Bench, { what, change }: Edit) => {
  const files = Object.entries(change(space)).map(
    ([path, object]) => [`exchanges/${path}.yaml`, object && [object]] as const
  )
  await repository.push(what, Object.fromEntries(files) as Change)
  git(clone, 'pull', '--quiet', '--ff-only')
}

const git = (cwd: string, ...args: string[]) =>
  execFileSync('git', args, { cwd, env: { PATH: process.env.PATH, GIT_CONFIG_NOSYSTEM: '1' } })

async function said({ clone, space }: Bench): Promise<readonly Effect[]> {
  const to = ['--kubeconfig', kinds.cluster.kubeconfig, '-n', space.name]
  const args = ['diff', '--cluster', '--prune', ...to]
  const ran = await runSsmd([...args, '-p', join(clone, 'exchanges'), '-o', 'json'], { cwd: clone })
  assert.is(ran.code, 0, ran.stderr + ran.stdout)
  return (JSON.parse(ran.stdout) as { effects: Effect[] }).effects
}

const told = (effects: readonly Effect[]) =>
  effects.map(({ deployment, effect, causes }) => [deployment, effect, ...causes].join(' '))

/** What Argo CD and Flux do with a push: apply every file, then remove what has none. */
async function sync({ clone, space, apply }: Bench): Promise<void> {
  const { client } = kinds
  const folder = join(clone, 'exchanges')
  const files = readdirSync(folder, { recursive: true }) as string[]
  const objects = files
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as KubeObject)
  await kinds.cluster.kubectl('apply', '-n', space.name, '-R', '-f', folder, ...apply)
  for (const kind of Object.values(KIND_OF)) {
    const { items } = await client.list(kind, { namespace: space.name })
    for (const { metadata } of items) {
      const isThere = objects.some(
        (one) => one.kind === kind.kind && one.metadata.name === metadata.name
      )
      const { name, uid = '' } = metadata
      if (!isThere) await client.delete(kind, `${space.name}/${name}`, { uid })
    }
  }
}

const templates = async ({ space }: Bench): Promise<Map<string, string>> => {
  const { items } = await kinds.client.list(DEPLOYMENTS, { namespace: space.name })
  return new Map(
    items
      .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
      .map((one) => [
        one.metadata.name,
        JSON.stringify((one.spec as { template: unknown }).template),
      ])
  )
}

/** Which Deployments were made, got another template, or are gone. */
function happened(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>) {
  const names = [...new Set([...before.keys(), ...after.keys()])].sort()
  return names.flatMap((name) => {
    const [was, is] = [before.get(name), after.get(name)]
    if (was === is) return []
    return [`${name} ${was === undefined ? 'starts' : is === undefined ? 'stops' : 'restarts'}`]
  })
}

/** Every resource is seen by the operator, and it has no work left. */
async function settle({ space, operator }: Bench): Promise<void> {
  const passes = async () =>
    (
      await Promise.all(
        (['feed', 'environment', 'archive'] as const).map((name) => operator.passes(name))
      )
    ).join()
  await until(MS, 'the operator is done', async () => {
    const before = await passes()
    await waitOut(QUIET_MS, 'a moment in which no controller works')
    const lists = await Promise.all(
      Object.values(KIND_OF).map((kind) => kinds.client.list(kind, { namespace: space.name }))
    )
    return lists.every(({ items }) => items.every(isSettled)) && (await passes()) === before
  })
}

async function make(edit: Edit, bench: Bench): Promise<void> {
  await edit.first?.(bench.space)
  const before = await templates(bench)
  await push(bench, edit)
  const effects = await said(bench)
  assert.equal(
    told(effects).sort(),
    [...edit.says].sort(),
    `${edit.what}: ${JSON.stringify(effects)}`
  )
  await sync(bench)
  const expected = effects
    .filter(({ effect }) => effect !== 'waits' && effect !== 'blocked')
    .map(({ deployment, effect }) => `${deployment} ${effect}`)
    .sort()
  const seen = async () => happened(before, await templates(bench))
  await until(MS, edit.what, async () => (await seen()).join() === expected.join()).catch(() => {})
  await settle(bench)
  assert.equal(await seen(), expected, edit.what)
}

const isDone = (text: string) => !/ (waits|blocked) /.test(text)

const V1 = { name: 'v1', effectiveFrom: '2025-01-01' }
const KRAKEN = {
  exchange: 'kraken',
  channels: ['trade'],
  versions: [{ ...V1, endpoint: 'wss://ws.example.invalid/v2' }],
}
const KALSHI = {
  exchange: 'kalshi',
  channels: ['trade'],
  versions: [{ ...V1, endpoint: 'wss://ws.example.invalid', authMethod: 'apiKey' }],
}
const synthetic = (rate: number) => `synthetic://generator?rate=${rate}&symbols=5&seed=7`
const [FEED, ENV, KEPT] = ['feeds/', 'environments/prod', 'archives/kept']
const key = (source: object) => ({
  kalshi: { type: 'apiKey', fields: ['apiKey', 'privateKey'], source },
})
const secret = (name: string) => ({ secret: { name } })
const annotated = (object: KubeObject, annotations: Record<string, string>): KubeObject => ({
  ...object,
  metadata: { ...object.metadata, annotations },
})

const ONE_TABLE: readonly Edit[] = [
  {
    what: 'the first commit starts everything that it names',
    change: (s) => ({
      [`${FEED}a`]: feed(s, 'a'),
      [`${FEED}b`]: feed(s, 'b'),
      [ENV]: environment(s, 'prod', ['a', 'b']),
      [KEPT]: archive(s, 'kept', 'prod', ['a', 'b']),
    }),
    says: ['connector-prod-a starts', 'connector-prod-b starts', 'archiver-kept starts'],
  },
  {
    what: 'what only people read, marks of other tools and an announced version restart nothing',
    change: (s) => ({
      [`${FEED}a`]: annotated(
        feed(s, 'a', {
          displayName: 'A',
          captureLocations: [{ site: 'home', type: 'onPrem' }],
          versions: [
            { ...V1, effectiveTo: '2099-12-31', endpoint: synthetic(200) },
            { name: 'v2', effectiveFrom: '2100-01-01', endpoint: synthetic(9) },
          ],
        }),
        { 'argocd.argoproj.io/tracking-id': 'feeds:ssmd.io/Feed:ssmd/a' }
      ),
    }),
    says: [],
  },
  {
    what: 'a channel less restarts that capture',
    change: (s) => ({ [`${FEED}b`]: feed(s, 'b', { channels: ['trade'] }) }),
    says: ['connector-prod-b restarts config'],
  },
  {
    what: 'a version that is in force already restarts it, another order of files does not',
    change: (s) => ({
      [`${FEED}b`]: undefined,
      [`${FEED}more/b`]: feed(s, 'b', {
        channels: ['trade'],
        versions: [
          { ...V1, endpoint: synthetic(200) },
          { name: 'v2', effectiveFrom: '2025-06-01', endpoint: synthetic(100) },
        ],
      }),
    }),
    says: ['connector-prod-b restarts config'],
  },
  {
    what: 'a third feed, captured and archived: it starts, the archiver restarts',
    change: (s) => ({
      [`${FEED}c`]: feed(s, 'c'),
      [ENV]: environment(s, 'prod', ['a', 'b', 'c']),
      [KEPT]: archive(s, 'kept', 'prod', ['a', 'b', 'c']),
    }),
    says: ['connector-prod-c starts', 'archiver-kept restarts config'],
  },
  {
    what: 'resources of connectors restart every capture, and no archiver',
    change: (s) => ({
      [ENV]: environment(s, 'prod', ['a', 'b', 'c'], {
        connector: { resources: { requests: { memory: '256Mi' } } },
      }),
    }),
    says: ['a', 'b', 'c'].map((name) => `connector-prod-${name} restarts resources`),
  },
  {
    what: 'resources of an archiver restart it alone',
    change: (s) => ({
      [KEPT]: archive(s, 'kept', 'prod', ['a', 'b', 'c'], {
        resources: { requests: { memory: '256Mi' } },
      }),
    }),
    says: ['archiver-kept restarts resources'],
  },
  {
    what: 'a larger claim in a class that does not grow: the archiver stays as it is',
    change: (s) => ({
      [KEPT]: archive(s, 'kept', 'prod', ['a', 'b', 'c'], {
        resources: { requests: { memory: '256Mi' } },
        storage: { claim: { size: '2Gi' } },
      }),
    }),
    says: [
      'archiver-kept blocked persistentvolumeclaims "archiver-kept" is forbidden: only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize',
    ],
  },
  {
    what: 'a claim cannot shrink: the archiver stays as it is, whatever else the edit says',
    change: (s) => ({
      [KEPT]: archive(s, 'kept', 'prod', ['a', 'b'], { storage: { claim: { size: '512Mi' } } }),
    }),
    says: [
      'archiver-kept blocked spec.storage.claim.size: expected at least 1Gi, which the claim archiver-kept has, found 512Mi: a volume does not shrink',
    ],
  },
  {
    what: 'the address of NATS is in every pod',
    change: (s) => ({
      [ENV]: environment(s, 'prod', ['a', 'b', 'c'], { transport: { url: 'nats://127.0.0.1:2' } }),
      [KEPT]: archive(s, 'kept', 'prod', ['a', 'b', 'c']),
    }),
    says: [
      ...['a', 'b', 'c'].map((name) => `connector-prod-${name} restarts config, resources`),
      'archiver-kept restarts config, resources',
    ].map((text) => text.replace(', ', ' ')),
  },
  {
    what: 'a feed that is disabled stops, and its archiver keeps what is left of its stream',
    change: (s) => ({ [`${FEED}c`]: feed(s, 'c', { state: 'disabled' }) }),
    says: ['connector-prod-c stops suspended or disabled'],
  },
  {
    what: 'a channel that the exchange lacks: the capture stays as it is',
    change: (s) => ({ [`${FEED}a`]: feed(s, 'a', { channels: ['trades'] }) }),
    says: [
      'connector-prod-a blocked spec.channels[0]: expected a channel of synthetic, found "trades"; did you mean trade?',
    ],
  },
  {
    what: 'a feed that is renamed stops and starts, and its archiver restarts',
    change: (s) => ({
      [`${FEED}a`]: feed(s, 'a'),
      [`${FEED}more/b`]: undefined,
      [`${FEED}d`]: feed(s, 'd', { channels: ['trade'] }),
      [ENV]: environment(s, 'prod', ['a', 'd', 'c'], { transport: { url: 'nats://127.0.0.1:2' } }),
      [KEPT]: archive(s, 'kept', 'prod', ['a', 'd']),
    }),
    says: [
      'connector-prod-b stops no Environment names it',
      'connector-prod-d starts',
      'archiver-kept restarts config',
    ],
  },
  {
    what: 'a suspended Environment stops its captures alone',
    change: (s) => ({
      [ENV]: environment(s, 'prod', ['a', 'd', 'c'], {
        suspend: true,
        transport: { url: 'nats://127.0.0.1:2' },
      }),
    }),
    says: ['a', 'd'].map((name) => `connector-prod-${name} stops suspended or disabled`),
  },
  {
    what: 'an archive over another name: one stops, one starts',
    change: (s) => ({
      [KEPT]: undefined,
      'archives/other': archive(s, 'other', 'prod', ['a', 'd']),
    }),
    says: ['archiver-kept stops its Archive is removed', 'archiver-other starts'],
  },
]

const OTHER_TABLE: readonly Edit[] = [
  {
    what: 'an exchange that is simulated: its simulator starts too',
    change: (s) => ({
      [`${FEED}k`]: feed(s, 'k', KRAKEN),
      [ENV]: environment(s, 'prod', ['k'], { simulator: { feeds: ['k'] } }),
    }),
    says: ['connector-prod-k starts', 'simulator-prod-k starts'],
  },
  {
    what: 'how fast it plays restarts the simulator, and no capture',
    change: (s) => ({
      [ENV]: environment(s, 'prod', ['k'], { simulator: { feeds: ['k'], rate: 50 } }),
    }),
    says: ['simulator-prod-k restarts config'],
  },
  {
    what: 'the real exchange: the simulator stops, the capture restarts',
    change: (s) => ({ [ENV]: environment(s, 'prod', ['k']) }),
    says: ['connector-prod-k restarts config', 'simulator-prod-k stops no longer simulated'],
  },
  {
    what: 'another shard: the first one gives up symbols',
    change: (s) => ({ [ENV]: environment(s, 'prod', ['k'], { connector: { shards: 2 } }) }),
    says: ['connector-prod-k restarts config', 'connector-prod-k-1 starts'],
  },
  {
    what: 'one shard less',
    change: (s) => ({ [ENV]: environment(s, 'prod', ['k'], { connector: { shards: 1 } }) }),
    says: ['connector-prod-k restarts config', 'connector-prod-k-1 stops fewer shards'],
  },
  {
    what: 'Manual: the change waits',
    change: (s) => ({
      [ENV]: environment(s, 'prod', ['k'], {
        connector: { linger: '9ms', rollout: { policy: 'Manual' } },
      }),
    }),
    says: ['connector-prod-k waits config'],
  },
  {
    what: 'and is made once it is asked for in git',
    change: (s) => ({ [`${FEED}k`]: annotated(feed(s, 'k', KRAKEN), { 'ssmd.io/rollout': '1' }) }),
    says: ['connector-prod-k restarts config asked for'],
  },
  {
    what: 'a paused Feed stays as it is',
    change: (s) => ({
      [`${FEED}k`]: annotated(feed(s, 'k', { ...KRAKEN, channels: ['book'] }), {
        'ssmd.io/paused': 'true',
      }),
    }),
    says: ['connector-prod-k blocked it is paused'],
  },
  {
    what: 'a Feed that is not valid stays as it is',
    change: (s) => ({ [`${FEED}k`]: feed(s, 'k', { ...KRAKEN, channels: ['boook'] }) }),
    says: [
      'connector-prod-k blocked spec.channels[0]: expected a channel of kraken, found "boook"; did you mean book?',
    ],
  },
  {
    what: 'a key of a shell is in no cluster',
    change: (s) => ({
      [`${FEED}k`]: feed(s, 'k', KRAKEN),
      [`${FEED}q`]: feed(s, 'q', KALSHI),
      [ENV]: environment(s, 'prod', ['k', 'q'], {
        keys: key({ env: { apiKey: 'K', privateKey: 'P' } }),
      }),
    }),
    says: [
      'connector-prod-k restarts config',
      ' blocked the key kalshi of Environment prod is in variables',
    ],
  },
  {
    what: 'nor is a Secret that nobody made',
    change: (s) => ({ [ENV]: environment(s, 'prod', ['k', 'q'], { keys: key(secret('q')) }) }),
    says: [' blocked there is no Secret q'],
  },
  {
    what: 'with its Secret it starts',
    first: (s) => kinds.client.create(SECRETS, secretOf(s, 'q')),
    change: (s) => ({ [`${FEED}q`]: feed(s, 'q', { ...KALSHI, displayName: 'Q' }) }),
    says: ['connector-prod-q starts'],
  },
  {
    what: 'another Secret restarts the one capture that uses it',
    first: (s) => kinds.client.create(SECRETS, secretOf(s, 'r')),
    change: (s) => ({ [ENV]: environment(s, 'prod', ['k', 'q'], { keys: key(secret('r')) }) }),
    says: ['connector-prod-q restarts config secret kalshi'],
  },
  {
    what: 'an Environment of another name: all its captures stop, and start anew',
    change: (s) => ({
      [ENV]: undefined,
      'environments/next': environment(s, 'next', ['k', 'q'], { keys: key(secret('r')) }),
    }),
    says: [
      ...['k', 'q'].map((name) => `connector-prod-${name} stops no Environment names it`),
      ...['k', 'q'].map((name) => `connector-next-${name} starts`),
    ],
  },
]

const secretOf = ({ name: namespace }: Space, name: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name, namespace },
  data: Object.fromEntries(
    ['apiKey', 'privateKey'].map((field) => [
      field,
      Buffer.from(`${name} ${field}`).toString('base64'),
    ])
  ),
})

const SERVER_SIDE = ['--server-side', '--force-conflicts', '--field-manager', 'flux']
for (const [how, table, apply] of [
  ['as Flux applies', ONE_TABLE, SERVER_SIDE],
  ['as Argo CD applies', OTHER_TABLE, []],
] as const)
  test(`${table.length} edits ${how}: what restarts, starts and stops is what was said`, async () => {
    if (missing) return skip(missing)
    using folder = temporaryFolder()
    const space = await kinds.space()
    const repository = await makeRepository(folder.path)
    await repository.push('empty', { 'README.md': 'feeds' })
    const clone = join(folder.path, 'clone')
    git(folder.path, 'clone', '--quiet', repository.url, clone)
    const operator = await kinds.operate(space, { figuresMs: 3_600_000 })
    const bench = { space, operator, repository, clone, apply }
    for (const edit of table) await make(edit, bench)
    assert.equal(told(await said(bench)).filter(isDone), [], 'nothing is left to do')
    await operator.stop()
  })

test.run()
