// Each rule of the arrows, once kept and once broken.

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { ARROWS, checkArrows, type House } from './arrows.ts'
import { findRings, readSource } from './imports.ts'

const test = suite('arrows')
const HOUSE: House = {
  aliases: {
    '#crds/*': './crds/*',
    '#wire/*': './workloads/wire/*',
    '#bus/*': './workloads/bus/*',
    '#archive/*': './workloads/archive/*',
    '#role/*': './workloads/role/*',
    '#testing/*': './workloads/testing/*',
    '#exchanges/*': './workloads/exchanges/*',
    '#market/*': './workloads/market/*',
  },
  dependencies: ['ws', '@scope/kept'],
  devDependencies: ['uvu', 'capnp-ts'],
}
const problems = (files: Record<string, string>) =>
  checkArrows(
    Object.entries(files).map(([path, text]) => readSource(path, text)),
    HOUSE
  )
const one = (path: string, specifier: string) =>
  problems({ [path]: `import { x } from '${specifier}'` }).join('; ')

const ALLOWED: readonly [from: string, specifier: string][] = [
  ['workloads/wire/a.ts', '#crds/errors.ts'],
  ['workloads/wire/a.ts', './b.ts'],
  ['workloads/bus/a.ts', '#wire/block.ts'],
  ['workloads/archive/a.ts', '#wire/block.ts'],
  ['workloads/bus/a.ts', '#role/backoff.ts'],
  ['operator/kube/a.ts', '#role/backoff.ts'],
  ['workloads/data/queries/a.ts', '../read/lines.ts'],
  ['workloads/data/api/a.ts', '../queries/bars.ts'],
  ['workloads/data/main.ts', './api/server.ts'],
  ['workloads/data/page/a.mjs', '../lib/preact.js'],
  ['workloads/connector/a.ts', '#exchanges/index.ts'],
  ['workloads/connector/a.ts', '#exchanges/protocol/adapter.ts'],
  ['workloads/exchanges/index.ts', './kalshi/adapter.ts'],
  ['workloads/exchanges/kalshi/a.ts', '../protocol/adapter.ts'],
  ['workloads/exchanges/kalshi/normalize.ts', './values.ts'],
  ['workloads/exchanges/kalshi/normalize.ts', '#market/event.ts'],
  ['workloads/connector/a.ts', '#role/run.ts'],
  ['workloads/archiver/a.ts', '#archive/writer.ts'],
  ['workloads/simulator/a.ts', '#archive/read/reader.ts'],
  ['workloads/archive/state/a.ts', '../format/time.ts'],
  ['workloads/archive/ingest/a.ts', '../state/day.ts'],
  ['workloads/archive/ingest/a.ts', 'node:zlib'],
  ['workloads/archive/storage/a.ts', '../ingest/intake.ts'],
  ['workloads/archive/storage/a.ts', 'node:fs'],
  ['workloads/archive/writer.ts', './storage/lock.ts'],
  ['workloads/archive/read/a.ts', '../format/names.ts'],
  ['workloads/archive/verify/a.ts', '../format/manifest.ts'],
  ['workloads/archive/verify/a.ts', '../format/problem.ts'],
  ['workloads/archive/verify/a.test.ts', '../writer.ts'],
  ['workloads/archive/a.test.ts', './read/reader.ts'],
  ['workloads/archive/bench.ts', './verify/verify.ts'],
  ['operator/feed/a.ts', '#crds/feed.gen.ts'],
  ['operator/feed/a.ts', '../render/objects.ts'],
  ['operator/feed/a.ts', '#bus/stream-config.ts'],
  ['operator/reconcile/a.ts', '../pods/essentials.ts'],
  ['operator/pods/a.ts', '../status/status.ts'],
  ['operator/runtime/a.ts', '#role/health.ts'],
  ['operator/controllers.ts', './feed/reconcile.ts'],
  ['operator/e2e/a.test.ts', '../kube/client.ts'],
  ['operator/policies.ts', './feed/policies.ts'],
  ['operator/local/a.ts', '../feed/desired.ts'],
  ['operator/local/a.ts', './nats-server/locate.ts'],
  ['operator/local/nats-server/a.ts', '#crds/errors.ts'],
  ['operator/local/a.ts', '#bus/users.ts'],
  ['operator/local/a.ts', '#role/space.ts'],
  ['operator/local/a.test.ts', '#testing/nats.ts'],
  ['cli/a.ts', '../operator/local/up.ts'],
  ['cli/a.ts', '../workloads/connector/main.ts'],
  ['cli/a.ts', '#archive/read/reader.ts'],
  ['cli/a.ts', '#archive/verify/verify.ts'],
  ['cli/ssmd.mjs', './launch/node.mjs'],
  ['cli/launch/a.mjs', './node.mjs'],
  ['cli/launch/a.test.ts', '#testing/deadline.ts'],
  ['workloads/connector/a.test.ts', '../simulator/main.ts'],
  ['workloads/connector/a.test.ts', '#testing/nats.ts'],
  ['.ci/a.ts', '../cli/program.ts'],
  ['.ci/tools/a.ts', '../../cli/launch/lock.mjs'],
  ['workloads/packages/a.ts', '../../cli/launch/lock.mjs'],
  ['.ci/tools/a.ts', '../run.ts'],
  ['workloads/wire/a.ts', 'ws'],
  ['workloads/wire/a.ts', '@scope/kept/deep.js'],
  ['workloads/wire/a.ts', 'node:fs'],
  ['workloads/wire/a.test.ts', 'uvu/assert'],
  ['workloads/wire/testing/a.ts', 'capnp-ts'],
  ['workloads/wire/bench.ts', 'capnp-ts'],
]
for (const [from, specifier] of ALLOWED) {
  test(`${from} may import ${specifier}`, () => assert.is(one(from, specifier), ''))
}

