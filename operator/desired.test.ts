import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { stringify } from 'yaml'
import { allOf } from '#crds/located.ts'
import { parseResources } from '#crds/resources.ts'
import { type Declared, declaredOf, desiredObjects } from './desired.ts'
import { connectorName, simulatorService } from './render/names.ts'
import type { Deployment, KubeObject } from './render/objects.ts'
import type { Platform } from './render/platform.ts'
import { rolloutCauses } from './render/rollout.ts'

const TESTDATA = join(import.meta.dirname, 'testdata')

const cluster: Platform = {
  image: 'ssmd:0.1.0',
  namespace: 'ssmd',
  date: '2026-11-24',
  simulatorUrl: (environment, feed) => `ws://${simulatorService(environment, feed)}.ssmd.svc:8980`,
  hostPath: (path) => (path.startsWith('/') ? path : `/var/lib/ssmd/${path}`),
  secretHash: (secret) => `hash-of-${secret}`,
  variables: undefined,
}

function declared(text: string): Declared {
  const found = parseResources(text, 'test.yaml')
  assert.equal(found.problems, [])
  return declaredOf(found)
}

const render = (text: string, platform: Platform = cluster): readonly KubeObject[] =>
  desiredObjects(declared(text), platform).objects

const templateOf = (objects: readonly KubeObject[], name: string) => {
  const found = objects.find(
    (object): object is Deployment => object.kind === 'Deployment' && object.metadata.name === name
  )
  if (!found) throw new Error(`no Deployment ${name}`)
  return found.spec.template
}

const laptop = readFileSync(join(TESTDATA, 'laptop', 'resources.yaml'), 'utf8')
const real = readFileSync(join(TESTDATA, 'real', 'resources.yaml'), 'utf8')
const CONNECTOR = 'connector-local-kalshi'

/** The causes for which `name` is replaced when `edit` is made to the laptop's resources. */
const causesOf = (name: string, edit: (text: string) => string): string[] => {
  const edited = edit(laptop)
  assert.is.not(edited, laptop, `${edit} changes the text`)
  return rolloutCauses(templateOf(render(laptop), name), templateOf(render(edited), name))
}

const test = suite('desired')

for (const name of readdirSync(TESTDATA)) {
  test(`renders ${name} as its golden file (SSMD_GOLDEN=write writes it)`, () => {
    const text = readFileSync(join(TESTDATA, name, 'resources.yaml'), 'utf8')
    const objects = render(text)
    const golden = join(TESTDATA, name, 'objects.yaml')
    const rendered = objects
      .map((object) => stringify(object, { aliasDuplicateObjects: false, lineWidth: 0 }))
      .join('---\n')
    if (process.env.SSMD_GOLDEN === 'write') writeFileSync(golden, rendered)
    assert.ok(existsSync(golden), `${golden} is there`)
    assert.is(rendered, readFileSync(golden, 'utf8'))
  })

  test(`the pods of ${name} fit the restricted Pod Security standard and write only to volumes`, () => {
    const text = readFileSync(join(TESTDATA, name, 'resources.yaml'), 'utf8')
    for (const object of render(text)) {
      if (object.kind !== 'Deployment') continue
      const { spec } = object.spec.template
      assert.is(spec.securityContext.runAsNonRoot, true)
      assert.ok(spec.securityContext.runAsUser > 0)
      assert.is(spec.securityContext.seccompProfile.type, 'RuntimeDefault')
      assert.is(spec.automountServiceAccountToken, false)
      for (const container of spec.containers) {
        assert.is(container.securityContext.allowPrivilegeEscalation, false)
        assert.is(container.securityContext.readOnlyRootFilesystem, true)
        assert.equal(container.securityContext.capabilities.drop, ['ALL'])
        assert.is(container.livenessProbe.httpGet.path, '/livez')
        assert.is(container.readinessProbe.httpGet.path, '/readyz')
        const volumes = spec.volumes.map((volume) => volume.name)
        for (const mount of container.volumeMounts) assert.ok(volumes.includes(mount.name))
      }
    }
  })
}

