// test: limit 300s
// `ssmd signal deploy`, `list` and `stop` as a person types them, in a git repository with other edits; `--apply` against a real API
// server.

import { execFileSync } from 'node:child_process'
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { parse } from 'yaml'
import { skip } from '#testing/skip.ts'
import { SIGNALS } from '../operator/reconcile/kinds.ts'
import { missingTools } from '../operator/testing/cluster.ts'
import { declare, feed, type SharedKinds, sharedKinds } from '../operator/testing/kinds.ts'
import { type Ran, runSsmd } from './testing/run.ts'
import { makeTickerArchive } from './testing/ticker-archive.ts'

const test = suite('signal deploy')
const SIGNAL = 'exchanges/signals/wide.yaml'
const PROGRAM = 'exchanges/signals/wide.ts'
let root: string
let git: (...args: string[]) => string

test.before.each(async () => {
  root = mkdtempSync(join(tmpdir(), 'ssmd-deploy-'))
  git = (...args) => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim()
  git('init', '--quiet', '-b', 'main')
  git('config', 'user.email', 'a@example.com')
  git('config', 'user.name', 'a')
  for (const args of [['init'], ['signal', 'new', 'wide']]) await ssmd(...args)
  git('add', '.')
  git('reset', '--quiet', PROGRAM)
  git('commit', '--quiet', '-m', 'first')
  await makeTickerArchive(join(root, 'data'), [1, 2, 9, 1, 8])
})
test.after.each(() => {
  rmSync(root, { recursive: true, force: true })
})

const run = (...args: string[]): Promise<Ran> => runSsmd(args, { cwd: root })
const ssmd = async (...args: string[]): Promise<string> => {
  const { code, stdout, stderr } = await run(...args)
  assert.is(code, 0, `ssmd ${args.join(' ')}\n${stdout}${stderr}`)
  return stdout
}
const deploy = (...more: string[]) => [
  ...['signal', 'deploy', PROGRAM, '--feed', 'kalshi', '--cache-dir', join(root, 'cache')],
  ...more,
]
const read = (file: string): string => readFileSync(join(root, file), 'utf8')

test('the program is guarded, its text stands in the resource, and the two alone are committed', async () => {
  appendFileSync(join(root, 'exchanges/feeds/kalshi.yaml'), '# my edit\n')
  writeFileSync(join(root, 'staged.txt'), 'staged\n')
  git('add', 'staged.txt')
  const said = await ssmd(
    ...deploy('--sink', 'hook=https://x.test/fires', '--param', 'threshold=0.05')
  )
  assert.match(said, /guards +passed over \d+ events, \d fires?\n/)
  const { metadata, spec } = parse(read(SIGNAL))
  assert.is(metadata.name, 'wide')
  assert.is(spec.source, read(PROGRAM))
  assert.equal(spec.environmentRef, { name: 'local' })
  assert.equal(spec.params, { threshold: 0.05 })
  assert.equal(spec.sinks, [{ name: 'hook', type: 'webhook', url: 'https://x.test/fires' }])
  const committed = git('show', '--name-only', '--format=', 'HEAD').split('\n').sort()
  assert.equal(committed, ['exchanges/kustomization.yaml', PROGRAM, SIGNAL].sort())
  assert.match(git('status', '--porcelain'), /^ ?M exchanges\/feeds\/kalshi.yaml\nA {2}staged.txt/)
  await ssmd('validate')

  const again = await ssmd(...deploy())
  assert.match(again, 'committed  nothing')
  appendFileSync(join(root, PROGRAM), '// edited\n')
  const differs = await run('validate')
  assert.is(differs.code, 3)
  assert.match(differs.stdout, /spec\.source: .*found another program.*ssmd signal deploy/)
  assert.match(
    await ssmd('signal', 'list'),
    /wide +local +kalshi +log +hook \(webhook\) .*program differs/
  )
  await ssmd('signal', 'deploy', PROGRAM, '--cache-dir', join(root, 'cache'))
  assert.equal(
    git('show', '--name-only', '--format=', 'HEAD').split('\n').sort(),
    [PROGRAM, SIGNAL].sort()
  )
  assert.is(parse(read(SIGNAL)).spec.source, read(PROGRAM))
  assert.equal(parse(read(SIGNAL)).spec.params, { threshold: 0.05 })
  await ssmd('validate')
})