const FORBIDDEN: readonly [from: string, specifier: string, why: string][] = [
  ['crds/a.ts', '#wire/block.ts', 'crds may not import workloads/wire'],
  ['crds/a.ts', '../operator/feed/desired.ts', 'crds may not import operator/feed'],
  ['workloads/wire/a.ts', '#bus/connect.ts', 'workloads/wire may not import workloads/bus'],
  ['workloads/role/a.ts', '#bus/connect.ts', 'workloads/role may not import workloads/bus'],
  ['workloads/role/a.ts', '#wire/block.ts', 'workloads/role may not import workloads/wire'],
  ['workloads/archive/a.ts', '#bus/connect.ts', 'workloads/archive may not import workloads/bus'],
  [
    'workloads/role/a.ts',
    '#archive/read/reader.ts',
    'workloads/role may not import workloads/archive',
  ],
  ['workloads/archiver/a.ts', '../connector/main.ts', 'may not import workloads/connector'],
  ['workloads/simulator/a.ts', '../connector/main.ts', 'may not import workloads/connector'],
  ['workloads/connector/a.ts', '../../operator/names.ts', 'may not import operator'],
  ['workloads/exchanges/kalshi/a.ts', '../index.ts', 'may not import workloads/exchanges'],
  ['workloads/exchanges/kalshi/a.ts', '../synthetic/b.ts', 'may not import workloads/exchanges/sy'],
  [
    'workloads/exchanges/kalshi/facts.ts',
    './types.ts',
    'facts.ts of an exchange may import nothing',
  ],
  ['workloads/exchanges/kalshi/normalize.ts', '../protocol/globs.ts', 'and its own folder alone'],
  ['workloads/exchanges/protocol/a.ts', '../kalshi/b.ts', 'may not import workloads/exchanges/k'],
  ['workloads/connector/a.ts', '#exchanges/kalshi/a.ts', 'may not import workloads/exchanges/k'],
  ['operator/feed/a.ts', '#wire/block.ts', 'operator/feed may not import workloads/wire'],
  ['operator/feed/a.ts', '../local/up.ts', 'operator/feed may not import operator/local'],
  ['operator/feed/a.ts', '../archive/desired.ts', 'may not import operator/archive'],
  ['operator/feed/a.ts', '../desired.ts', 'operator/feed may not import operator'],
  ['operator/reconcile/a.ts', '../desired.ts', 'operator/reconcile may not import operator'],
  ['operator/status/a.ts', '../pods/workload.ts', 'may not import operator/pods'],
  ['operator/status/a.ts', '../render/names.ts', 'may not import operator/render'],
  ['operator/pods/a.ts', '../reconcile/context.ts', 'may not import operator/reconcile'],
  ['operator/runtime/a.ts', '../status/status.ts', 'may not import operator/status'],
  ['operator/kube/a.ts', '../runtime/pass.ts', 'may not import operator/runtime'],
  ['operator/kube/a.ts', '#bus/connect.ts', 'may not import workloads/bus'],
  ['operator/reconcile/a.ts', '#archive/read/reader.ts', 'may not import workloads/archive'],
  ['operator/main.ts', './local/up.ts', 'operator may not import operator/local'],
  ['operator/shelf/a.ts', '#crds/errors.ts', 'operator/shelf is no room of the operator'],
  ['operator/local/a.ts', '#archive/storage/lock.ts', 'behind the door of the archive'],
  ['workloads/archive/format/a.ts', '../state/day.ts', 'archive/format may not import'],
  ['workloads/archive/state/a.ts', '../ingest/intake.ts', 'archive/state may not import'],
  ['workloads/archive/ingest/a.ts', '../storage/disk.ts', 'archive/ingest may not import'],
  ['workloads/archive/storage/a.ts', '../writer.ts', 'archive/storage may not import'],
  ['workloads/archive/storage/a.ts', '../read/reader.ts', 'archive/storage may not import'],
  ['workloads/archive/writer.ts', './read/reader.ts', 'may not import workloads/archive/read'],
  ['workloads/archive/read/a.ts', '../state/day.ts', 'archive/read may not import'],
  ['workloads/archive/verify/a.ts', '../format/time.ts', 'archive/verify may not import'],
  ['workloads/archive/verify/a.ts', '../read/survey.ts', 'archive/verify may not import'],
  ['workloads/archive/shelf/a.ts', '../format/time.ts', 'shelf is no room of the archive'],
  ['workloads/data/shelf/a.ts', '../model/rows.ts', 'shelf is no room of the data API'],
  [
    'workloads/data/model/a.ts',
    '../read/lines.ts',
    'data/model may not import workloads/data/read',
  ],
  ['workloads/data/queries/a.ts', '../http/app.ts', 'queries may not import workloads/data/http'],
  ['workloads/data/http/a.ts', '../queries/bars.ts', 'http may not import workloads/data/queries'],
  ['workloads/data/page/a.mjs', '../api/page.ts', 'page may not import workloads/data/api'],
  ['workloads/data/formats/a.ts', '../main.ts', 'formats may not import workloads/data'],
  ['workloads/archiver/a.ts', '#archive/storage/lock.ts', 'is behind the door of the archive'],
  ['cli/a.ts', '#archive/format/time.ts', 'is behind the door of the archive'],
  ['workloads/archive/format/a.ts', 'node:fs', 'does no I/O'],
  ['workloads/archive/state/a.ts', 'node:timers/promises', 'does no I/O'],
  ['workloads/archive/state/a.ts', 'process', 'does no I/O'],
  ['workloads/archive/ingest/a.ts', 'ws', 'does no I/O'],
  [
    'operator/local/a.ts',
    '../../workloads/connector/main.ts',
    'may not import workloads/connector',
  ],
  ['operator/local/a.ts', '../../cli/table.ts', 'nothing imports cli'],
  ['workloads/testing/a.ts', '../../cli/main.ts', 'nothing imports cli'],
  ['workloads/archiver/a.test.ts', '../../operator/names.ts', 'may not import operator'],
  ['workloads/archiver/a.ts', '#testing/nats.ts', 'may not import workloads/testing'],
  ['workloads/archiver/a.ts', '#wire/testing/x.ts', 'is for tests only'],
  ['workloads/archiver/a.ts', '#archive/bench.ts', 'is for tests only'],
  ['workloads/connector/a.ts', '../../.ci/imports.ts', 'nothing imports .ci'],
  ['workloads/testing/a.ts', '../../.ci/tools/tools.ts', 'nothing imports .ci'],
  ['operator/local/a.ts', '../../.ci/tools/tools.ts', 'nothing imports .ci'],
  ['operator/local/a.test.ts', '../../.ci/tools/tools.ts', 'nothing imports .ci'],
  ['operator/bench/a.ts', '../../.ci/tools/tools.ts', 'nothing imports .ci'],
  ['charts/a.test.ts', '../.ci/tools/tools.ts', 'nothing imports .ci'],
  ['cli/a.ts', '../.ci/tools/tools.ts', 'nothing imports .ci'],
  ['cli/ssmd.mjs', '../.ci/tools/tools.ts', 'nothing imports .ci'],
  ['cli/launch/a.mjs', '../../.ci/tools/tools.ts', 'nothing imports .ci'],
  ['cli/launch/a.mjs', '#crds/errors.ts', 'cli/launch may not import crds'],
  ['cli/launch/a.mjs', '../output.ts', 'nothing imports cli'],
  ['cli/launch/a.mjs', 'ws', 'the launcher runs before packages'],
  ['operator/local/a.ts', '../../cli/launch/lock.mjs', 'nothing imports cli'],
  ['workloads/packages/a.ts', '../../cli/program.ts', 'nothing imports cli'],
  ['workloads/archiver/a.ts', '../archive/writer.ts', 'write "#archive/writer.ts"'],
  ['workloads/archive/a.ts', '#archive/b.ts', 'import relatively'],
  ['workloads/wire/a.ts', '#wrie/b.ts', 'no alias'],
  ['workloads/wire/a.ts', 'left-pad', 'package.json does not list left-pad'],
  ['workloads/wire/a.ts', 'capnp-ts', 'capnp-ts is a development dependency'],
]
for (const [from, specifier, why] of FORBIDDEN) {
  test(`${from} may not import ${specifier}`, () => {
    assert.match(one(from, specifier), why)
  })
}

