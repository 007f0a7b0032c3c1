import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { parseResources } from '#crds/resources.ts'
import { declaredOf, desiredObjects } from '../desired.ts'
import type { ConfigMap, Deployment } from '../render/objects.ts'
import { localCommand } from './command.ts'
import { layoutOf, shownPath, storageFolder } from './layout.ts'

const layout = layoutOf('/home/me/data')

function command(text: string, name: string, env: NodeJS.ProcessEnv = {}) {
  const found = parseResources(text, 'x.yaml')
  assert.equal(found.problems, [])
  const { objects } = desiredObjects(declaredOf(found), {
    image: 'ssmd',
    namespace: 'local',
    date: '2026-11-24',
    simulatorUrl: () => 'ws://127.0.0.1:8980',
    hostPath: (path) => storageFolder(layout, path, '/home/me'),
    secretHash: () => undefined,
    variables: 'variables',
  })
  const configMaps = new Map(
    objects
      .filter((object): object is ConfigMap => object.kind === 'ConfigMap')
      .map((object) => [object.metadata.name, object])
  )
  const deployment = objects.find(
    (object): object is Deployment => object.kind === 'Deployment' && object.metadata.name === name
  )
  if (!deployment) throw new Error(`no ${name}`)
  const ports = new Map([
    [8080, 18080],
    [8980, 18980],
  ])
  return localCommand(deployment, configMaps, { layout, env, ports })
}

const RESOURCES = (source: string, storage: string) => `apiVersion: ssmd.io/v1alpha1
kind: Feed
metadata: { name: kalshi }
spec:
  exchange: kalshi
  versions: [{ name: v2, effectiveFrom: "2025-01-01", endpoint: "wss://ws.example.com/x", authMethod: apiKey }]
  channels: [trade]
---
kind: Environment
metadata: { name: lab }
spec:
  feeds: [kalshi]
  transport: { url: "nats://127.0.0.1:4222" }
  ${source}
---
kind: Archive
metadata: { name: x }
spec: { environmentRef: { name: lab }, feeds: [kalshi], storage: ${storage} }
`
const KEYS = (source: string) =>
  `keys: { kalshi: { type: apiKey, fields: [apiKey, privateKey], source: ${source} } }`
const ENV = KEYS('{ env: { apiKey: A, privateKey: B } }')

const test = suite('local command')

test('variables of a key are passed by their names, and missing ones are named', () => {
  const text = RESOURCES(ENV, '{ path: data }')
  const set = command(text, 'connector-lab-kalshi', { A: 'id', B: 'pem', C: 'other' })
  assert.equal(set.variables, { A: 'id', B: 'pem' })
  assert.equal(set.missing, [])
  assert.equal(command(text, 'connector-lab-kalshi', { A: ' ' }).missing, ['A', 'B'])
})

test('a Secret is a folder of this computer, linked to where the role looks for it', () => {
  const text = RESOURCES(KEYS('{ secret: { name: my-key } }'), '{ path: data }')
  const { args, links } = command(text, 'connector-lab-kalshi')
  const run = join(layout.run, 'connector-lab-kalshi')
  assert.is(args[args.indexOf('--keys') + 1], join(run, 'keys'))
  assert.equal(links, [
    { path: join(run, 'keys', 'kalshi'), target: join(layout.secrets, 'my-key') },
  ])
})

test('storage is where the Archive says: the data folder, another one, or what stands for a claim', () => {
  const root = (storage: string) => {
    const { args, folders } = command(RESOURCES(ENV, storage), 'archiver-x')
    const folder = args[args.indexOf('--data') + 1]
    assert.ok(folders.includes(folder ?? ''), 'the folder is made')
    return folder
  }
  assert.is(root('{ path: data }'), '/home/me/data')
  assert.is(root('{ path: data/more/of-it }'), '/home/me/data/more/of-it')
  assert.is(root('{ path: ./data/more }'), '/home/me/data/more')
  assert.is(root('{ path: elsewhere }'), '/home/me/elsewhere')
  assert.is(root('{ path: /mnt/big }'), '/mnt/big')
  assert.is(root('{ claim: { size: 1Gi } }'), '/home/me/data/claims/archiver-x')
  assert.is(root('{ claim: { name: shared } }'), '/home/me/data/claims/shared')
})

test('every address of a simulator is one of loopback', () => {
  const text = RESOURCES('simulator: { feeds: [kalshi] }', '{ path: data }')
  const { args } = command(text, 'simulator-lab-kalshi')
  assert.is(
    args.join(' '),
    `simulator kalshi --env ${join(layout.run, 'simulator-lab-kalshi', 'environment.yaml')} --host 127.0.0.1 --port 18980 --health-addr 127.0.0.1:18080`
  )
})

test('paths are shown as they would be typed', () => {
  assert.is(shownPath('/a/b/data', '/a/b'), './data')
  assert.is(shownPath('/a/bc', '/a/b'), '/a/bc')
  assert.is(shownPath('/a/b', '/a/b'), '.')
})

test.run()
