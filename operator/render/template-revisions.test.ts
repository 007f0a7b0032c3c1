// O14: an upgrade of the operator rolls nothing out by itself. The pod templates of the sample resources are kept for each
// template revision, for ever: as long as TEMPLATE_REVISION is the same they are rendered byte for byte
// (cloudnative-pg#8253), and a new revision has a file of its own, made once with SSMD_GOLDEN=write and never made again.

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { parse, stringify } from 'yaml'
import { parseResources } from '#crds/resources.ts'
import { declaredOf, desiredObjects } from '../desired.ts'
import { simulatorService } from './names.ts'
import type { Deployment } from './objects.ts'
import type { Platform } from './platform.ts'
import { TEMPLATE_REVISION } from './pod.ts'
import { decideRollout } from './rollout.ts'

const TESTDATA = join(import.meta.dirname, '..', 'testdata')
const CRD = join(import.meta.dirname, '..', '..', 'crds', 'environment.yaml')
const TEMPLATES = join(import.meta.dirname, 'testdata-templates')

const platform = (image: string): Platform => ({
  image,
  namespace: 'ssmd',
  date: '2026-11-24',
  simulatorUrl: (environment, feed) => `ws://${simulatorService(environment, feed)}.ssmd.svc:8980`,
  hostPath: (path) => (path.startsWith('/') ? path : `/var/lib/ssmd/${path}`),
  secretHash: (secret) => `hash-of-${secret}`,
  variables: undefined,
})

/** Of all samples, by sample and name. */
function deployments(image: string): ReadonlyMap<string, Deployment> {
  const found = new Map<string, Deployment>()
  for (const sample of readdirSync(TESTDATA).sort()) {
    const text = readFileSync(join(TESTDATA, sample, 'resources.yaml'), 'utf8')
    const declared = declaredOf(parseResources(text, sample))
    for (const object of desiredObjects(declared, platform(image)).objects)
      if (object.kind === 'Deployment')
        found.set(`${sample}/${object.metadata.name}`, object as Deployment)
  }
  return found
}

const fileOf = (revision: string): string => join(TEMPLATES, `${revision}.yaml`)

const rendered = (): string =>
  stringify(
    Object.fromEntries(
      [...deployments('ssmd:0.1.0')].map(([name, { spec }]) => [name, spec.template])
    ),
    { aliasDuplicateObjects: false, lineWidth: 0 }
  )

const test = suite('templates of a revision')

test('the templates of this revision are what they were, byte for byte', () => {
  const file = fileOf(TEMPLATE_REVISION)
  if (process.env.SSMD_GOLDEN === 'write' && !existsSync(file)) writeFileSync(file, rendered())
  assert.ok(
    existsSync(file),
    `${file} is there: a new revision is written once with SSMD_GOLDEN=write`
  )
  assert.is(
    rendered(),
    readFileSync(file, 'utf8'),
    'every capture of every user would be restarted by this: count TEMPLATE_REVISION up if that is meant'
  )
})

test('a revision is counted up only where a template really changed', () => {
  const others = readdirSync(TEMPLATES).filter((file) => file !== `${TEMPLATE_REVISION}.yaml`)
  const bare = (text: string) =>
    text.replaceAll(/ssmd\.io\/template-revision: .*/g, 'ssmd.io/template-revision')
  for (const file of others)
    assert.is.not(bare(readFileSync(join(TEMPLATES, file), 'utf8')), bare(rendered()), file)
})

test('another release with the same revision, and back again, changes no template', () => {
  const old = deployments('ssmd:0.1.0')
  const next = deployments('ssmd:0.2.0')
  const policy = { policy: 'Automatic' } as const
  for (const [name, live] of old) {
    const stored = decideRollout(undefined, live, policy, undefined, 0).deployment
    const wanted = next.get(name) as Deployment
    const upgraded = decideRollout(stored, wanted, policy, undefined, 0)
    assert.equal(upgraded.deployment.spec.template, stored.spec.template, name)
    assert.equal(upgraded.pending, ['image'], name)
    const back = decideRollout(upgraded.deployment, live, policy, undefined, 0)
    assert.equal(back.deployment.spec.template, stored.spec.template, name)
    assert.equal(back.pending, [], name)
  }
})

test('a field that has come since, connector.lingerMax, enters no ConfigMap until it is set', () => {
  const text = readFileSync(join(TESTDATA, 'real', 'resources.yaml'), 'utf8')
  const environment = parseResources(text, 'real').environments[0]!.resource
  // With a default in the CRD the API server would add it to every stored Environment, and the operator of the version
  // before would hand it to connectors that do not know it.
  assert.is('lingerMax' in environment.spec.connector, false)
  const schema = parse(readFileSync(CRD, 'utf8')).spec.versions[0].schema.openAPIV3Schema
  const { lingerMax } = schema.properties.spec.properties.connector.properties
  assert.is(lingerMax.type, 'string')
  assert.is('default' in lingerMax, false)
})

test.run()
