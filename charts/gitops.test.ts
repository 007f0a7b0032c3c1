// The files that a person copies: the example resources hold and are those of the chart's notes, and what Argo CD and Flux are
// given names what is there.

import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { parseAllDocuments } from 'yaml'
import { KINDS } from '#crds/kinds.ts'
import { loadResources } from '#crds/resources.ts'
import { skip } from '#testing/skip.ts'
import { toolPath } from '#testing/tools.ts'
import { checkResources } from '../operator/policies.ts'
import { missingTools } from '../operator/testing/cluster.ts'
import {
  at,
  CHART,
  missingHelm,
  NAMESPACE,
  openHelm,
  type Rendered,
  render,
} from './testing/helm.ts'
import { readExample } from './testing/notes.ts'

const ROOT = new URL('..', import.meta.url).pathname
const EXAMPLES = join(ROOT, 'charts/examples')
const missing = (await missingHelm()) ?? (await missingTools(() => toolPath('kubectl')))
const test = suite('gitops files')
const real = (name: string, body: () => Promise<void>) =>
  test(name, missing === undefined ? body : () => skip(missing))

const documentsOf = (text: string): Rendered[] =>
  parseAllDocuments(text).map((document) => document.toJS() as Rendered)
const read = async (path: string): Promise<Rendered[]> =>
  documentsOf(await readFile(join(ROOT, path), 'utf8'))

test('the example resources are without a problem', async () => {
  const resources = await loadResources(EXAMPLES)
  assert.equal(resources.problems, [])
  assert.equal(checkResources(resources, new Date().toISOString().slice(0, 10)), [])
  const { feeds, environments, archives } = resources
  assert.equal([feeds.length, environments.length, archives.length], [1, 1, 1])
})

real('kustomize makes of them what the notes of the chart let a person apply', async () => {
  const built = await promisify(execFile)(await toolPath('kubectl'), ['kustomize', EXAMPLES])
  const helm = await openHelm()
  try {
    const dry = ['install', 'ssmd', CHART, '--dry-run=client', '--namespace', NAMESPACE]
    const pasted = readExample(await helm(...dry))
    const inNotes = documentsOf(pasted.split('\n').slice(1, -1).join('\n'))
    const inNamespace = inNotes.map((object) => ({
      ...object,
      metadata: { ...object.metadata, namespace: NAMESPACE },
    }))
    const byKind = (a: Rendered, b: Rendered) => a.kind.localeCompare(b.kind)
    assert.equal(documentsOf(built.stdout).sort(byKind), inNamespace.sort(byKind))
  } finally {
    await helm.close()
  }
})

real('Argo CD and Flux are given the chart where it is, with values that it takes', async () => {
  const [application] = await read('charts/argocd/applications/operator.yaml')
  const [, release] = await read('charts/flux/operator.yaml')
  const given = [
    [at(application, 'spec.source.path'), at(application, 'spec.source.helm.valuesObject')],
    [at(release, 'spec.chart.spec.chart'), at(release, 'spec.values')],
  ] as const
  const folder = await mkdtemp(join(tmpdir(), 'ssmd-gitops-'))
  const helm = await openHelm()
  try {
    for (const [path, values] of given) {
      assert.ok((await stat(join(ROOT, String(path), 'Chart.yaml'))).isFile())
      const file = join(folder, 'values.json')
      await writeFile(file, JSON.stringify(values))
      assert.ok((await render(helm, '--values', file)).length > 0)
    }
  } finally {
    await helm.close()
    await rm(folder, { recursive: true })
  }
  assert.equal(
    [at(application, 'spec.source.helm.releaseName'), at(release, 'spec.releaseName')],
    ['ssmd', 'ssmd']
  )
})

test('the kinds come before the resources, and those all at once', async () => {
  const waves = []
  for (const name of ['operator', 'feeds']) {
    const [application] = await read(`charts/argocd/applications/${name}.yaml`)
    waves.push(application?.metadata.annotations?.['argocd.argoproj.io/sync-wave'])
  }
  assert.equal(waves, ['0', '1'])
  // Each of them waits for the other: in waves they would wait for ever.
  for (const path of ['feeds/kalshi', 'environments/lab', 'archives/kalshi']) {
    const [object] = await read(`charts/examples/${path}.yaml`)
    assert.is(object?.metadata.annotations, undefined, path)
  }
})

test('Flux judges each of our kinds by the conditions that it has', async () => {
  const [, kustomization] = await read('charts/flux/feeds.yaml')
  const checks = at(kustomization, 'spec.healthCheckExprs') as Record<string, string>[]
  assert.equal(
    checks.map(({ apiVersion, kind }) => `${apiVersion} ${kind}`),
    KINDS.map((kind) => `ssmd.io/v1alpha1 ${kind}`)
  )
})

test.run()