test('the table of arrows has no ring: no two rooms may import each other', () => {
  assert.equal(findRings(ARROWS), [])
})

test('two rooms that import each other are a problem even if both may, and if no ring of files closes', () => {
  const found = problems({
    'workloads/connector/a.ts': "import { b } from '#role/b.ts'",
    'workloads/role/b.ts': '',
    'workloads/role/c.ts': "import { d } from '../connector/d.ts'",
    'workloads/connector/d.ts': '',
  })
  const pair = found.find((problem) => problem.includes('import each other'))
  assert.match(
    pair ?? '',
    'workloads/connector and workloads/role import each other: workloads/connector/a.ts -> workloads/role/b.ts'
  )
})

test('a ring between files of one room is a problem, and names its files', () => {
  const found = problems({
    'crds/a.ts': "import { b } from './b.ts'",
    'crds/b.ts': "import { a } from './a.ts'",
  })
  assert.equal(found, ['crds/a.ts: import ring crds/a.ts -> crds/b.ts -> crds/a.ts'])
})

test('a pure room does no I/O through what it imports either', () => {
  const found = problems({
    'workloads/archive/state/a.ts': "import { read } from '#crds/file.ts'",
    'crds/file.ts': "import { readFile } from 'node:fs/promises'",
  })
  assert.match(found.join(), 'a.ts: does no I/O, and crds/file.ts imports node:fs/promises')
  const types = problems({
    'workloads/archive/state/a.ts': "import type { Read } from '#crds/file.ts'",
    'crds/file.ts': "import { readFile } from 'node:fs/promises'",
  })
  assert.equal(types, [])
})

