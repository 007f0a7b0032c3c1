// The arrows between rooms (docs/architecture.md, "Rooms"): who may import whom, by which name, and which
// packages. A pure function over import lines; what it returns is a list of broken rules, one line each.

import { posix } from 'node:path'
import { findRings, type Import, type SourceFile } from './imports.ts'

export type House = {
  /** `imports` of package.json: `#wire/*` to `./workloads/wire/*`. */
  readonly aliases: Readonly<Record<string, string>>
  readonly dependencies: readonly string[]
  readonly devDependencies: readonly string[]
}

const ARCHIVE = 'workloads/archive'
/** What every program of a workload may use. */
const PROGRAM = ['crds', 'workloads/wire', 'workloads/bus', 'workloads/role']
const MARKET = 'workloads/market'
const EXCHANGES = 'workloads/exchanges'
const PROTOCOL = `${EXCHANGES}/protocol`
/** What the sides of exchanges in the simulator share. */
const SIMULATION = `${EXCHANGES}/simulation`
/** What the folder of one exchange may use: never another exchange. */
const EXCHANGE = ['crds', 'workloads/wire', 'workloads/role', MARKET, PROTOCOL, SIMULATION]
/** Files of an exchange's folder that may import less than the rest of it. */
const NARROW: Readonly<Partial<Record<string, readonly string[]>>> = {
  'facts.ts': [],
  'normalize.ts': [MARKET],
}
/** The rooms of the archive that its writer is made of: from elsewhere only `writer.ts` uses them. */
const INNER = ['format', 'state', 'ingest', 'storage'].map((room) => `${ARCHIVE}/${room}`)
const [FORMAT = '', STATE = '', INGEST = ''] = INNER
/** Rooms of the data API, each of which may import those before it; `api` puts routes together, and main.ts the program. */
const RUNS = 'workloads/runs'
const SIGNALS = 'workloads/signals'
const DATA = 'workloads/data'
const MODEL = `${DATA}/model`
const READ = `${DATA}/read`
const ANSWER = [MODEL, READ, `${DATA}/queries`]
const KINDS = ['operator/feed', 'operator/environment', 'operator/archive']
/** What every room of the operator above its Kubernetes client may use. */
const BASE = ['crds', 'workloads/bus', 'workloads/role', 'operator/kube']
const WORDS = ['operator/render', 'operator/status', 'operator/validation']
const ABOVE_RUNTIME = [...BASE, 'operator/runtime']
const ABOVE_WORDS = [...ABOVE_RUNTIME, ...WORDS]
const ABOVE_RECONCILE = [...ABOVE_WORDS, 'operator/pods', 'operator/reconcile']

/**
 * What each room may import beside itself: rooms, or single files of one. A room that is missing here may import `crds`
 * alone; .ci may import anything, and nothing imports .ci.
 */