test('a resource file that a role is given is one that a role can read by hand', () => {
  for (const object of [...render(laptop), ...render(real)]) {
    if (object.kind !== 'ConfigMap') continue
    for (const [file, text] of Object.entries(object.data)) {
      const found = parseResources(text, file)
      const { problems } = found
      assert.equal(problems, [], `${object.metadata.name} ${file}`)
      assert.is(allOf(found).length, 1)
    }
  }
})

test('does not copy argocd labels to owned objects (argo-cd#8683)', () => {
  for (const object of render(laptop)) {
    assert.not.ok('app.kubernetes.io/instance' in object.metadata.labels, object.metadata.name)
    if (object.kind === 'Deployment')
      assert.not.ok('app.kubernetes.io/instance' in object.spec.template.metadata.labels)
  }
})

test('nothing that a connector does not read restarts it', () => {
  const edits: Record<string, (text: string) => string> = {
    'a display name': (text) => text.replace('displayName: Kalshi', 'displayName: Kalshi Inc'),
    'a comment and an order of keys': (text) =>
      text
        .replace(
          'metadata: { name: local }\nspec:\n  feeds: [kalshi]\n',
          '# hello\nmetadata: { name: local }\nspec:\n'
        )
        .replace(
          '  simulator: { feeds: [kalshi], rate: 50 }',
          '  simulator: {rate: 50, feeds: [kalshi]}\n  feeds: [kalshi]'
        ),
    'a label': (text) => text.replace('argocd-app', 'another-app'),
    'another feed': (text) =>
      `${text.replace('feeds: [kalshi]\n  transport', 'feeds: [kalshi, two]\n  transport')}---\nkind: Feed\nmetadata: {name: two}\nspec:\n  exchange: synthetic\n  versions: [{name: v1, effectiveFrom: "2025-01-01", endpoint: "synthetic://generator"}]\n  channels: [trade]\n`,
    'a version of the future': (text) => text.replace('2099-01-01', '2098-01-01'),
    'that it is deprecated': (text) => text.replace('displayName: Kalshi', 'state: deprecated'),
    'the end of the version in force': (text) =>
      text.replace('authMethod: apiKey,', 'authMethod: apiKey, effectiveTo: "2098-12-31",'),
    'a version of the past': (text) => text.replace('old.example.com', 'older.example.com'),
    'what the simulator plays': (text) => text.replace('rate: 50', 'rate: 60'),
    'the archive': (text) => text.replace('storage: { path: data }', 'storage: {path: data/x}'),
  }
  for (const [what, edit] of Object.entries(edits))
    assert.equal(causesOf(CONNECTOR, edit), [], what)
})

test('what a connector reads restarts it, and the cause is named', () => {
  assert.equal(
    causesOf(CONNECTOR, (text) => text.replace('trade, ticker', 'trade')),
    ['config']
  )
  assert.equal(
    causesOf(CONNECTOR, (text) => text.replace('external-api-ws.kalshi.com', 'other.kalshi.com')),
    ['config']
  )
  assert.equal(
    causesOf(CONNECTOR, (text) => text.replace('127.0.0.1:4222', '127.0.0.1:4333')),
    ['config']
  )
  const before = templateOf(render(real), 'connector-prod-kalshi')
  const rotated = {
    ...cluster,
    secretHash: (secret: string) => (secret === 'kalshi-key' ? 'new' : `hash-of-${secret}`),
  }
  assert.equal(rolloutCauses(before, templateOf(render(real, rotated), 'connector-prod-kalshi')), [
    'secret kalshi',
  ])
  assert.equal(
    rolloutCauses(
      before,
      templateOf(render(real.replace('cpu: 250m', 'cpu: 500m')), 'connector-prod-kalshi')
    ),
    ['resources']
  )
  assert.equal(
    rolloutCauses(
      before,
      templateOf(render(real, { ...cluster, image: 'ssmd:0.2.0' }), 'connector-prod-kalshi')
    ),
    ['image']
  )
})

