// Values: what the schema refuses and where it says so, and that schema, file and README know the same ones.

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { parse } from 'yaml'
import { readValues, withValueTable } from '#crds/generator/chart-values.ts'
import { skip } from '#testing/skip.ts'
import { at, CHART, type Helm, missingHelm, openHelm, render, valuesFiles } from './testing/helm.ts'

const missing = await missingHelm()
const test = suite('the values of the chart')
const real = (name: string, body: () => Promise<void>) =>
  test(name, missing === undefined ? body : () => skip(missing))

let helm: Helm
let folder: string
test.before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ssmd-values-'))
  if (missing === undefined) helm = await openHelm()
})
test.after(async () => {
  await helm?.close()
  await rm(folder, { recursive: true, force: true })
})

/** What is refused: the values, and the path that the refusal names. */
const REFUSED: readonly (readonly [object, string])[] = [
  [{ operators: {} }, "'': additional properties 'operators'"],
  [{ operator: { replica: 2 } }, "'/operator': additional properties 'replica'"],
  [{ operator: { replicas: 0 } }, "'/operator/replicas'"],
  [{ operator: { replicas: 3 } }, "'/operator/replicas'"],
  [{ operator: { replicas: '2' } }, "'/operator/replicas'"],
  [{ operator: { replicas: null } }, "'/operator': missing property 'replicas'"],
  [{ operator: { allNamespaces: 'yes' } }, "'/operator/allNamespaces'"],
  [{ operator: { logLevel: 'loud' } }, "'/operator/logLevel'"],
  [{ operator: { podAnnotations: { 'prometheus.io/port': 8080 } } }, "'/operator/podAnnotations"],
  [{ operator: { tolerations: [{ effect: 'Never' }] } }, "'/operator/tolerations/0/effect'"],
  [{ operator: { priorityClassName: 'High One' } }, "'/operator/priorityClassName'"],
  [{ operator: { resources: { limits: null } } }, "'/operator/resources': missing"],
  [{ operator: { resources: { limits: { memory: null } } } }, "'/operator/resources/limits'"],
  [
    { operator: { resources: { limits: { memory: '384M' } } } },
    "'/operator/resources/limits/memory'",
  ],
  [
    { operator: { resources: { requests: { cpu: 'half' } } } },
    "'/operator/resources/requests/cpu'",
  ],
  [{ operator: { resources: { limit: {} } } }, "'/operator/resources': additional"],
  [{ image: { repository: 'Registry.example/ssmd' } }, "'/image/repository'"],
  [{ image: { repository: 'registry.example/ssmd:1.0' } }, "'/image/repository'"],
  [{ image: { tag: 1.2 } }, "'/image/tag'"],
  [{ image: { tag: '1.2 ' } }, "'/image/tag'"],
  [{ image: { digest: 'sha256:0123' } }, "'/image/digest'"],
  [{ image: { pullPolicy: 'Sometimes' } }, "'/image/pullPolicy'"],
  [{ image: { pullSecrets: 'team' } }, "'/image/pullSecrets'"],
  [{ image: { pullSecrets: [{ name: 'team' }] } }, "'/image/pullSecrets/0'"],
  [{ nats: { image: { pullSecrets: ['a', 'a'] } } }, "'/nats/image/pullSecrets'"],
  [{ crds: { keep: null } }, "'/crds': missing property 'keep'"],
  [{ crds: { install: true } }, "'/crds': additional"],
  [{ nats: { url: 'nats://elsewhere:4222' } }, "'/nats': additional"],
  [{ nats: { image: { tag: '' } } }, "'/nats/image/tag'"],
  [{ nats: { image: 'nats:2.15.2' } }, "'/nats/image'"],
  [{ nats: { storage: { size: '20G' } } }, "'/nats/storage/size'"],
  [{ nats: { storage: { size: 20 } } }, "'/nats/storage/size'"],
  [{ nats: { storage: { size: '0Gi' } } }, "'/nats/storage/size'"],
  [{ nats: { storage: { class: 'fast' } } }, "'/nats/storage': additional"],
  [{ nats: { storage: { accessMode: 'ReadWriteMany' } } }, "'/nats/storage/accessMode'"],
  [{ dataApi: { claims: ['archiver-kalshi'] } }, "'/dataApi/claims/0'"],
  [{ dataApi: { claims: [{ name: 'x' }] } }, "'/dataApi/claims/0': missing property 'claim'"],
  [{ dataApi: { claims: [{ claim: 'a', path: '/x' }] } }, "'/dataApi/claims/0': additional"],
  [{ dataApi: { claims: [{ claim: 'a/../b' }] } }, "'/dataApi/claims/0/claim'"],
  [{ dataApi: { claims: [{ claim: 'a', name: 'x=y' }] } }, "'/dataApi/claims/0/name'"],
  [{ dataApi: { claims: [{ claim: 'a', name: 'x.y' }] } }, "'/dataApi/claims/0/name'"],
  [{ dataApi: { apiKeysSecret: '' } }, "'/dataApi/apiKeysSecret'"],
  [
    { dataApi: { environments: [{ name: 'a', feeds: [], url: 'nats://a' }] } },
    "'/dataApi/environments/0/feeds'",
  ],
  [
    { dataApi: { environments: [{ name: 'a', feeds: ['k'], url: 'http://a' }] } },
    "'/dataApi/environments/0/url'",
  ],
  [{ dataApi: { cacheSize: '10G' } }, "'/dataApi/cacheSize'"],
  [{ dataApi: { ingress: { host: 'a b' } } }, "'/dataApi/ingress/host'"],
  [{ dataApi: { httpRoute: { parentRefs: [{}] } } }, "'/dataApi/httpRoute/parentRefs/0'"],
  [{ dataApi: { httpRoute: { hostnames: ['a_b'] } } }, "'/dataApi/httpRoute/hostnames/0'"],
  [{ networkPolicy: { dataApiFrom: [{}] } }, "'/networkPolicy/dataApiFrom/0'"],
  [{ networkPolicy: { apiServerPorts: null } }, "'/networkPolicy': missing"],
  [{ networkPolicy: { apiServerPorts: [] } }, "'/networkPolicy/apiServerPorts'"],
  [{ networkPolicy: { natsPorts: [70_000] } }, "'/networkPolicy/natsPorts/0'"],
  [{ networkPolicy: { natsFrom: [{}] } }, "'/networkPolicy/natsFrom/0'"],
  [
    { networkPolicy: { natsFrom: [{ podSelector: { app: 'x' } }] } },
    "'/networkPolicy/natsFrom/0/podSelector'",
  ],
  [{ monitoring: { runbookUrl: 'https://x/{{ a }}' } }, "'/monitoring/runbookUrl'"],
  [{ monitoring: { rules: true } }, "'/monitoring': additional"],
  [{ policies: { images: { prefixes: ['a b'] } } }, "'/policies/images/prefixes/0'"],
  [{ policies: { hostPath: true } }, "'/policies/hostPath'"],
  [{ resources: {} }, "'': additional properties 'resources'"],
]

