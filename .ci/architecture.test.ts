import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { checkPage, pathsOf, roomsOf, writeRooms } from './architecture.ts'
import { mayImport } from './arrows.ts'
import { readSources } from './sources.ts'

const test = suite('architecture')
const root = new URL('..', import.meta.url)
const read = (path: string) => readFileSync(new URL(path, root), 'utf8')
const page = read('docs/architecture.md')
const exists = (path: string) => existsSync(new URL(path, root))

test('every path in docs/architecture.md exists, and its table of rooms is what the arrows allow', async () => {
  const rooms = roomsOf((await readSources(root.pathname)).map(({ path }) => path))
  assert.equal(checkPage(page, rooms, exists), [])
  assert.ok(pathsOf(page).length > 40)
})

const ROOMS = [
  { name: 'crds', may: [] },
  { name: 'workloads/wire', may: ['crds'] },
  { name: 'cli', may: 'everything that ships' },
]
const PAGE = [
  'Text `crds/feed.yaml`.',
  '<!-- rooms -->',
  '| room | what it is | may import |',
  '|---|---|---|',
  '| `workloads/wire` | blocks | `crds` |',
  '| `crds` | the kinds | nothing |',
  '| `cli` | the command | everything that ships |',
  '<!-- end of rooms -->',
  '',
].join('\n')

test('a page that is right stays as it is, in the order of its rows', () => {
  assert.is(writeRooms(PAGE, ROOMS), PAGE)
  assert.equal(
    checkPage(PAGE, ROOMS, () => true),
    []
  )
})

test('a room that comes, goes or may import something else is a finding until the table is written', () => {
  const changes = [
    [...ROOMS, { name: 'operator', may: ['crds'] }],
    ROOMS.slice(1),
    ROOMS.map((room) => (room.name === 'crds' ? { ...room, may: ['cli'] } : room)),
  ]
  for (const rooms of changes)
    assert.match(checkPage(PAGE, rooms, () => true)[0] ?? '', /npm run format/)
  for (const rooms of changes.slice(1))
    assert.equal(
      checkPage(writeRooms(PAGE, rooms), rooms, () => true),
      []
    )
})

test('a new room has to be described by a person', () => {
  const rooms = [...ROOMS, { name: 'operator', may: ['crds'] }]
  assert.equal(
    checkPage(writeRooms(PAGE, rooms), rooms, () => true),
    ['say what operator is, in its row of the table of rooms']
  )
})

test('a path that is gone is a finding', () => {
  const problems = checkPage(PAGE, ROOMS, (path) => path !== 'crds/feed.yaml')
  assert.equal(problems, ['crds/feed.yaml does not exist: name the file that took its place'])
})

test('rooms are those of files that ship', () => {
  const paths = ['crds/a.ts', 'crds/a.test.ts', 'workloads/testing/x.ts', 'operator/bench/y.ts']
  assert.equal(roomsOf(paths), [{ name: 'crds', may: mayImport('crds') }])
})

test('the archive format page has a row for every cause of a gap, every fault and every kind of event', () => {
  const source = read('workloads/wire/events.ts')
  const format = read('docs/reference/archive-format.md')
  const union = (name: string) => [
    ...(source.split(`export type ${name} =`)[1]?.split('\n\n')[0] ?? '').matchAll(/'([\w-]+)'/g),
  ]
  const words = [...union('GapCause'), ...union('GapFault')].map(([, word]) => word)
  const kinds = [...source.matchAll(/readonly kind: '(\w+)'/g)].map(([, kind]) => kind)
  assert.ok(words.length >= 16 && kinds.length >= 9)
  assert.equal(
    [...words, ...kinds].filter((word) => !format.includes(`\`${word}\``)),
    []
  )
})

test('documents link to files that exist', () => {
  const docs = readdirSync(new URL('docs/', root), { recursive: true }) as string[]
  const names = [
    'README.md',
    'CONTRIBUTING.md',
    'SECURITY.md',
    ...docs.map((name) => `docs/${name}`),
  ]
  for (const name of names.filter((name) => name.endsWith('.md'))) {
    const links = [...read(name).matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)]
    for (const [, link = ''] of links)
      assert.ok(existsSync(new URL(link, new URL(name, root))), `${name}: ${link}`)
  }
})

test.run()
