// The chart without a cluster: what helm renders of it, and that its copies are what they are copied from.

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { parse, parseAllDocuments } from 'yaml'
import { skip } from '#testing/skip.ts'
import { NATS_SERVER } from '../operator/local/nats-server/spec.ts'
import {
  at,
  CHART,
  find,
  type Helm,
  missingHelm,
  NAMESPACE,
  openHelm,
  podTemplates,
  type Rendered,
  render,
  valuesFiles,
} from './testing/helm.ts'

const ROOT = new URL('..', import.meta.url).pathname
const missing = await missingHelm()
const test = suite('what the chart renders')
const real = (name: string, body: () => Promise<void>) =>
  test(name, missing === undefined ? body : () => skip(missing))

let helm: Helm
const files = await valuesFiles()
const rendered = new Map<string, readonly Rendered[]>()
const of = (name: string): readonly Rendered[] => {
  const objects = rendered.get(name)
  if (objects === undefined) throw new Error(`there are no values ${name}`)
  return objects
}

test.before(async () => {
  if (missing !== undefined) return
  helm = await openHelm()
  for (const [name, file] of files) rendered.set(name, await render(helm, '--values', file))
})
test.after(async () => {
  await helm?.close()
})

const documents = async (path: string): Promise<Rendered[]> =>
  parseAllDocuments(await readFile(join(ROOT, path), 'utf8')).map((d) => d.toJS() as Rendered)

/** Without what the chart adds to every object. */
function bare(object: Rendered): Rendered {
  const { labels: _labels, annotations: _annotations, ...metadata } = object.metadata
  return { ...object, metadata }
}

real('helm lint finds nothing to say, with any of the values', async () => {
  for (const file of files.values())
    assert.match(await helm('lint', '--strict', CHART, '--values', file), '0 chart(s) failed')
})

test('chart and image have the version of package.json; the NATS image that of the pinned server', async () => {
  const read = async (path: string) => parse(await readFile(join(ROOT, path), 'utf8'))
  const { version } = await read('package.json')
  const chart = await read('charts/ssmd/Chart.yaml')
  assert.equal([chart.version, chart.appVersion], [version, version])
  assert.is((await read('charts/ssmd/values.yaml')).nats.image.tag, NATS_SERVER.version)
})

real(
  'the kinds are those of crds/, word for word; kept when the release goes, unless told',
  async () => {
    for (const [values, kept] of [
      ['default', 'keep'],
      ['everything', undefined],
    ] as const)
      for (const kind of ['feed', 'environment', 'archive']) {
        const [source] = await documents(`crds/${kind}.yaml`)
        const copy = find(of(values), 'CustomResourceDefinition', source?.metadata.name ?? '')
        assert.equal(bare(copy), source)
        assert.is(copy.metadata.annotations?.['helm.sh/resource-policy'], kept, values)
      }
    assert.not.ok(of('external-nats').some(({ kind }) => kind === 'CustomResourceDefinition'))
  }
)

real('the operator may do exactly what crds/roles says', async () => {
  const isRole = ({ kind }: Rendered) => /^(ServiceAccount|(Cluster)?Role(Binding)?)$/.test(kind)
  const byName = (a: Rendered, b: Rendered) =>
    `${a.kind}/${a.metadata.name}`.localeCompare(`${b.kind}/${b.metadata.name}`)
  for (const [values, file] of [
    ['default', 'namespaced'],
    ['two-replicas', 'namespaced'],
    ['all-namespaces', 'cluster-wide'],
    ['everything', 'cluster-wide'],
  ] as const) {
    const source = await documents(`crds/roles/${file}.yaml`)
    assert.equal(of(values).filter(isRole).map(bare).sort(byName), source.sort(byName), values)
  }
})

real('another namespace stands wherever the namespace does', async () => {
  const file = files.get('everything') ?? ''
  const text = await helm('template', 'x', CHART, '--namespace', 'markets', '--values', file)
  const names = [...text.matchAll(/\bnamespace: (\S+)/g)].map(([, name]) => name)
  assert.ok(names.length > 10)
  assert.equal([...new Set(names)], ['markets'])
})

