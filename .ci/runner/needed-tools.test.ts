// What is found by following imports, and that this very repository's real tests are found to need their servers.

import { readFile } from 'node:fs/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { PROGRAMS } from '#testing/programs.ts'
import { readSources } from '../sources.ts'
import { isFiles, isTool } from '../tools/tools.ts'
import { neededBy } from './needed-tools.ts'

const test = suite('needed tools')
const ALIASES = { '#testing/*': './workloads/testing/*' }

/** In two parts, or this file itself would be found to need them. */
const call = (name: string) => `await tool${'Path'}('${name}', {})\n`

const FILES = new Map([
  ['a/x.test.ts', "import { start } from './server.ts'\nimport type { T } from './typed.ts'\n"],
  ['a/server.ts', `import { nats } from '#testing/nats.ts'\n${call('etcd')}`],
  ['a/typed.ts', call('helm')],
  ['workloads/testing/nats.ts', `import '../../a/server.ts'\n${call('nats-server')}`],
  ['b/y.test.ts', "const later = await import('../a/typed.ts')\n"],
])

test('a tool is needed by whoever imports a file that asks for it, rings and aliases included', () => {
  const { tools } = neededBy(['a/x.test.ts'], FILES, ALIASES)
  assert.equal(tools, ['etcd', 'nats-server'])
})

test('an import at run time counts, an import of types does not', () => {
  assert.equal(neededBy(['b/y.test.ts'], FILES, ALIASES).tools, ['helm'])
})

test('programs of the system are those that are asked for by name, alone or in a list', () => {
  const asks = (text: string) => `await missing${'Program'}(${text})\n`
  const files = new Map([
    ['a.test.ts', `import './b.ts'\n${asks("'strace'")}${asks("['jq', 'mkfs.ext4']")}`],
    ['b.ts', `const NODE${'_PROGRAMS'} = ['ip', 'nft'] as const\n${asks('NODE_PROGRAMS, env')}`],
  ])
  const { programs } = neededBy(['a.test.ts'], files, ALIASES)
  assert.equal([...programs].sort(), ['ip', 'jq', 'mkfs.ext4', 'nft', 'strace'])
})

const root = new URL('../..', import.meta.url).pathname
const texts = new Map((await readSources(root)).map(({ path, text }) => [path, text]))
const { imports } = JSON.parse(await readFile(`${root}/package.json`, 'utf8')) as {
  imports: Record<string, string>
}
const needsOf = (path: string) => neededBy([path], texts, imports)

test('the real tests of this repository are found to need their servers, all of them known', () => {
  const of = (path: string) => needsOf(path).tools
  assert.equal(of('operator/e2e/kube-client.test.ts'), ['etcd', 'kube-apiserver', 'kubectl'])
  assert.equal(of('workloads/bus/stream.test.ts'), ['nats-server'])
  assert.equal(of('crds/parse.test.ts'), [])
  for (const path of texts.keys()) {
    if (path.startsWith('.ci/')) continue
    for (const name of of(path))
      assert.ok(isTool(name) || isFiles(name), `${path} asks for ${name}`)
  }
})

test('no test that runs without a node has its kubelet, proxy or name server built', () => {
  const ofNode = ['kubelet', 'kube-proxy', 'coredns', 'containerd', 'ctr', 'cni-bridge']
  for (const path of texts.keys()) {
    if (!path.endsWith('.test.ts')) continue
    const { tools } = needsOf(path)
    const built = tools.filter((name) => ofNode.includes(name))
    assert.equal(built, [], path)
  }
  assert.ok(needsOf('.ci/node/node.cluster.ts').tools.includes('kubelet'))
})

test('the real tests are found to need their programs, all of them in the table', () => {
  const of = (path: string) => needsOf(path).programs
  assert.equal(of('charts/argocd.test.ts'), ['lua5.1'])
  assert.equal(of('workloads/archive/crash.test.ts'), ['strace'])
  assert.equal(of('workloads/wire/schema.test.ts'), ['capnp'])
  assert.ok(of('.ci/node/namespaces.test.ts').includes('runc'))
  for (const path of texts.keys()) {
    if (path.startsWith('crds/')) assert.equal(of(path), [], path)
    for (const name of of(path)) assert.ok(name in PROGRAMS, `${path} asks for ${name}`)
  }
})

test.run()