const EFFECTS = [
  'process.env.HOME',
  'setTimeout(f, 1)',
  'Date.now()',
  'new Date()',
  'Math.random()',
  'console.log(1)',
  'performance.now()',
  'fetch(url)',
  "globalThis['process']",
]
for (const code of EFFECTS) {
  test(`a pure room may not use ${code}`, () => {
    const found = problems({ 'workloads/archive/format/a.ts': `export const x = ${code}` })
    assert.match(found.join(), 'a.ts: does no I/O, and workloads/archive/format/a.ts uses ')
  })
}

test('words of comments, fields and methods are no effects', () => {
  const text = '// process.env\nexport const x = a.fetch(new Date(7), process) // Date.now()\n'
  assert.equal(problems({ 'workloads/archive/format/a.ts': text }), [])
})

test('an import that is loaded only when needed closes no ring', () => {
  const found = problems({
    'crds/a.ts': "import { b } from './b.ts'",
    'crds/b.ts': "const a = () => import('./a.ts')",
  })
  assert.equal(found, [])
})

test('an import of nothing but types says so, for stripping leaves the module loaded', () => {
  const found = problems({ 'crds/a.ts': "import { type B } from './b.ts'" })
  assert.equal(found, ['crds/a.ts:1: only types: write "import type { … }"'])
})

test('types of a development dependency may be used anywhere', () => {
  assert.equal(problems({ 'workloads/wire/a.ts': "import type { S } from 'capnp-ts'" }), [])
})

test.run()