real('no label of ours says that the operator made it', async () => {
  // The operator takes for its own what is managed by ssmd.
  for (const objects of rendered.values())
    for (const { kind, metadata } of [...objects, ...podTemplates(objects)])
      assert.is.not(metadata.labels?.['app.kubernetes.io/managed-by'], 'ssmd', kind)
})

const container = (objects: readonly Rendered[], kind: string, name: string) =>
  at(find(objects, kind, name), 'spec.template.spec.containers.0')

real('the operator is told the image that its pods run, and room that fits its limit', async () => {
  const told = (values: string) => {
    const operator = container(of(values), 'Deployment', 'ssmd-operator')
    return {
      image: at(operator, 'image'),
      args: at(operator, 'args'),
      node: (at(operator, 'env') as { name: string; value: string }[]).find(
        ({ name }) => name === 'NODE_OPTIONS'
      )?.value,
    }
  }
  const { version } = parse(await readFile(join(ROOT, 'package.json'), 'utf8'))
  assert.equal(told('default'), {
    image: `ssmd.local/ssmd:${version}`,
    args: ['operator', '--health-addr=0.0.0.0:8080', `--image=ssmd.local/ssmd:${version}`],
    node: '--max-semi-space-size=4 --max-old-space-size=256',
  })
  const image = `registry.example:5000/team/ssmd:1.2.3-rc.1@sha256:${'0123456789abcdef'.repeat(4)}`
  assert.equal(told('everything'), {
    image,
    args: [
      ...['operator', '--all-namespaces', '--health-addr=0.0.0.0:8080', `--image=${image}`],
      ...['--image-pull-secret=team-registry', '--image-pull-secret=mirror.example'],
    ],
    node: '--max-semi-space-size=4 --max-old-space-size=1024',
  })
})

real('a second operator brings a budget and looks for another node; one has neither', async () => {
  for (const [values, objects] of rendered) {
    const operator = find(objects, 'Deployment', 'ssmd-operator')
    const isTwo = at(operator, 'spec.replicas') === 2
    assert.is(
      objects.some(({ kind }) => kind === 'PodDisruptionBudget'),
      isTwo,
      values
    )
    assert.is(at(operator, 'spec.template.spec.topologySpreadConstraints') !== undefined, isTwo)
  }
})

real(
  'a new chart or image of ssmd leaves the pod of NATS alone; its own configuration does not',
  async () => {
    const template = async (...args: string[]) =>
      at(find(await render(helm, ...args), 'StatefulSet', 'ssmd-nats'), 'spec.template')
    const before = await template()
    assert.equal(await template('--set', 'image.tag=9.9.9,operator.replicas=2'), before)
    const text = await helm('template', 'ssmd', CHART, '--namespace', NAMESPACE)
    assert.not.match(
      JSON.stringify(before),
      parse(text.split('---')[1] ?? '').metadata.labels['helm.sh/chart']
    )
    assert.not.equal(await template('--set', 'nats.storage.size=21Gi'), before)
  }
)

real('each pod of the chart names the Secrets of its image, and of no other', async () => {
  const named = async (...args: string[]) => {
    const objects = await render(helm, ...args)
    return podTemplates(objects).map((pod) => at(pod, 'spec.imagePullSecrets'))
  }
  const [a, b] = [{ name: 'a' }, { name: 'b' }]
  // Deployments are rendered before StatefulSets.
  assert.equal(await named(), [undefined, undefined])
  assert.equal(await named('--set', 'image.pullSecrets={a,b}'), [[a, b], undefined])
  assert.equal(await named('--set', 'nats.image.pullSecrets={b}'), [undefined, [b]])
})

real('the NATS image may have its server anywhere: no command is given', async () => {
  const nats = container(of('default'), 'StatefulSet', 'ssmd-nats')
  assert.is(at(nats, 'command'), undefined)
  assert.equal(at(nats, 'args'), ['--config', '/etc/nats/nats.conf'])
})

