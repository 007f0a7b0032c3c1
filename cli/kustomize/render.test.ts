// Kustomizations rendered here and by the real kustomize: the same resources, and refused where it refuses.

import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { parseAllDocuments } from 'yaml'
import { toSsmdError } from '#crds/errors.ts'
import { skip } from '#testing/skip.ts'
import { toolPath } from '#testing/tools.ts'
import { renderFolder } from './render.ts'

const test = suite('kustomizations')
const run = promisify(execFile)
const kustomize = await toolPath('kustomize').catch(() => undefined)

const HEAD = 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n'
const FEED = `apiVersion: ssmd.io/v1alpha1
kind: Feed
metadata: { name: made, labels: { a: b } }
spec:
  exchange: synthetic
  versions:
    - { name: v1, effectiveFrom: "2025-01-01", endpoint: "synthetic://generator?seed=1" }
  channels: [trade, ticker]
`
const ARCHIVE = `apiVersion: ssmd.io/v1alpha1
kind: Archive
metadata: { name: all }
spec: { environmentRef: { name: lab }, feeds: [made], storage: { path: data }, retention: { days: 3 } }
`
const BASE = {
  'base/kustomization.yaml': `${HEAD}resources: [feed.yaml, archive.yaml]\n`,
  'base/feed.yaml': FEED,
  'base/archive.yaml': ARCHIVE,
}

const patch = (target: string, ...lines: readonly string[]) =>
  [`  - target: ${target}`, '    patch: |', ...lines.map((line) => `      ${line}`), ''].join('\n')
const operation = (op: string, path: string, value?: string) =>
  `- { op: ${op}, path: "${path}"${value === undefined ? '' : `, value: ${value}`} }`

/** What stands in the overlay's kustomization below its resources, and files beside it. */
const CASES: Readonly<
  Record<string, string | readonly [string, Readonly<Record<string, string>>]>
> = {
  'nothing of its own': '',
  'a namespace': 'namespace: ssmd\n',
  'names, labels and annotations':
    'namePrefix: x-\nnameSuffix: -y\nlabels:\n  - pairs: { c: d }\ncommonAnnotations: { e: f }\n',
  'operations on a map': `patches:\n${patch('{ kind: Archive, name: all }', operation('replace', '/spec/storage', '{ claim: { size: 1Gi } }'), operation('remove', '/spec/retention'), operation('add', '/spec/compression', '{ level: 1 }'))}`,
  'operations on a list': `patches:\n${patch('{ group: ssmd.io, version: v1alpha1, kind: Feed }', operation('add', '/spec/channels/-', 'book'), operation('add', '/spec/channels/0', 'first'), operation('remove', '/spec/channels/2'), operation('test', '/spec/channels/0', 'first'), '- { op: copy, from: /spec/exchange, path: /spec/displayName }', '- { op: move, from: /spec/channels/0, path: /spec/channels/1 }')}`,
  'a pattern of names': `patches:\n${patch('{ kind: Feed|Archive, name: "a.*" }', operation('add', '/metadata/labels', '{ x: "y" }'))}`,
  'a target that no resource is': `patches:\n${patch('{ kind: Feed, name: other }', operation('remove', '/spec'))}`,
  'a merge': `patches:\n  - patch: |\n      apiVersion: ssmd.io/v1alpha1\n      kind: Feed\n      metadata: { name: made, annotations: { g: h } }\n      spec: { channels: [book], displayName: Made, calendar: null }\n`,
  'a merge that removes': `patches:\n  - target: { kind: Archive }\n    patch: |\n      kind: Archive\n      metadata: { name: any }\n      spec: { retention: null }\n`,
  'a patch in a file': [
    'patches:\n  - path: patch.yaml\n',
    {
      'patch.yaml':
        'apiVersion: ssmd.io/v1alpha1\nkind: Archive\nmetadata: { name: all }\nspec: { storage: { path: /data } }\n',
    },
  ],
  'a resource of its own': [
    'resources: [../base, other.yaml]\n',
    { 'other.yaml': FEED.replace('name: made', 'name: other') },
  ],
  'fields that make other kinds': 'configMapGenerator:\n  - { name: a, literals: [b=c] }\n',
  'the older forms of patches': [
    `patchesStrategicMerge: [patch.yaml]\npatchesJson6902:\n${patch('{ group: ssmd.io, version: v1alpha1, kind: Feed, name: made }', operation('replace', '/spec/channels', '[book]'))}`,
    {
      'patch.yaml':
        'apiVersion: ssmd.io/v1alpha1\nkind: Archive\nmetadata: { name: all }\nspec: { feeds: [made, other] }\n',
    },
  ],
  // Refused by both.
  'an operation on what is not there': `patches:\n${patch('{ kind: Feed }', operation('replace', '/spec/symbols/include', '[a]'))}`,
  'a removal of what is not there': `patches:\n${patch('{ kind: Feed }', operation('remove', '/spec/symbols'))}`,
  'a merge for what is not there': `patches:\n  - patch: |\n      apiVersion: ssmd.io/v1alpha1\n      kind: Feed\n      metadata: { name: other }\n`,
  'a test that fails': `patches:\n${patch('{ kind: Feed }', operation('test', '/spec/exchange', 'kalshi'))}`,
  'a resource that does not exist': 'resources: [../nowhere]\n',
  'a file outside of its folder': 'resources: [../base/feed.yaml]\n',
  'a circle': ['resources: [again]\n', { 'again/kustomization.yaml': `${HEAD}resources: [..]\n` }],
}

