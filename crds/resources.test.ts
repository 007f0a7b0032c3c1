import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import { stringify } from 'yaml'
import { SsmdError } from './errors.ts'
import { EXCHANGES } from './exchanges.gen.ts'
import { describeProblem, loadResource, loadResources } from './resources.ts'
import { LEAST } from './testdata/least.ts'

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
    `SSMD_E_RESOURCE_INVALID /x.yaml:6:13: spec.exchange: expected one of ${Object.keys(EXCHANGES).join(', ')}, found "kalshy"`
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

test('what is no regular file is named with its kind, is not waited for, and hinders no other', async ({
  folder,
}) => {
  const at = (name: string): string => join(folder, name)
  await writeFile(at('a.yaml'), named('Feed', 'a'))
  execFileSync('mkfifo', [at('fifo.yaml')])
  await symlink('fifo.yaml', at('to-fifo.yaml'))
  await symlink('/dev/zero', at('device.yaml'))
  await symlink('loop.yaml', at('loop.yaml'))
  await symlink('none', at('nowhere.yaml'))
  await symlink('.', at('folder.yaml'))
  await symlink('..', at('circle'))
  await mkdir(at('named.yaml'))
  await writeFile(join(at('named.yaml'), 'in.yaml'), named('Feed', 'in'))
  await writeFile(at('huge.yaml'), '')
  await truncate(at('huge.yaml'), 2 ** 40)
  await writeFile(Buffer.concat([Buffer.from(folder), Buffer.from('/bad-\xff.yaml', 'latin1')]), '')
  const server = createServer().listen(at('socket.yaml'))
  await once(server, 'listening')
  try {
    const { feeds, problems } = await loadResources(folder)
    assert.deepEqual(
      feeds.map(({ resource }) => resource.metadata.name),
      ['a', 'in']
    )
    const said = problems.map(describeProblem).join('\n').replaceAll(`${folder}/`, '')
    assert.match(said, /^fifo\.yaml:1:1: fifo\.yaml is a FIFO/m)
    assert.match(said, /^to-fifo\.yaml:1:1: to-fifo\.yaml is a FIFO/m)
    assert.match(said, /^device\.yaml:1:1: device\.yaml is a device/m)
    assert.match(said, /^socket\.yaml:1:1: socket\.yaml is a socket/m)
    assert.match(said, /^folder\.yaml:1:1: folder\.yaml is a folder/m)
    assert.match(said, /^circle:1:1: circle is a link to a folder/m)
    assert.match(said, /^loop\.yaml:1:1: a link that leads to itself \(remove it\)/m)
    assert.match(said, /^nowhere\.yaml:1:1: .*\(it is a link that leads nowhere/m)
    assert.match(said, /^huge\.yaml:1:1: expected at most 1048576 bytes, found 1099511627776/m)
    assert.match(said, /^bad-.\.yaml:1:1: .*not UTF-8/m)
    assert.equal(problems.length, 10)
  } finally {
    server.close()
  }
})

test('a role refuses what is no regular file, and follows the links of a ConfigMap', async ({
  folder,
}) => {
  await mkdir(join(folder, '..2026_01'))
  await writeFile(join(folder, '..2026_01', 'feed.yaml'), named('Feed', 'a'))
  await symlink('..2026_01', join(folder, '..data'))
  await symlink('..data/feed.yaml', join(folder, 'feed.yaml'))
  assert.equal((await loadResource('Feed', join(folder, 'feed.yaml'))).metadata.name, 'a')
  assert.equal((await loadResources(folder)).feeds.length, 1)
  execFileSync('mkfifo', [join(folder, 'fifo')])
  await assert.rejects(loadResource('Feed', join(folder, 'fifo')), /is a FIFO, not a regular file/)
})

test('JSON files are read, as kubectl does', async ({ folder }) => {
  await writeFile(join(folder, 'a.json'), JSON.stringify(LEAST.Feed, null, 2))
  const { feeds, problems } = await loadResources(folder)
  assert.deepEqual(problems, [])
  assert.equal(feeds.length, 1)
})

test.run()