const MAY: Readonly<Record<string, readonly string[]>> = {
  crds: [],
  'cli/launch': [],
  'workloads/wire': ['crds', `${MARKET}/json-tokens.ts`],
  'workloads/bus': ['crds', 'workloads/wire', 'workloads/role'],
  [FORMAT]: ['crds', 'workloads/wire'],
  [STATE]: ['crds', 'workloads/wire', FORMAT],
  [INGEST]: ['crds', 'workloads/wire', FORMAT, STATE],
  [`${ARCHIVE}/storage`]: ['crds', 'workloads/wire', FORMAT, STATE, INGEST],
  [ARCHIVE]: ['crds', 'workloads/wire', ...INNER],
  [`${ARCHIVE}/read`]: ['crds', FORMAT],
  // Two files, so that nothing the writer decides can excuse it.
  [`${ARCHIVE}/verify`]: ['crds', `${FORMAT}/manifest.ts`, `${FORMAT}/problem.ts`],
  'workloads/role': ['crds'],
  [PROTOCOL]: ['crds', 'workloads/wire', 'workloads/role'],
  [SIMULATION]: ['crds'],
  [EXCHANGES]: ['crds', MARKET, PROTOCOL, SIMULATION, `${EXCHANGES}/<name>`],
  [MARKET]: [],
  'workloads/events': [...PROGRAM, MARKET, EXCHANGES, `${ARCHIVE}/read`],
  'workloads/connector': [...PROGRAM, MARKET, EXCHANGES, PROTOCOL],
  [MODEL]: ['crds', MARKET, 'workloads/events', `${ARCHIVE}/read`],
  [READ]: ['crds', MARKET, 'workloads/events', `${ARCHIVE}/read`, MODEL],
  [`${DATA}/queries`]: [
    ...['crds', MARKET, 'workloads/events', RUNS, `${ARCHIVE}/read`],
    ...[MODEL, READ],
  ],
  [`${DATA}/formats`]: ['crds', MODEL],
  [`${DATA}/sql`]: [
    ...['crds', MARKET, 'workloads/events', 'workloads/packages', `${ARCHIVE}/read`],
    ...[...ANSWER, `${DATA}/formats`],
  ],
  [`${DATA}/keys`]: ['crds', MODEL],
  [`${DATA}/live`]: PROGRAM,
  [`${DATA}/http`]: [
    ...['crds', 'workloads/role', MODEL],
    ...['formats', 'keys', 'live'].map((room) => `${DATA}/${room}`),
  ],
  [`${DATA}/tail`]: [
    ...[...PROGRAM, MARKET, 'workloads/events', MODEL],
    ...['queries', 'formats', 'live', 'http'].map((room) => `${DATA}/${room}`),
  ],
  [`${DATA}/client`]: [
    ...['crds', 'workloads/events', ...ANSWER],
    ...['formats', 'http'].map((room) => `${DATA}/${room}`),
  ],
  // The page is loaded by a browser.
  [`${DATA}/page`]: [],
  [`${DATA}/api`]: [
    ...['crds', ...ANSWER],
    ...['formats', 'sql', 'http', 'tail'].map((room) => `${DATA}/${room}`),
  ],
  [DATA]: [
    ...['crds', 'workloads/role', 'workloads/events', MODEL, READ],
    ...['keys', 'live', 'http', 'api'].map((room) => `${DATA}/${room}`),
  ],
  // Runs of signals: two programs read them, and programs never import programs.
  [RUNS]: ['crds'],
  // What a run was worth is judged by a reading of its own: it imports nothing of what a signal runs in.
  [`${SIGNALS}/card`]: ['crds', MARKET, 'workloads/events', RUNS, `${ARCHIVE}/read`],
  [SIGNALS]: [
    ...[...PROGRAM, MARKET, EXCHANGES, 'workloads/events', RUNS, `${ARCHIVE}/read`],
    ...[`${SIGNALS}/card`, `${SIGNALS}/views`, `${SIGNALS}/sinks`],
  ],
  // Where fires are sent.
  [`${SIGNALS}/sinks`]: ['crds', 'workloads/bus', 'workloads/role'],
  // The program that runs one signal over live events.
  [`${SIGNALS}/live`]: [
    ...[...PROGRAM, MARKET, PROTOCOL, 'workloads/events'],
    ...[SIGNALS, `${SIGNALS}/sinks`],
  ],
  // What a signal is shown of builders and books.
  [`${SIGNALS}/views`]: ['crds', MARKET],
  'workloads/agent': [
    ...PROGRAM,
    'workloads/events',
    'workloads/packages',
    ...[...ANSWER, `${DATA}/client`, `${DATA}/sql`],
    SIGNALS,
    RUNS,
    // Its lock.
    'cli/launch',
  ],
  // npm is run, and a folder locked, as the launcher does it.
  'workloads/packages': ['crds', 'cli/launch'],
  'workloads/archiver': [...PROGRAM, ARCHIVE],
  'workloads/simulator': [...PROGRAM, EXCHANGES, SIMULATION, `${ARCHIVE}/read`],
  'operator/kube': ['crds', 'workloads/role'],
  'operator/runtime': BASE,
  ...Object.fromEntries(WORDS.map((room) => [room, ABOVE_RUNTIME])),
  'operator/pods': ABOVE_WORDS,
  'operator/reconcile': [...ABOVE_WORDS, 'operator/pods'],
  ...Object.fromEntries(KINDS.map((kind) => [kind, ABOVE_RECONCILE])),
  operator: [...ABOVE_RECONCILE, ...KINDS],
  'operator/local': [...ABOVE_RECONCILE, ...KINDS, 'operator'],
}
/** For tests alone: the operator may have these rooms beside those above. */
const FOR_TESTS = ['operator/testing', 'operator/bench', 'operator/e2e']

/** What a room may import beside itself, as docs/architecture.md shows it; a text for rooms that see all others. */
export function mayImport(room: string): readonly string[] | string {
  if (room.startsWith('.ci')) return 'everything'
  return room === 'cli' ? 'everything that ships' : arrowsOf(room)
}

const arrowsOf = (room: string): readonly string[] =>
  MAY[room] ?? (isExchange(room) ? EXCHANGE : ['crds'])

/** The folder of one exchange. */
const isExchange = (room: string): boolean =>
  room.startsWith(`${EXCHANGES}/`) && room !== PROTOCOL && room !== SIMULATION

