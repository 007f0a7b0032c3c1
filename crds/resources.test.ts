import assert from 'node:assert/strict'
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import { stringify } from 'yaml'
import { SsmdError } from './errors.ts'
import { describeProblem, loadResource, loadResources } from './resources.ts'
import { LEAST } from './testdata/samples.ts'

type Context = { folder: string }

const test = suite<Context>('resources', { folder: '' })

test.before.each(async (context) => {
  context.folder = await mkdtemp(join(tmpdir(), 'ssmd-resources-'))
})

test.after.each(async ({ folder }) => {
  await rm(folder, { recursive: true })
})

const named = (kind: keyof typeof LEAST, name: string): string =>
  stringify({ ...LEAST[kind], metadata: { name } })

test('reads every YAML file below a folder, but not schemas and dot folders', async ({
  folder,
}) => {
  for (const path of ['feeds', 'archives', 'schemas', '.git', 'feeds/more']) {
    await mkdir(join(folder, path))
  }
  await writeFile(join(folder, 'feeds', 'b.yaml'), named('Feed', 'b'))
  await writeFile(join(folder, 'feeds', 'a.yml'), named('Feed', 'a'))
  await writeFile(join(folder, 'feeds', 'more', 'c.yaml'), named('Feed', 'c'))
  await writeFile(join(folder, 'feeds', 'notes.txt'), 'not: [yaml')
  await writeFile(join(folder, 'schemas', 'x.yaml'), 'not: [yaml')
  await writeFile(join(folder, '.git', 'x.yaml'), 'not: [yaml')
  await writeFile(join(folder, 'archives', 'k.yaml'), named('Archive', 'k'))
  const { feeds, archives, problems } = await loadResources(folder)
  assert.deepEqual(problems, [])
  assert.deepEqual(
    feeds.map(({ resource }) => resource.metadata.name),
    ['a', 'b', 'c']
  )
  assert.equal(archives.length, 1)
})

test('a broken file hinders no other, and a name that two files give is told', async ({
  folder,
}) => {
  await writeFile(join(folder, 'a.yaml'), named('Feed', 'a'))
  await writeFile(join(folder, 'b.yaml'), 'a: [b\n')
  await writeFile(join(folder, 'c.yaml'), named('Feed', 'a'))
  const { feeds, problems } = await loadResources(folder)
  assert.equal(feeds.length, 1)
  assert.equal(problems.length, 2)
  assert.match(
    problems.map(describeProblem).join('\n'),
    /b\.yaml:1:\d+: not YAML.*\n.*c\.yaml:4:9.*first in .*a\.yaml:1/
  )
})

test('a file that cannot be read is a problem of its own', async ({ folder }) => {
  await writeFile(join(folder, 'a.yaml'), named('Feed', 'a'))
  await mkdir(join(folder, 'real'))
  await writeFile(join(folder, 'b.yaml'), named('Feed', 'b'))
  await chmod(join(folder, 'b.yaml'), 0)
  const { feeds, problems } = await loadResources(folder)
  // The administrator reads everything.
  const expected = process.getuid?.() === 0 ? { feeds: 2, problems: 0 } : { feeds: 1, problems: 1 }
  assert.deepEqual({ feeds: feeds.length, problems: problems.length }, expected)
})

test('a path that is not there is an error that says so', async ({ folder }) => {
  await assert.rejects(loadResources(join(folder, 'none')), (thrown) => {
    assert.ok(thrown instanceof SsmdError)
    assert.equal(thrown.code, 'SSMD_E_NOT_FOUND')
    return true
  })
})

test('a role gets the one resource that it asks for, with its defaults', async ({ folder }) => {
  const file = join(folder, 'x.yaml')
  await writeFile(file, `${named('Feed', 'a')}---\n${named('Environment', 'e')}`)
  assert.equal((await loadResource('Feed', file)).spec.state, 'active')
  assert.equal((await loadResource('Environment', file)).spec.connector.linger, '5ms')
})

test('a role is told why it does not get its resource', async ({ folder }) => {
  const file = join(folder, 'x.yaml')
  const refused = async (text: string): Promise<string> => {
    await writeFile(file, text)
    const thrown = await loadResource('Feed', file).catch((error: unknown) => error)
    assert.ok(thrown instanceof SsmdError)
    return `${thrown.code} ${thrown.message.replace(folder, '')}`
  }
  assert.equal(
    await refused(named('Feed', 'a').replace('kalshi', 'kalshy')),
    'SSMD_E_RESOURCE_INVALID /x.yaml:6:13: spec.exchange: expected one of kalshi, synthetic, found "kalshy"'
  )
  assert.equal(
    await refused(`${named('Feed', 'a')}---\n${named('Feed', 'b')}`),
    'SSMD_E_RESOURCE_INVALID /x.yaml: expected one Feed, found 2: a and b'
  )
  assert.equal(
    await refused(named('Archive', 'a')),
    'SSMD_E_RESOURCE_INVALID /x.yaml: expected one Feed, found Archive'
  )
  assert.equal(
    await refused(''),
    'SSMD_E_RESOURCE_INVALID /x.yaml: expected one Feed, found no resource'
  )
})

test.run()
