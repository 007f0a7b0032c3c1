// What is found by following imports, and that this very repository's real tests are found to need their servers.

import { readFile } from 'node:fs/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { readSources } from '../sources.ts'
import { TOOLS } from '../tools/specs.ts'
import { neededTools } from './needed-tools.ts'

const test = suite('needed tools')
const ALIASES = { '#testing/*': './workloads/testing/*', '#tools': './.ci/tools/tools.ts' }

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
  assert.equal(neededTools(['a/x.test.ts'], FILES, ALIASES), ['etcd', 'nats-server'])
})

test('an import at run time counts, an import of types does not', () => {
  assert.equal(neededTools(['b/y.test.ts'], FILES, ALIASES), ['helm'])
})

test('the real tests of this repository are found to need their servers, all of them known', async () => {
  const root = new URL('../..', import.meta.url).pathname
  const texts = new Map((await readSources(root)).map(({ path, text }) => [path, text]))
  const { imports } = JSON.parse(await readFile(`${root}/package.json`, 'utf8')) as {
    imports: Record<string, string>
  }
  const of = (path: string) => neededTools([path], texts, imports)
  assert.equal(of('operator/kube/real.test.ts'), ['etcd', 'kube-apiserver', 'kubectl'])
  assert.equal(of('workloads/bus/stream.test.ts'), ['nats-server'])
  assert.equal(of('crds/parse.test.ts'), [])
  for (const path of texts.keys()) {
    if (path.startsWith('.ci/')) continue
    for (const name of of(path)) assert.ok(name in TOOLS, `${path} asks for ${name}`)
  }
})

test.run()