/** Rooms without I/O: what they compute follows from their arguments alone. */
const PURE: readonly string[] = [FORMAT, STATE, INGEST, SIMULATION, MARKET]
/** Modules of Node that reach neither disk, network, process nor clock. */
const PURE_MODULES = 'assert assert/strict buffer crypto path util zlib'.split(' ')

export function checkArrows(files: readonly SourceFile[], house: House): string[] {
  const known = new Set(files.map((file) => file.path))
  const problems: string[] = []
  const edges = new Map<string, string[]>()
  for (const file of files) {
    const targets: string[] = []
    for (const item of file.imports) {
      if (isLibraryOfPage(file.path, item.specifier)) continue
      const target = resolve(file.path, item.specifier, house)
      const why =
        target === undefined
          ? packageProblem(file.path, item, house)
          : (nameProblem(file.path, item, target, house) ??
            narrowProblem(file.path, target) ??
            arrowProblem(file.path, target))
      if (why !== undefined) problems.push(`${file.path}:${item.line}: ${why}`)
      if (item.kind === 'hollow') {
        problems.push(`${file.path}:${item.line}: only types: write "import type { … }"`)
      }
      if (target !== undefined && known.has(target) && item.kind !== 'dynamic') targets.push(target)
    }
    edges.set(file.path, targets)
  }
  problems.push(...impureFiles(files, house))
  problems.push(...mutualRooms(edges))
  for (const ring of findRings(edges)) problems.push(`${ring[0]}: import ring ${ring.join(' -> ')}`)
  return problems
}

/** Rooms that import each other, whatever the table says: one line for each pair, with a file of each direction. */
function mutualRooms(edges: ReadonlyMap<string, readonly string[]>): string[] {
  const seen = new Map<string, string>()
  for (const [from, targets] of edges) {
    // Tests and `.ci` do not ship.
    if (isForTests(from) || from.startsWith('.ci/')) continue
    for (const to of targets)
      if (roomOf(from) !== roomOf(to)) seen.set(`${roomOf(from)} ${roomOf(to)}`, `${from} -> ${to}`)
  }
  return [...seen].flatMap(([pair, example]) => {
    const [here = '', there = ''] = pair.split(' ')
    const back = seen.get(`${there} ${here}`)
    return back === undefined || here > there
      ? []
      : [`${here} and ${there} import each other: ${example}, ${back}`]
  })
}

/** What may be imported, as edges between rooms: the drawing of docs, which must have no ring. */
export const ARROWS: ReadonlyMap<string, readonly string[]> = new Map(Object.entries(MAY))

/** The room of a path: `crds`, `workloads/wire`, `workloads/archive/state`, `operator` (its own files), `cli/launch`. */
export function roomOf(path: string): string {
  const [top = '', second = '', third, fourth] = path.split('/')
  const deep = [ARCHIVE, EXCHANGES, DATA, SIGNALS].find((room) => room === `${top}/${second}`)
  if (fourth !== undefined && deep !== undefined) return `${deep}/${third}`
  const divided = top === 'workloads' || top === 'operator' || path.startsWith('cli/launch/')
  return divided && third !== undefined ? `${top}/${second}` : top
}

/** As `roomOf`, with one name for the folders of all exchanges. */
export function roomKindOf(path: string): string {
  const room = roomOf(path)
  return isExchange(room) ? `${EXCHANGES}/<name>` : room
}

/** Tests, what helps them, and measuring programs: nothing that runs at a user's imports them. */
export const isForTests = (path: string): boolean =>
  /\.(test|faults|cluster)\.ts$|(^|\/)(testing|bench)\/|(^|[/.])bench\.ts$/.test(path)

/** Files of packages go by these paths in a browser (workloads/data/api/page.ts). */
const isLibraryOfPage = (from: string, specifier: string): boolean =>
  roomOf(from) === `${DATA}/page` && specifier.startsWith('../lib/')