test('the resources of an archive are those of its archiver, and restart that alone', () => {
  const given = (text: string) =>
    text.replace(
      'storage: { path: data }',
      'storage: { path: data }\n  resources: {limits: {memory: 1Gi}}'
    )
  const [before, after] = [render(laptop), render(given(laptop))]
  const rolled = before
    .filter(({ kind }) => kind === 'Deployment')
    .map(({ metadata: { name } }) => [
      name,
      rolloutCauses(templateOf(before, name), templateOf(after, name)),
    ])
    .filter(([, causes]) => causes?.length !== 0)
  assert.equal(rolled, [['archiver-kalshi-local', ['resources']]])
  const { resources } = templateOf(after, 'archiver-kalshi-local').spec.containers[0]
  assert.equal(resources, { limits: { memory: '1Gi' } }, 'in place of all defaults')
  const others = (objects: readonly KubeObject[]) =>
    objects.filter(({ kind }) => kind !== 'Deployment')
  assert.equal(others(after), others(before), 'the archiver itself does not read them')
})

test('a new simulator market restarts the simulator alone, an archive edit the archiver alone', () => {
  const faster = (text: string) => text.replace('rate: 50', 'rate: 60')
  assert.equal(causesOf('simulator-local-kalshi', faster), ['config'])
  assert.equal(causesOf('archiver-kalshi-local', faster), [])
  const kept = (text: string) =>
    text.replace('storage: { path: data }', 'storage: { path: data }\n  commitInterval: 2s')
  assert.equal(causesOf('archiver-kalshi-local', kept), ['config'])
  const retained = (text: string) =>
    text.replace('storage: { path: data }', 'storage: { path: data }\n  retention: {days: 9}')
  assert.equal(causesOf('archiver-kalshi-local', retained), ['config'])
  const deleted = (text: string) =>
    text.replace('storage: { path: data }', 'storage: { path: data }\n  deletionPolicy: Delete')
  assert.equal(causesOf('archiver-kalshi-local', deleted), [])
  const moved = (text: string) => text.replace('storage: { path: data }', 'storage: {path: data/x}')
  assert.equal(causesOf('archiver-kalshi-local', moved), ['config'])
})

test('a fault or a recording for another exchange does not restart a simulator', () => {
  const played = (path: string) => (text: string) =>
    text.replace('rate: 50', `rate: 50, replay: ["${path}"]`)
  assert.equal(causesOf('simulator-local-kalshi', played('binance=b.jsonl')), [])
  assert.equal(causesOf('simulator-local-kalshi', played('kalshi=b.jsonl')), ['config'])
  const faulty = (exchange: string) => (text: string) =>
    text.replace('rate: 50', `rate: 50, faults: [{kind: cut, exchange: ${exchange}}]`)
  assert.equal(causesOf('simulator-local-kalshi', faulty('binance')), [])
  assert.equal(causesOf('simulator-local-kalshi', faulty('kalshi')), ['config'])
})

test('the version in force changes with the day, and with it the connector', () => {
  const later = { ...cluster, date: '2099-01-01' }
  assert.equal(
    rolloutCauses(
      templateOf(render(laptop), CONNECTOR),
      templateOf(render(laptop, later), CONNECTOR)
    ),
    ['config']
  )
  assert.equal(
    render(laptop, { ...cluster, date: '2020-01-01' }).map(({ metadata }) => metadata.name),
    ['archiver-kalshi-local', 'archiver-kalshi-local'],
    'before the first version there is nothing to capture'
  )
})

test('a simulated feed never sees the key of the real exchange', () => {
  const text = laptop.replace(
    '  simulator:',
    '  keys: {kalshi: {type: apiKey, fields: [apiKey, privateKey], source: {env: {apiKey: A, privateKey: B}}}}\n  simulator:'
  )
  const objects = render(text, { ...cluster, variables: 'variables' })
  assert.is(templateOf(objects, CONNECTOR).spec.containers[0].env, undefined)
  assert.not.match(JSON.stringify(objects), /apiKey: A|"A"/)
})

