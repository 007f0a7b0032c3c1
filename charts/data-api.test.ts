// The data API of the chart: what is rendered for which claims, and what is refused.

import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { parse, parseAllDocuments } from 'yaml'
import { loadResource } from '#crds/resources.ts'
import { secretManifest } from '#data/keys/secret.ts'
import { readLiveEnvironments } from '#data/live/environments.ts'
import { skip } from '#testing/skip.ts'
import {
  at,
  CHART,
  find,
  type Helm,
  missingHelm,
  openHelm,
  type Rendered,
  render,
  valuesFiles,
} from './testing/helm.ts'

const missing = await missingHelm()
const test = suite('the data API of the chart')
const real = (name: string, body: () => Promise<void>) =>
  test(name, missing === undefined ? body : () => skip(missing))

let helm: Helm
let folder: string
const files = await valuesFiles()
const rendered = new Map<string, readonly Rendered[]>()
test.before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ssmd-chart-'))
  if (missing !== undefined) return
  helm = await openHelm()
  for (const name of ['default', 'data-api', 'everything'])
    rendered.set(name, await render(helm, '--values', files.get(name) ?? ''))
})
test.after(async () => {
  await helm?.close()
  await rm(folder, { recursive: true, force: true })
})
const of = (name: string): readonly Rendered[] => rendered.get(name) ?? []
const ours = (objects: readonly Rendered[]): string[] =>
  objects
    .filter(({ metadata }) => metadata.name === 'ssmd-data-api')
    .map(({ kind }) => kind)
    .sort()
const pod = (name: string) =>
  at(find(of(name), 'Deployment', 'ssmd-data-api'), 'spec.template.spec')
const container = (name: string) => at(pod(name), 'containers.0')

real('without claims there is none, and the notes say so', async () => {
  assert.equal(ours(of('default')), [])
  const notes = await helm('install', 'ssmd', CHART, '--dry-run=client')
  assert.match(notes, 'There is no data API, because dataApi.claims is empty.')
  assert.match(notes, "--set 'dataApi.claims[0].claim=archiver-kalshi'")
})

real('with a claim it is a Deployment, a Service and a policy; the rest is asked for', async () => {
  assert.equal(ours(of('data-api')), ['Deployment', 'NetworkPolicy', 'Service'])
  assert.equal(ours(of('everything')), [
    ...['ConfigMap', 'Deployment', 'HTTPRoute', 'Ingress', 'NetworkPolicy', 'Service'],
  ])
  const notes = await helm(
    'install',
    'ssmd',
    CHART,
    '--dry-run=client',
    '--values',
    files.get('data-api') ?? ''
  )
  assert.not.match(notes, 'There is no data API')
  assert.match(notes, 'rollout status deployment/ssmd-data-api')
})

type Mount = { readonly name: string; readonly mountPath: string; readonly readOnly?: boolean }
type Volume = {
  readonly name: string
  readonly persistentVolumeClaim?: { readonly claimName: string }
}

real('each claim is mounted read-only under its own folder, and served by its name', async () => {
  const mounts = at(container('everything'), 'volumeMounts') as Mount[]
  const volumes = at(pod('everything'), 'volumes') as Volume[]
  const claims = volumes.flatMap(({ name, persistentVolumeClaim }) => {
    const mount = mounts.find((one) => one.name === name)
    const claim = persistentVolumeClaim?.claimName
    return claim === undefined ? [] : [[claim, mount?.mountPath, mount?.readOnly]]
  })
  const names = ['archiver-kalshi', 'archiver-kraken', 'disk', 'warehouse.nfs']
  assert.equal(
    claims,
    names.map((name) => [name, `/data/${name}`, true])
  )
  const args = at(container('everything'), 'args') as string[]
  assert.equal(
    args.filter((arg) => arg.startsWith('--path')),
    [
      '--path=/data/archiver-kalshi',
      '--path=kraken=/data/archiver-kraken',
      '--path=old=/data/disk',
      '--path=all=/data/warehouse.nfs',
    ]
  )
  const writable = mounts.filter(({ readOnly }) => readOnly !== true)
  assert.equal(
    writable.map(({ mountPath }) => mountPath),
    ['/cache', '/tmp']
  )
})

real('it must run beside the archiver of each claim that nodes do not share', async () => {
  const terms = (name: string) =>
    at(pod(name), 'affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution') as {
      topologyKey: string
      labelSelector: { matchLabels: Record<string, string> }
    }[]
  assert.equal(
    terms('everything').map(({ labelSelector }) => labelSelector.matchLabels['ssmd.io/archive']),
    ['kalshi', 'kraken', 'attic']
  )
  for (const { topologyKey } of terms('everything'))
    assert.is(topologyKey, 'kubernetes.io/hostname')
  // The labels are those of the archiver that the operator makes.
  const made = await readFile(join(CHART, '../../operator/testdata/laptop/objects.yaml'), 'utf8')
  const archiver = parseAllDocuments(made)
    .map((document) => document.toJS() as Rendered)
    .find(({ kind, metadata }) => kind === 'Deployment' && /^archiver-/.test(metadata.name))
  const labels = at(archiver, 'spec.template.metadata.labels') as Record<string, string>
  const [term] = terms('data-api')
  for (const [name, value] of Object.entries(term!.labelSelector.matchLabels))
    if (name === 'ssmd.io/archive') assert.ok(labels[name])
    else assert.is(labels[name], value)
  const shared = 'dataApi.claims[0].claim=nfs,dataApi.claims[0].shared=true'
  const free = find(await render(helm, '--set', shared), 'Deployment', 'ssmd-data-api')
  assert.is(at(free, 'spec.template.spec.affinity'), undefined)
})

