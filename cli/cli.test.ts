import { readFileSync } from 'node:fs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { TestFolder, writeResources } from '../operator/local/testing/folder.ts'
import { runSsmd } from './testing/run.ts'

const ROOT = new URL('..', import.meta.url).pathname

const test = suite('command line')

test('alone it says how to begin, and ends with 0', async () => {
  const { code, stdout, stderr } = await runSsmd([])
  assert.is(code, 0)
  assert.match(stdout, /npx ssmd up/)
  assert.is(stderr, '')
})

for (const args of [
  ['--help'],
  ['help'],
  ['help', 'up'],
  ['up', '--help'],
  ['help', 'data', 'sample'],
  ['data', 'verify', '--help'],
  ['connector', '-h'],
]) {
  test(`ssmd ${args.join(' ')} prints help to standard output and ends with 0`, async () => {
    const { code, stdout, stderr } = await runSsmd(args)
    assert.is(code, 0)
    assert.match(stdout, /^Usage: ssmd/)
    assert.is(stderr, '')
    // Every command teaches by example.
    if (args.join() !== '--help' && args.join() !== 'help')
      assert.match(stdout, /Examples:\n {2}ssmd /)
  })
}

test('help data sample is about data sample', async () => {
  assert.match((await runSsmd(['help', 'data', 'sample'])).stdout, /^Usage: ssmd data sample /)
})

for (const [args, said] of [
  [['upp'], /^ssmd: unknown command 'upp' \(SSMD_E_USAGE\)\n {2}Did you mean up\?\n$/],
  [['data', 'lst'], /^ssmd: unknown command 'lst' .*\n {2}Did you mean list\?\n$/],
  [['up', '--dta', 'x'], /^ssmd: unknown option '--dta' .*\n {2}Did you mean --data\?\n$/],
  [['up', 'a', 'b'], /^ssmd: too many arguments for 'up'.*\(SSMD_E_USAGE\)\n/],
  [['data', 'sample'], /^ssmd: missing required argument 'feed' \(SSMD_E_USAGE\)\n/],
  [['data', 'sample', 'x', 'today', '--limit', 'many'], /^ssmd: .*--limit.*whole number.*\n/],
  [['data', 'list', '--output', 'xml'], /^ssmd: .*--output.*table, json.*\n/],
  [['connector', '--feed', 'x'], /^ssmd: required option '--env <file>' not specified/],
  [['simulator', 'kalshi', '--port', '70000'], /^ssmd: .*--port.*whole number/],
  [['simulator', 'kalshi', '--speed', 'fast'], /^ssmd: --speed fast: expected a number or max/],
] as const) {
  test(`ssmd ${args.join(' ')} is a usage error: one line, a hint, exit code 2`, async () => {
    const { code, stdout, stderr } = await runSsmd(args)
    assert.is(code, 2)
    assert.is(stdout, '')
    assert.match(stderr, said)
    assert.match(stderr, /\(SSMD_E_USAGE\)/)
  })
}

test('the version is that of the package', async () => {
  const { version } = JSON.parse(readFileSync(`${ROOT}/package.json`, 'utf8')) as {
    version: string
  }
  assert.is((await runSsmd(['--version'])).stdout, `ssmd ${version}\n`)
  assert.match((await runSsmd(['version'])).stdout, `ssmd ${version}, Node 24.`)
})

test('the resources that come with ssmd are valid', async () => {
  const { code, stdout } = await runSsmd(['validate'], { cwd: ROOT })
  assert.match(
    stdout,
    /^exchanges: \d+ feeds?, \d+ environments?, \d+ archives?, 1 schema: all valid\n$/
  )
  assert.is(code, 0)
})

test('validate names file, line, column and field, counts, and ends with 3', async () => {
  using folder = new TestFolder()
  writeResources(folder, 4222)
  const feed = folder.read('exchanges/feeds/kalshi.yaml')
  folder.write('exchanges/feeds/kalshi.yaml', feed.replace('exchange: kalshi', 'exchange: kalshy'))
  folder.write('exchanges/broken.yaml', 'kind: [')
  const { code, stdout } = await runSsmd(['validate', folder.exchanges])
  assert.is(code, 3)
  assert.match(
    stdout,
    /feeds\/kalshi\.yaml:5:13: spec\.exchange: expected one of .*found "kalshy" \(did you mean kalshi\?\)\n/
  )
  assert.match(stdout, /broken\.yaml:1:\d+: /)
  assert.match(stdout, /\d+ problems\n$/)
})

test('validate --output json is one document with stable names', async () => {
  using folder = new TestFolder()
  writeResources(folder, 4222)
  folder.write('exchanges/broken.yaml', 'kind: [')
  const { code, stdout } = await runSsmd(['validate', folder.exchanges, '-o', 'json'])
  assert.is(code, 3)
  const result = JSON.parse(stdout)
  assert.equal(Object.keys(result), ['path', 'valid', 'counts', 'overlays', 'problems', 'notes'])
  assert.is(result.valid, false)
  assert.equal(Object.keys(result.problems[0]).sort(), [
    'code',
    'column',
    'field',
    'file',
    'hint',
    'kind',
    'line',
    'message',
    'name',
  ])
})

test('one file is judged by itself: what it refers to may lie elsewhere', async () => {
  using folder = new TestFolder()
  writeResources(folder, 4222)
  const { code } = await runSsmd(['validate', `${folder.exchanges}/archives/kalshi-local.yaml`])
  assert.is(code, 0)
})

test('what is not there is one clear line with the code, and exit code 1', async () => {
  const { code, stdout, stderr } = await runSsmd(['validate', '/nowhere'])
  assert.is(code, 1)
  assert.is(stdout, '')
  assert.is(
    stderr,
    'ssmd: /nowhere: there is no such file or folder (SSMD_E_NOT_FOUND)\n  check the path\n'
  )
})

test('a reader that goes away ends it quietly', async () => {
  using folder = new TestFolder()
  // More than a pipe holds.
  for (let i = 0; i < 3000; i++) folder.write(`exchanges/f${i}.yaml`, 'kind: [')
  const { stderr, code } = await runSsmd(['validate', folder.exchanges], {
    onStart: (child) => child.stdout?.once('data', () => child.stdout?.destroy()),
  })
  assert.is(stderr, '')
  assert.is(code, 0)
})

test('up without anything to run says what is missing', async () => {
  using folder = new TestFolder()
  const { code, stderr } = await runSsmd(['up', folder.path, '--data', folder.data])
  assert.is(code, 1)
  assert.match(
    stderr,
    /no Environment is declared there \(SSMD_E_NOT_FOUND\)\n {2}an Environment says/
  )
})

test('a role whose file is not there says so', async () => {
  const { code, stdout, stderr } = await runSsmd([
    'connector',
    '--feed',
    '/nowhere.yaml',
    '--env',
    '/nowhere.yaml',
  ])
  assert.is(code, 1)
  assert.match(stdout + stderr, /\/nowhere\.yaml/)
})

test.run()