test('stop suspends it in the file, and the next deploy runs it again', async () => {
  await ssmd(...deploy())
  await ssmd('signal', 'stop', 'wide')
  assert.is(parse(read(SIGNAL)).spec.suspend, true)
  assert.match(await ssmd('signal', 'list'), 'stopped')
  await ssmd('signal', 'deploy', PROGRAM, '--cache-dir', join(root, 'cache'))
  assert.is(parse(read(SIGNAL)).spec.suspend, undefined)
})

test('--push pushes; without a remote it says so and what was committed stays', async () => {
  const away = await run(...deploy('--push'))
  assert.is(away.code === 0, false)
  assert.match(away.stderr, 'git push')
  const remote = mkdtempSync(join(tmpdir(), 'ssmd-remote-'))
  try {
    execFileSync('git', ['init', '--quiet', '--bare', remote])
    git('remote', 'add', 'origin', remote)
    git('push', '--quiet', '-u', 'origin', 'main')
    appendFileSync(join(root, PROGRAM), '// pushed\n')
    assert.match(await ssmd(...deploy('--push')), 'and pushed')
    assert.is(git('rev-parse', 'origin/main'), git('rev-parse', 'HEAD'))
  } finally {
    rmSync(remote, { recursive: true, force: true })
  }
})

for (const [what, program, message] of [
  [
    'is refused with its line',
    'export default defineSignal({\n  on: fetch,\n})\n',
    /wide\.ts:2: fetch/,
  ],
  ['loops', undefined, /loops|turns|limit/i],
] as const)
  test(`a program that ${what} is neither written nor committed`, async () => {
    const text = read(PROGRAM)
    const loop = text.replace(/on\(([^)]*)\) \{/, 'on($1) { while (true) {}')
    writeFileSync(join(root, PROGRAM), program ?? loop)
    if (program === undefined) assert.is.not(loop, text)
    const head = git('rev-parse', 'HEAD')
    const { code, stderr } = await run(...deploy())
    assert.is(code, 3, stderr)
    assert.match(stderr, message)
    assert.is(git('rev-parse', 'HEAD'), head)
    assert.is(git('status', '--porcelain', '--', SIGNAL), '')
  })

test('without a day of the feeds nothing is deployed, unless guards are left out', async () => {
  rmSync(join(root, 'data'), { recursive: true })
  const none = await run(...deploy())
  assert.is(none.code, 3)
  assert.match(none.stderr, /no archive here holds a day of kalshi.*--no-guards/s)
  assert.match(await ssmd(...deploy('--no-guards')), 'not run')
})

test('a word that is no sink is refused without being shown', async () => {
  const { code, stderr } = await run(...deploy('--sink', 'chat=slack:xoxb-secret'))
  assert.is(code, 2)
  assert.match(stderr, '--sink chat=…')
  assert.not.match(stderr, 'xoxb')
})

const missing = await missingTools()
test('--apply applies it, and is refused where Argo CD delivers the resources of the namespace', async () => {
  if (missing) return skip(missing)
  const kinds: SharedKinds = await sharedKinds()
  try {
    const space = await kinds.space()
    const cluster = ['--kubeconfig', kinds.cluster.kubeconfig, '-n', space.name]
    assert.match(await ssmd(...deploy('--apply', ...cluster)), `in namespace ${space.name}`)
    const { spec } = await kinds.client.get(SIGNALS, `${space.name}/wide`)
    assert.is((spec as { source: string }).source, read(PROGRAM))
    const tracked = feed(space, 'a')
    const annotations = { 'argocd.argoproj.io/tracking-id': 'ssmd:ssmd.io/Feed:x/a' }
    await declare(kinds.client, { ...tracked, metadata: { ...tracked.metadata, annotations } })
    const refused = await run(...deploy('--apply', ...cluster))
    assert.is(refused.code, 2)
    assert.match(refused.stderr, /Argo CD delivers the resources of namespace .*Feed a.*--push/s)
  } finally {
    await kinds.stop()
  }
})

test.run()
