// Keeps docs/architecture.md true: its table of rooms says what .ci/arrows.ts allows, and every path in it exists. `npm run
// format` writes the column of imports, adds rooms that are new and removes those that are gone; what a room is for is
// written by people, and a room without that is a finding.

import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { isForTests, mayImport, roomKindOf } from './arrows.ts'
import { readSources } from './sources.ts'

export type Room = { readonly name: string; readonly may: readonly string[] | string }

const ROOT = new URL('..', import.meta.url)
const PAGE = new URL('docs/architecture.md', ROOT)
const START = '<!-- rooms -->\n'
const END = '<!-- end of rooms -->'
const HEAD = ['| room | what it is | may import |', '|---|---|---|']
const NONE = '?'

/** The rooms of what ships, in the order of their first file. */
export function roomsOf(paths: readonly string[]): Room[] {
  const names = new Set(paths.filter((path) => !isForTests(path)).map(roomKindOf))
  return [...names].map((name) => ({ name, may: mayImport(name) }))
}

/** The page with its table of rooms as they are; rows keep their order and what people wrote, new rooms come last. */
export function writeRooms(page: string, rooms: readonly Room[]): string {
  const [before = '', rest = ''] = page.split(START)
  const [table = '', after = ''] = rest.split(END)
  const about = new Map(
    [...table.matchAll(/^\| `([^`]+)` \| (.*?) \|/gm)].map(([, name = '', text = '']) => [
      name,
      text,
    ])
  )
  const place = [...about.keys()]
  const order = ({ name }: Room) => (about.has(name) ? place.indexOf(name) : place.length)
  const rows = rooms
    .toSorted((a, b) => order(a) - order(b))
    .map(({ name, may }) => `| \`${name}\` | ${about.get(name) ?? NONE} | ${cell(may)} |`)
  return [before, START, [...HEAD, ...rows, ''].join('\n'), END, after].join('')
}

const cell = (may: Room['may']): string =>
  typeof may === 'string' ? may : may.map((room) => `\`${room}\``).join(', ') || 'nothing'

/** What is wrong with the page, in lines for a person. */
export function checkPage(
  page: string,
  rooms: readonly Room[],
  exists: (path: string) => boolean
): string[] {
  const nameless = [...page.matchAll(/^\| `([^`]+)` \| \? \|/gm)].map(
    ([, name]) => `say what ${name} is, in its row of the table of rooms`
  )
  const missing = pathsOf(page).filter((path) => !exists(path))
  return [
    ...(page === writeRooms(page, rooms)
      ? []
      : ['the table of rooms is not what .ci/arrows.ts allows: npm run format']),
    ...nameless,
    ...missing.map((path) => `${path} does not exist: name the file that took its place`),
  ]
}

/** Paths of the repository that a page names as code, and what it links to. */
export function pathsOf(page: string): string[] {
  const code = [...page.matchAll(/`([.\w-]+(?:\/[.\w-]+)+)`/g)].map(([, path = '']) => path)
  const links = [...page.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map(
    ([, path = '']) => `docs/${path}`
  )
  return [...new Set([...code, ...links])]
}

if (import.meta.main) {
  const page = await readFile(PAGE, 'utf8')
  const rooms = roomsOf((await readSources(ROOT.pathname)).map(({ path }) => path))
  if (process.argv.includes('--check')) {
    const exists = (path: string) => path.startsWith('<') || existsSync(new URL(path, ROOT))
    for (const problem of checkPage(page, rooms, exists)) {
      console.error(`docs/architecture.md: ${problem}`)
      process.exitCode = 1
    }
  } else await writeFile(PAGE, writeRooms(page, rooms))
}