real('what is wrong is refused, with its path', async () => {
  const file = join(folder, 'values.json')
  for (const [values, path] of REFUSED) {
    await writeFile(file, JSON.stringify(values))
    const said = await render(helm, '--values', file).then(
      () => assert.unreachable(`taken: ${JSON.stringify(values)}`) as never,
      (error: Error) => error.message
    )
    assert.ok(said.includes(`at ${path}`), `${JSON.stringify(values)}: ${said}`)
  }
})

real('a chart that takes this one along may have its own global values', async () => {
  const file = join(folder, 'global.json')
  await writeFile(file, JSON.stringify({ global: { anything: 1 } }))
  assert.ok((await render(helm, '--values', file)).length > 0)
})

type Tree = Record<string, unknown>

type Node = {
  readonly type?: unknown
  readonly $ref?: string
  readonly allOf?: readonly Node[]
  readonly required?: readonly string[]
  readonly properties?: Readonly<Record<string, Node>>
  readonly additionalProperties?: unknown
  readonly items?: Node
}

test('nothing that the schema does not know passes anywhere', async () => {
  const { definitions, ...root } = JSON.parse(
    await readFile(join(CHART, 'values.schema.json'), 'utf8')
  ) as Node & { definitions: Record<string, Node> }
  const walk = (node: Node, path: string): void => {
    if (node.type === 'object') {
      assert.ok(path === '.global' || node.additionalProperties !== undefined, `${path} is open`)
      assert.is.not(node.additionalProperties, true, path)
    }
    if (node.items) walk(node.items, `${path}[]`)
    if (node.type === 'array') assert.ok(node.items, `${path} says nothing of its entries`)
    for (const [name, inner] of Object.entries(node.properties ?? {}))
      walk(inner, `${path}.${name}`)
  }
  walk(root, '')
  for (const [name, node] of Object.entries(definitions)) walk(node, `#${name}`)
})