/** A path in the repository, or undefined for a package. */
function resolve(from: string, specifier: string, house: House): string | undefined {
  if (specifier.startsWith('.')) return posix.join(posix.dirname(from), specifier)
  for (const [alias, target] of Object.entries(house.aliases)) {
    const folder = target.replace(/^\.\//, '').replace(/\*$/, '')
    if (specifier === alias) return folder
    const prefix = alias.replace(/\*$/, '')
    if (alias.endsWith('*') && specifier.startsWith(prefix)) {
      return folder + specifier.slice(prefix.length)
    }
  }
  return undefined
}

function arrowProblem(from: string, to: string): string | undefined {
  const here = roomOf(from)
  const there = roomOf(to)
  if (here === '.ci' || here === there) return testsOnly(from, to)
  if (there === '.ci') return 'nothing imports .ci'
  if (there.startsWith('cli') && here !== 'cli' && !MAY[here]?.includes(there)) {
    return 'nothing imports cli'
  }
  if (isForTests(from)) {
    const free = !there.startsWith('operator') || /^(operator|cli$|charts$)/.test(here)
    return free ? undefined : `a test of ${here} may not import ${there}`
  }
  const isInArchive = here === ARCHIVE || here.startsWith(`${ARCHIVE}/`)
  if (INNER.includes(there) && !isInArchive) {
    return `${there} is behind the door of the archive`
  }
  if (here === 'cli') return testsOnly(from, to)
  const isInData = here.startsWith(`${DATA}/`)
  const whole = isInArchive
    ? 'archive'
    : isInData
      ? 'data API'
      : here.startsWith('operator')
        ? 'operator'
        : undefined
  if (whole !== undefined && !MAY[here] && !FOR_TESTS.includes(here))
    return `${here} is no room of the ${whole}: give it its arrows in .ci/arrows.ts`
  const may = arrowsOf(here)
  return may.includes(roomKindOf(to)) || may.includes(to)
    ? testsOnly(from, to)
    : `${here} may not import ${there}`
}

/** Facts are plain data, and normalisation must not depend on how an exchange is captured. */
function narrowProblem(from: string, to: string): string | undefined {
  const here = roomOf(from)
  const name = posix.basename(from)
  const may = isExchange(here) ? NARROW[name] : undefined
  if (may === undefined || may.includes(roomOf(to))) return undefined
  if (here === roomOf(to) && may.length > 0) return undefined
  return `${name} of an exchange may import ${may.length === 0 ? 'nothing' : 'workloads/market and its own folder alone'}`
}

/** Files of pure rooms that load a module with I/O, themselves or through what they import. */
function impureFiles(files: readonly SourceFile[], house: House): string[] {
  const byPath = new Map(files.map((file) => [file.path, file]))
  const problems: string[] = []
  for (const start of files) {
    if (!PURE.includes(roomOf(start.path)) || isForTests(start.path)) continue
    const seen = new Set([start.path])
    for (const path of seen) {
      const file = byPath.get(path)
      for (const { specifier, kind } of file?.imports ?? []) {
        if (kind === 'type') continue
        const target = resolve(path, specifier, house)
        if (target !== undefined) seen.add(target)
        else if (!PURE_MODULES.includes(specifier.replace(/^node:/, ''))) {
          problems.push(`${start.path}: does no I/O, and ${path} imports ${specifier}`)
        }
      }
      for (const word of file?.effects ?? []) {
        problems.push(`${start.path}: does no I/O, and ${path} uses ${word}`)
      }
    }
  }
  return problems
}

const testsOnly = (from: string, to: string): string | undefined =>
  isForTests(to) && !isForTests(from) && !from.startsWith('.ci/')
    ? `${to} is for tests only`
    : undefined

/** Relative inside a room, by alias across rooms that have one. */
function nameProblem(from: string, item: Import, target: string, house: House): string | undefined {
  const relative = item.specifier.startsWith('.')
  for (const [alias, to] of Object.entries(house.aliases)) {
    const place = to.replace(/^\.\//, '').replace(/\*$/, '')
    const folder = place.endsWith('/') ? place : `${posix.dirname(place)}/`
    if (!(place.endsWith('/') ? target.startsWith(place) : target === place)) continue
    const inside = from.startsWith(folder)
    if (relative && !inside) {
      return `write "${alias.replace('*', target.slice(place.length))}" instead of "${item.specifier}"`
    }
    if (!relative && inside) return `inside a room, import relatively: "${item.specifier}"`
  }
  return undefined
}

function packageProblem(from: string, item: Import, house: House): string | undefined {
  const { specifier } = item
  if (specifier.startsWith('node:')) return undefined
  if (roomOf(from) === 'cli/launch' && !isForTests(from)) return 'the launcher runs before packages'
  if (specifier.startsWith('#')) return `package.json has no alias for "${specifier}"`
  const parts = specifier.split('/')
  const name = parts.slice(0, specifier.startsWith('@') ? 2 : 1).join('/')
  if (house.dependencies.includes(name)) return undefined
  if (!house.devDependencies.includes(name)) return `package.json does not list ${name}`
  const free = isForTests(from) || from.startsWith('.ci/') || item.kind === 'type'
  return free ? undefined : `${name} is a development dependency`
}
