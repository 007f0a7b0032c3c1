// test: limit 120s
// The repository that `ssmd init` writes, under the tools that read it: kustomize renders it, the real API server takes it.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { parse, parseAllDocuments } from 'yaml'
import { skip } from '#testing/skip.ts'
import { toolPath } from '#testing/tools.ts'
import type { Resource } from '../operator/kube/objects.ts'
import { ARCHIVES, ENVIRONMENTS, FEEDS } from '../operator/reconcile/kinds.ts'
import { missingTools } from '../operator/testing/cluster.ts'
import { type KindsCluster, type Space, startKinds } from '../operator/testing/kinds.ts'
import { runSsmd } from './testing/run.ts'

const missing = await missingTools()
const test = suite('ssmd init')
let kinds: KindsCluster
let space: Space
const root = mkdtempSync(join(tmpdir(), 'ssmd-init-'))
test.before(async () => {
  if (missing) return
  kinds = await startKinds()
  space = await kinds.space()
})
test.after(async () => {
  rmSync(root, { recursive: true })
  await kinds?.stop()
})

const ssmd = async (...args: string[]): Promise<string> => {
  const { code, stdout, stderr } = await runSsmd(args, { cwd: root })
  assert.is(code, 0, `ssmd ${args.join(' ')}\n${stderr}`)
  return stdout
}

test('a new repository is valid, and a feed that is created in it is listed in its kustomization', async () => {
  await ssmd('init', 'feeds')
  await ssmd('validate', 'feeds/exchanges')
  await ssmd('feed', 'create', 'kraken', '--path', 'feeds/exchanges')
  const { resources } = parse(
    readFileSync(join(root, 'feeds/exchanges/kustomization.yaml'), 'utf8')
  )
  assert.equal(resources, [
    'archives/local.yaml',
    'environments/local.yaml',
    'feeds/kalshi.yaml',
    'feeds/kraken.yaml',
  ])
})

const rendered = async (overlay: string): Promise<string> =>
  execFileSync(await toolPath('kustomize'), ['build', join(root, 'feeds/overlays', overlay)], {
    encoding: 'utf8',
  })

for (const [overlay, storage, retention] of [
  ['cluster', { claim: { size: '20Gi' } }, undefined],
  ['laptop', { claim: { size: '2Gi' } }, { days: 7 }],
] as const)
  test(`what kustomize renders of overlays/${overlay} is valid, and the API server accepts it`, async () => {
    if (missing) return skip(missing)
    const text = await rendered(overlay)
    const file = join(root, `${overlay}.yaml`)
    writeFileSync(file, text)
    await ssmd('validate', file)
    const documents = parseAllDocuments(text).map((one) => one.toJS())
    const kindsOf = documents.map(({ kind }) => kind).sort()
    assert.equal(kindsOf, ['Archive', 'Environment', 'Feed', 'Feed'])
    const environment = documents.find(({ kind }) => kind === 'Environment')
    assert.is(environment.spec.transport.url, 'nats://ssmd-nats:4222')
    const archive = documents.find(({ kind }) => kind === 'Archive')
    assert.equal([archive.spec.storage, archive.spec.retention], [storage, retention])
    for (const object of documents) {
      const metadata = { ...object.metadata, namespace: space.name }
      const resource = RESOURCES[object.kind as string]!
      const options = { manager: 'test', dryRun: true, force: true }
      await kinds.client.apply(resource, { ...object, metadata }, options)
    }
  })

const RESOURCES: Readonly<Record<string, Resource>> = {
  Feed: FEEDS,
  Environment: ENVIRONMENTS,
  Archive: ARCHIVES,
}

test('the applications name the overlay of a cluster', () => {
  const read = (path: string) => readFileSync(join(root, 'feeds', path), 'utf8')
  assert.is(parse(read('argocd/application.yaml')).spec.source.path, 'overlays/cluster')
  const flux = parseAllDocuments(read('flux/feeds.yaml')).map((one) => one.toJS())
  assert.is(flux[1].spec.path, './overlays/cluster')
})

test.run()