test('every value has a comment and is in the schema, and the schema knows no other', async () => {
  const rows = readValues(await readFile(join(CHART, 'values.yaml'), 'utf8'))
  const { definitions, ...root } = JSON.parse(
    await readFile(join(CHART, 'values.schema.json'), 'utf8')
  ) as Node & { definitions: Record<string, Node> }
  const resolve = (node: Node): Node => {
    const named = node.$ref ?? node.allOf?.[0]?.$ref
    return named === undefined ? node : (definitions[named.replace('#/definitions/', '')] ?? {})
  }
  const names = new Set(rows.map(({ name }) => name))
  const inSchema: string[] = []
  const walk = (node: Node, path: string): void => {
    const { properties } = resolve(node)
    if (names.has(path) || properties === undefined) inSchema.push(path)
    else
      for (const [name, inner] of Object.entries(properties))
        walk(inner, path === '' ? name : `${path}.${name}`)
  }
  walk(root, '')
  for (const { name, words } of rows) assert.ok(words.endsWith('.'), `${name} has no comment`)
  assert.equal(inSchema.filter((name) => name !== 'global').sort(), [...names].sort())
})

real('every value does something: without it one of the renders in ci is another', async () => {
  const presets = parse(await readFile(join(CHART, 'values.yaml'), 'utf8')) as Tree
  const sets = await Promise.all(
    [...(await valuesFiles()).values()].map(async (file) => parse(await readFile(file, 'utf8')))
  )
  const file = join(folder, 'one-less.json')
  const text = async (values: unknown) => {
    await writeFile(file, JSON.stringify(values))
    return helm('template', 'ssmd', CHART, '--values', file)
  }
  const whole: string[] = []
  for (const values of sets) whole.push(await text(values))
  for (const { name } of readValues(await readFile(join(CHART, 'values.yaml'), 'utf8'))) {
    const path = name.split('.')
    let differs = false
    for (const [i, values] of sets.entries()) {
      if (differs || at(values, name) === undefined) continue
      const less = structuredClone(values) as Tree
      const last = path.at(-1) ?? ''
      const place = at(less, path.slice(0, -1).join('.')) as Tree
      place[last] = at(presets, name)
      // A map is added to, so what is there by default has to be taken away by name.
      if (typeof at(values, name) === 'object' && !Array.isArray(at(values, name)))
        delete place[last]
      differs = (await text(less)) !== whole[i]
    }
    assert.ok(differs, `${name} changes nothing in any file of charts/ssmd/ci`)
  }
})

test('the README has a row for each value', async () => {
  const readme = await readFile(join(CHART, 'README.md'), 'utf8')
  const values = await readFile(join(CHART, 'values.yaml'), 'utf8')
  assert.is(withValueTable(readme, values), readme)
  assert.match(readme, '| `nats.storage.size` | `"20Gi"` | Size of the volume')
})

test.run()