for (const [set, said] of [
  [
    'dataApi.claims[0].claim=disk',
    'dataApi.claims[0]: which Archive writes to the claim disk? Set archive',
  ],
  [
    'dataApi.claims[0].claim=archiver-a,dataApi.claims[1].claim=archiver-a',
    'dataApi.claims[1]: archiver-a is listed twice',
  ],
  [
    'dataApi.claims[0].claim=archiver-a,dataApi.claims[0].name=x,dataApi.claims[1].claim=archiver-b,dataApi.claims[1].name=x',
    'dataApi.claims[1]: x is listed twice',
  ],
] as const)
  real(`${set} is refused with what to do`, async () => {
    const error = await render(helm, '--set', set).then(
      () => assert.unreachable('rendered') as never,
      (thrown: Error) => thrown.message
    )
    assert.ok(error.includes(said), error)
  })

real(
  'it needs keys: the Secret is the one that ssmd api-key prints, and is not optional',
  async () => {
    const volumes = at(pod('data-api'), 'volumes') as { name: string; secret?: object }[]
    const { metadata } = parse(secretManifest([])) as Rendered
    assert.equal(volumes.find(({ name }) => name === 'api-keys')?.secret, {
      secretName: metadata.name,
    })
    const args = at(container('data-api'), 'args') as string[]
    assert.ok(args.includes('--api-keys=/etc/ssmd/api-keys'))
  }
)

real('every flag that its pod is given is one that the program knows', async () => {
  const args = at(container('everything'), 'args') as string[]
  const ssmd = join(CHART, '../../cli/main.ts')
  const { stdout } = await promisify(execFile)(process.execPath, [ssmd, args[0]!, '--help'])
  for (const arg of args.slice(1)) {
    const flag = arg.slice(0, arg.indexOf('='))
    assert.match(stdout, new RegExp(`(^|[ ,])${flag} `, 'm'), arg)
  }
})

real(
  'environments are valid resources, and their credentials where the role reads them',
  async () => {
    const config = find(of('everything'), 'ConfigMap', 'ssmd-data-api')
    const data = config.data as Record<string, string>
    assert.equal(Object.keys(data), ['prod.yaml', 'lab.yaml'])
    for (const [file, text] of Object.entries(data)) {
      await writeFile(join(folder, file), text)
      const { metadata, spec } = await loadResource('Environment', join(folder, file))
      assert.is(`${metadata.name}.yaml`, file)
      assert.equal(spec.simulator?.feeds, metadata.name === 'lab' ? ['made'] : undefined)
    }
    const args = at(container('everything'), 'args') as string[]
    assert.equal(
      args.filter((arg) => /^--(env|keys)/.test(arg)),
      [
        '--env=/etc/ssmd/environments/prod',
        '--env=/etc/ssmd/environments/lab',
        '--keys=/etc/ssmd/keys',
      ]
    )
    const mounts = at(container('everything'), 'volumeMounts') as Mount[]
    assert.ok(mounts.some(({ mountPath }) => mountPath === '/etc/ssmd/keys/nats-reader'))
    // Each folder has the Environment, and the Feeds as the operator gives them to their connectors.
    const made = await readFile(join(CHART, '../../operator/testdata/laptop/objects.yaml'), 'utf8')
    const connector = parseAllDocuments(made)
      .map((document) => document.toJS() as Rendered)
      .find(
        ({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === 'connector-local-kalshi'
      )
    const { 'feed.yaml': feed = '' } = (connector?.data ?? {}) as Record<string, string>
    await mkdir(join(folder, 'prod'))
    await writeFile(join(folder, 'prod/environment.yaml'), data['prod.yaml'] ?? '')
    await writeFile(join(folder, 'prod/kalshi.feed.yaml'), feed)
    const [live] = await readLiveEnvironments({ files: [join(folder, 'prod')] })
    assert.equal(
      live?.feeds.map(({ name, exchange }) => [name, exchange]),
      [
        ['kalshi', 'kalshi'],
        // Its connector does not exist.
        ['kraken-spot', null],
      ]
    )
    const sources = (at(pod('everything'), 'volumes') as Volume[])
      .filter(({ name }) => name.startsWith('environment-'))
      .map((volume) => at(volume, 'projected.sources') as { configMap: { name: string } }[])
    assert.equal(
      sources.map((list) => list.map(({ configMap }) => configMap.name)),
      [
        ['ssmd-data-api', 'connector-prod-kalshi', 'connector-prod-kraken-spot'],
        ['ssmd-data-api', 'connector-lab-made'],
      ]
    )
  }
)

real('another environment or chart version replaces its pod, an equal one does not', async () => {
  const template = async (...sets: string[]) =>
    at(
      find(
        await render(helm, '--values', files.get('everything') ?? '', ...sets),
        'Deployment',
        'ssmd-data-api'
      ),
      'spec.template'
    )
  const before = await template()
  assert.equal(await template('--set', 'operator.replicas=1'), before)
  assert.not.equal(await template('--set', 'dataApi.environments[0].url=nats://other:4222'), before)
})

real('it connects to NATS only for what is live, and only then NATS admits it', async () => {
  const egress = (name: string) =>
    at(find(of(name), 'NetworkPolicy', 'ssmd-data-api'), 'spec.egress')
  assert.is(egress('data-api'), undefined)
  assert.equal(egress('everything'), [
    { ports: [4222, 4223].map((port) => ({ port, protocol: 'TCP' })) },
    { ports: ['UDP', 'TCP'].map((protocol) => ({ port: 53, protocol })) },
  ])
  const admits = (name: string) =>
    JSON.stringify(at(find(of(name), 'NetworkPolicy', 'ssmd-nats'), 'spec.ingress'))
  assert.match(admits('everything'), '"app.kubernetes.io/component":"data-api"')
  assert.not.match(admits('data-api'), 'data-api')
})

test.run()