type Kept = { readonly kind: string; readonly metadata: { readonly name: string } }
const ours = (values: readonly unknown[]): unknown[] =>
  (values as Kept[])
    .filter(({ kind }) => kind !== 'ConfigMap')
    .sort((a, b) => (`${a.kind}${a.metadata.name}` < `${b.kind}${b.metadata.name}` ? -1 : 1))

for (const [name, written] of Object.entries(CASES)) {
  test(`${name}: as kustomize renders it`, async () => {
    if (kustomize === undefined) return skip('kustomize is not built')
    const [text, files] = typeof written === 'string' ? [written, {}] : written
    const root = mkdtempSync(join(tmpdir(), 'ssmd-kustomize-'))
    try {
      const own = text.startsWith('resources:') ? text : `resources: [../base]\n${text}`
      const beside = Object.entries(files).map(([file, body]) => [`overlay/${file}`, body] as const)
      const all = [
        ...Object.entries(BASE),
        ...beside,
        ['overlay/kustomization.yaml', HEAD + own] as const,
      ]
      for (const [file, body] of all) {
        mkdirSync(dirname(join(root, file)), { recursive: true })
        writeFileSync(join(root, file), body)
      }
      const folder = join(root, 'overlay')
      const theirs = await run(kustomize, ['build', folder]).then(
        ({ stdout }) => ours(parseAllDocuments(stdout).map((one) => one.toJS())),
        () => 'refused'
      )
      const said: string[] = []
      const rendered = await renderFolder(folder).then(ours, (thrown: unknown) => {
        said.push(toSsmdError(thrown).message)
        return 'refused'
      })
      assert.equal(rendered, theirs, said.join())
    } finally {
      rmSync(root, { recursive: true })
    }
  })
}

test('what ssmd does not know is rendered by kustomize, and without it named', async () => {
  if (kustomize === undefined) return skip('kustomize is not built')
  const root = mkdtempSync(join(tmpdir(), 'ssmd-kustomize-'))
  const path = process.env.PATH
  try {
    mkdirSync(join(root, 'part'))
    writeFileSync(join(root, 'feed.yaml'), FEED)
    writeFileSync(
      join(root, 'kustomization.yaml'),
      `${HEAD}resources: [feed.yaml]\ncomponents: [part]\n`
    )
    writeFileSync(
      join(root, 'part/kustomization.yaml'),
      'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nnamespace: from-a-component\n'
    )
    symlinkSync(kustomize, join(root, 'kustomize'))
    process.env.PATH = root
    const [feed] = await renderFolder(root)
    assert.match(JSON.stringify(feed), '"namespace":"from-a-component"')
    process.env.PATH = join(root, 'part')
    const { code, message } = await renderFolder(root).then(
      () => assert.unreachable() as never,
      (thrown: unknown) => toSsmdError(thrown)
    )
    assert.is(code, 'SSMD_E_TOOL_MISSING')
    assert.is(message, 'it uses components, which ssmd leaves to kubectl')
  } finally {
    process.env.PATH = path
    rmSync(root, { recursive: true })
  }
})

test.run()