test('a simulator that runs already is used and none is made', () => {
  const text = laptop.replace('rate: 50', 'url: "ws://sim.example.com:9000"')
  const objects = render(text)
  assert.not.ok(objects.some(({ metadata }) => metadata.name.startsWith('simulator-')))
  const config = objects.find(
    ({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === CONNECTOR
  )
  assert.match(JSON.stringify(config), /ws:\/\/sim\.example\.com:9000/)
})

/** The laptop's resources with so many shards. */
const sharded = (shards: number): string => {
  const text = laptop.replace(
    /^kind: Environment\n(.*\n)*?spec:\n/m,
    `$&  connector: {shards: ${shards}}\n`
  )
  assert.is.not(text, laptop)
  return text
}
const connectorsIn = (objects: readonly KubeObject[]) =>
  objects.filter(
    ({ kind, metadata }) => kind === 'Deployment' && metadata.name.startsWith(CONNECTOR)
  )

test('a feed with shards has a connector for each: the first is named as before, each knows its number', () => {
  const objects = render(sharded(3))
  assert.equal(
    connectorsIn(objects).map(({ metadata }) => metadata.name),
    [CONNECTOR, `${CONNECTOR}-1`, `${CONNECTOR}-2`]
  )
  const argsOf = (name: string) => templateOf(objects, name).spec.containers[0].args.join(' ')
  assert.not.match(argsOf(CONNECTOR), '--shard')
  assert.match(argsOf(`${CONNECTOR}-2`), ' --shard 2 ')
  assert.is(templateOf(objects, CONNECTOR).metadata.labels['ssmd.io/shard'], undefined)
  assert.is(templateOf(objects, `${CONNECTOR}-2`).metadata.labels['ssmd.io/shard'], '2')
  for (const name of [CONNECTOR, `${CONNECTOR}-1`]) {
    const map = objects.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === name)
    assert.match((map as { data: Record<string, string> }).data['environment.yaml']!, 'shards: 3')
  }
})

test('one shard, given or not, changes nothing at all', () => {
  assert.equal(connectorsIn(render(sharded(1))), connectorsIn(render(laptop)))
})

test('another number of shards replaces the pods of all shards, and the cause is the configuration', () => {
  const [two, three] = [render(sharded(2)), render(sharded(3))]
  assert.equal(rolloutCauses(templateOf(render(laptop), CONNECTOR), templateOf(two, CONNECTOR)), [
    'config',
  ])
  for (const name of [CONNECTOR, `${CONNECTOR}-1`]) {
    assert.equal(rolloutCauses(templateOf(two, name), templateOf(three, name)), ['config'])
  }
})

test('a synthetic feed has one connector whatever the shards', () => {
  const text = readFileSync(join(TESTDATA, 'synthetic', 'resources.yaml'), 'utf8')
  const edited = text.replace(
    /^kind: Environment\n(.*\n)*?spec:\n/m,
    '$&  connector: {shards: 3}\n'
  )
  assert.is.not(edited, text)
  const its = (objects: readonly KubeObject[]) =>
    objects.filter(({ metadata }) => metadata.labels?.['ssmd.io/feed'] === 'made-up')
  assert.ok(its(render(text)).length > 0)
  assert.equal(its(render(edited)), its(render(text)))
})

test('two resources that ask for the same name are reported, and the first keeps it', () => {
  const feed = (name: string) =>
    `kind: Feed\nmetadata: {name: ${name}}\nspec:\n  exchange: synthetic\n  versions: [{name: v1, effectiveFrom: "2025-01-01", endpoint: "synthetic://generator"}]\n  channels: [trade]\n`
  const environment = (name: string, of: string) =>
    `kind: Environment\nmetadata: {name: ${name}}\nspec: {feeds: [${of}], transport: {url: "nats://127.0.0.1:4222"}}\n`
  const text = `apiVersion: ssmd.io/v1alpha1\n${[feed('c'), feed('b-c'), environment('a-b', 'c'), environment('a', 'b-c')].join('---\n')}`
  const { objects, collisions } = desiredObjects(declared(text), cluster)
  assert.is(objects.filter(({ kind }) => kind === 'Deployment').length, 1)
  assert.equal(collisions, [
    {
      name: connectorName('a', 'b-c'),
      owner: 'Feed c in Environment a-b',
      by: 'Feed b-c in Environment a',
    },
  ])
})

test.run()