real('the volume of NATS is for one node, or where it is asked for for one pod', async () => {
  const [modes, template] = ['spec.volumeClaimTemplates.0.spec.accessModes', 'spec.template']
  const nats = async (...args: string[]) =>
    find(await render(helm, ...args), 'StatefulSet', 'ssmd-nats')
  const before = await nats()
  assert.equal(at(before, modes), ['ReadWriteOnce'])
  const after = await nats('--set', 'nats.storage.accessMode=ReadWriteOncePod')
  assert.equal(at(after, modes), ['ReadWriteOncePod'])
  assert.equal(at(after, template), at(before, template), 'its pod stays the same')
})

/** Who may connect where, as one line a rule. */
function rulesOf(objects: readonly Rendered[], name: string): readonly string[] {
  const policy = find(objects, 'NetworkPolicy', name)
  const lines: string[] = []
  for (const [way, peers] of [
    ['ingress', 'from'],
    ['egress', 'to'],
  ] as const)
    for (const rule of (at(policy, `spec.${way}`) ?? []) as Record<string, unknown>[]) {
      const ports = (rule.ports as { port: number; protocol: string }[])
        .map(({ port, protocol }) => `${port}/${protocol}`)
        .join(' ')
      const whom = (rule[peers] as unknown[] | undefined)?.map((peer) => JSON.stringify(peer))
      for (const who of whom ?? ['anybody']) lines.push(`${way} ${ports} ${who}`)
    }
  return lines
}
const label = (name: string) => `app.kubernetes.io/${name}`
const OURS = { [label('name')]: 'ssmd', [label('managed-by')]: 'ssmd' }
const OPERATOR = {
  [label('name')]: 'ssmd',
  [label('instance')]: 'ssmd',
  [label('component')]: 'operator',
}

real('the operator reaches API server, NATS and DNS; NATS is reached by what is ours', async () => {
  for (const name of ['ssmd-operator', 'ssmd-nats'])
    assert.equal(at(find(of('default'), 'NetworkPolicy', name), 'spec.policyTypes'), [
      'Ingress',
      'Egress',
    ])
  assert.equal(rulesOf(of('default'), 'ssmd-operator'), [
    'ingress 8080/TCP anybody',
    'egress 443/TCP 6443/TCP anybody',
    'egress 4222/TCP anybody',
    'egress 53/UDP 53/TCP anybody',
  ])
  const pods = (matchLabels: object) => ({ podSelector: { matchLabels } })
  assert.equal(
    rulesOf(of('default'), 'ssmd-nats'),
    [pods(OURS), pods(OPERATOR)].map((peer) => `ingress 4222/TCP ${JSON.stringify(peer)}`)
  )
  assert.match(
    rulesOf(of('all-namespaces'), 'ssmd-nats')[0] ?? '',
    JSON.stringify({ ...pods(OURS), namespaceSelector: {} })
  )
  assert.is(rulesOf(of('everything'), 'ssmd-nats').length, 5)
  assert.not.ok(of('two-replicas').some(({ kind }) => kind === 'NetworkPolicy'))
})

real("the pods that the operator makes carry the labels that NATS' policy lets in", async () => {
  const made = await readFile(join(ROOT, 'operator/testdata/synthetic/objects.yaml'), 'utf8')
  const deployments = parseAllDocuments(made)
    .map((document) => document.toJS() as Rendered)
    .filter(({ kind }) => kind === 'Deployment')
  assert.ok(deployments.length > 0)
  for (const { metadata } of podTemplates(deployments))
    for (const [name, value] of Object.entries(OURS)) assert.is(metadata.labels?.[name], value)
})

real(
  'the chart of the default values holds what an own NATS needs, and without it nothing of it',
  async () => {
    const names = (values: string) =>
      of(values)
        .filter(({ metadata }) => metadata.name.startsWith('ssmd-nats'))
        .map(({ kind, metadata }) => `${kind}/${metadata.name}`)
        .sort()
    assert.equal(names('default'), [
      'ConfigMap/ssmd-nats',
      'NetworkPolicy/ssmd-nats',
      'Service/ssmd-nats',
      'Service/ssmd-nats-headless',
      'StatefulSet/ssmd-nats',
    ])
    assert.equal(names('external-nats'), [])
  }
)

test.run()
