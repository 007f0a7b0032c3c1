// Nothing that works with kinds may forget one: a table of the places, over all kinds.

import { readdirSync, readFileSync } from 'node:fs'
import { Command } from 'commander'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { parseAllDocuments } from 'yaml'
import { FIELDS } from '#crds/fields.gen.ts'
import { KINDS, type Kind } from '#crds/kinds.ts'
import { LIST_OF, noResources } from '#crds/located.ts'
import { NEEDS } from '#crds/needs.gen.ts'
import { RESOURCES } from '../operator/reconcile/kinds.ts'
import { candidates } from './completion.ts'
import { OWN_RIGHTS } from './doctor/cluster.ts'
import { addRepository } from './program-repository.ts'
import { FOLDERS } from './repository/folder.ts'
import { runSsmd } from './testing/run.ts'

const test = suite('kinds')
const ROOT = new URL('..', import.meta.url)
const read = (file: string): string => readFileSync(new URL(file, ROOT), 'utf8')
const sources = (): string[] =>
  ['crds', 'cli', 'operator', 'charts'].flatMap((folder) =>
    readdirSync(new URL(folder, ROOT), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => `${folder}/${file}`)
  )
const plural = (kind: Kind): string => RESOURCES[kind].plural

const PLACES: Readonly<Record<string, (kind: Kind) => unknown>> = {
  'a folder of the repository': (kind) => FOLDERS[kind] === plural(kind),
  'a list in every set of resources': (kind) => Array.isArray(noResources()[LIST_OF[kind]]),
  'descriptions of fields': (kind) => FIELDS[kind]?.['spec.environmentRef'] ?? FIELDS[kind]?.spec,
  'what an API server must know': (kind) => NEEDS[kind]?.spec,
  'the chart: its definition': (kind) =>
    read(`charts/ssmd/templates/crds/${kind.toLowerCase()}.yaml`).includes(`kind: ${kind}\n`),
  'the reference': (kind) => read('docs/reference/resources.md').includes(`## ${kind}\n`),
  'health for Argo CD': (kind) => read('charts/argocd/argocd-cm.yaml').includes(`_${kind}:`),
  'rights that doctor asks for': (kind) =>
    OWN_RIGHTS.some(({ resource }) => resource === plural(kind)),
}
for (const [place, has] of Object.entries(PLACES))
  test(`${place}: of every kind`, () => {
    for (const kind of KINDS) assert.ok(has(kind), kind)
  })

for (const file of ['namespaced', 'cluster-wide'])
  test(`the ${file} roles of the operator: every kind, its status and its finalizers`, () => {
    const rules = parseAllDocuments(read(`crds/roles/${file}.yaml`)).flatMap(
      (document) => (document.toJS() as { rules?: { resources: string[] }[] } | null)?.rules ?? []
    )
    const named = rules.flatMap(({ resources }) => resources)
    for (const kind of KINDS)
      for (const part of ['', '/status', '/finalizers'])
        assert.ok(named.includes(`${plural(kind)}${part}`), `${plural(kind)}${part}`)
  })

test('Flux judges every kind', () => {
  for (const file of ['charts/flux/feeds.yaml', 'cli/templates/repository/flux.yaml'])
    for (const kind of KINDS) assert.match(read(file), `kind: ${kind}\n      failed:`)
})

test('no source lists the kinds by hand, so that a new one cannot be forgotten', () => {
  const lists =
    /\[\.\.\.\w*\.?feeds, \.\.\.\w*\.?environments, \.\.\.\w*\.?archives|'Feed', 'Environment', 'Archive'\]/
  const own = ['crds/kinds.ts', 'cli/kinds.test.ts']
  for (const file of sources()) if (!own.includes(file)) assert.not.match(read(file), lists, file)
})

test('ssmd explain knows every kind', async () => {
  const { stdout } = await runSsmd(['explain'])
  for (const kind of KINDS) assert.match(stdout, `ssmd explain ${kind.toLowerCase()}`)
  const { code, stdout: said } = await runSsmd(['explain', 'signal.spec.sinks.secretRef'])
  assert.is(code, 0)
  assert.match(said, 'Credentials stand nowhere else')
})

test('rollout, pause and resume take every kind, by each of its names', async () => {
  const { stderr } = await runSsmd(['pause', 'nonsense', 'x'])
  for (const kind of KINDS) assert.match(stderr, kind.toLowerCase())
})

test('names of every kind are completed', async () => {
  const asked: string[] = []
  const program = new Command('ssmd')
  addRepository(program)
  for (const name of ['feed', 'signal']) program.command(name).command('stop').argument('<name>')
  for (const [command, verb] of [
    ['feed', 'stop'],
    ['env', 'show'],
    ['archive', 'show'],
    ['signal', 'stop'],
  ] as const)
    await candidates(program, [command, verb, ''], async (kind) => {
      asked.push(kind)
      return []
    })
  assert.equal(asked, ['Feed', 'Environment', 'Archive', 'Signal'])
})

test.run()
