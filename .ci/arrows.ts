// The arrows between rooms (docs/design/0001, "Rooms and arrows"): who may import whom, by which name, and which
// packages. A pure function over import lines; what it returns is a list of broken rules, one line each.

import { posix } from 'node:path'
import { findRings, type Import, type SourceFile } from './imports.ts'

export type House = {
  /** `imports` of package.json: `#wire/*` to `./workloads/wire/*`. */
  readonly aliases: Readonly<Record<string, string>>
  readonly dependencies: readonly string[]
  readonly devDependencies: readonly string[]
}

const SHARED = ['workloads/wire', 'workloads/bus', 'workloads/archive', 'workloads/role']
const KINDS = ['operator/feed', 'operator/environment', 'operator/archive']
const PLATFORM = ['operator/kube', 'operator/runtime']

/** What each room may import beside itself. A program, for which nothing stands here, may import what all share. */
const MAY: Readonly<Record<string, readonly string[]>> = {
  crds: [],
  'workloads/wire': ['crds'],
  'workloads/bus': ['crds', 'workloads/wire'],
  'workloads/archive': ['crds', 'workloads/wire'],
  'workloads/role': ['crds', 'workloads/wire'],
  'operator/kube': ['crds'],
  'operator/runtime': ['crds', 'operator/kube'],
  ...Object.fromEntries(KINDS.map((kind) => [kind, ['crds', 'operator', ...PLATFORM]])),
  'operator/nats': ['crds'],
  'operator/pods': ['crds', 'operator', ...PLATFORM],
  operator: ['crds', 'operator/nats', 'operator/pods', ...KINDS, ...PLATFORM],
  'operator/local': ['crds', 'operator', ...KINDS, 'workloads/bus', 'workloads/role', '.ci/tools'],
}

const ARCHIVE = 'workloads/archive'
/**
 * The rooms of the archive: what each may import of the others. `''` is its door, and the rooms beside `''` are what
 * programs may use of it. The verifier takes two files of the format, so that nothing the writer decides can excuse it.
 */
export const ARCHIVE_ROOMS: Readonly<Record<string, readonly string[]>> = {
  format: [],
  state: ['format'],
  ingest: ['format', 'state'],
  storage: ['format', 'state', 'ingest'],
  '': ['format', 'state', 'ingest', 'storage'],
  read: ['format'],
  verify: ['format/manifest.ts', 'format/problem.ts'],
}
const ARCHIVE_DOORS = ['', 'read', 'verify']
/** Rooms without I/O: what they compute follows from their arguments alone. */
const PURE = ['format', 'state', 'ingest'].map((room) => `${ARCHIVE}/${room}/`)
/** Modules of Node that reach neither disk, network, process nor clock. */
const PURE_MODULES = 'assert assert/strict buffer crypto path util zlib'.split(' ')

export function checkArrows(files: readonly SourceFile[], house: House): string[] {
  const known = new Set(files.map((file) => file.path))
  const problems: string[] = []
  const edges = new Map<string, string[]>()
  for (const file of files) {
    const targets: string[] = []
    for (const item of file.imports) {
      const target = resolve(file.path, item.specifier, house)
      const why =
        target === undefined
          ? packageProblem(file.path, item, house)
          : (nameProblem(file.path, item, target, house) ??
            arrowProblem(file.path, target) ??
            archiveProblem(file.path, target))
      if (why !== undefined) problems.push(`${file.path}:${item.line}: ${why}`)
      if (item.kind === 'hollow') {
        problems.push(`${file.path}:${item.line}: only types: write "import type { … }"`)
      }
      if (target !== undefined && known.has(target) && item.kind !== 'dynamic') targets.push(target)
    }
    edges.set(file.path, targets)
  }
  problems.push(...impureFiles(files, house))
  for (const ring of findRings(edges)) problems.push(`${ring[0]}: import ring ${ring.join(' -> ')}`)
  return problems
}

/** The room of a path: `crds`, `workloads/wire`, `operator` (its own files), `operator/feed`, `.ci/tools`. */
export function roomOf(path: string): string {
  const [top = '', second = '', third] = path.split('/')
  const divided = top === 'workloads' || top === 'operator' || path.startsWith('.ci/tools/')
  return divided && third !== undefined ? `${top}/${second}` : top
}

/** Tests, what helps them, and measuring programs: nothing that runs at a user's imports them. */
export const isForTests = (path: string): boolean =>
  /\.(test|faults|cluster)\.ts$|(^|\/)(testing|bench)\/|(^|[/.])bench\.ts$/.test(path)

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
  if (here.startsWith('.ci') || here === there) return testsOnly(from, to)
  if (there === 'cli') return 'nothing imports cli'
  if (isForTests(from)) {
    const free = !there.startsWith('operator') || /^(operator|cli$|charts$)/.test(here)
    return free ? undefined : `a test of ${here} may not import ${there}`
  }
  // The launcher is what finds Node 24; behind it, cli sees of .ci the tools alone.
  if (here === 'cli' && there === '.ci' && from !== 'cli/ssmd.mjs') {
    return 'cli may import only .ci/tools'
  }
  if (here === 'cli') return testsOnly(from, to)
  const may = MAY[here] ?? ['crds', ...SHARED]
  return may.includes(there) ? testsOnly(from, to) : `${here} may not import ${there}`
}

/** A file's room in the archive: '' for those at its root, undefined for files elsewhere. */
function archiveRoom(path: string): string | undefined {
  if (!path.startsWith(`${ARCHIVE}/`)) return undefined
  const [room = '', file] = path.slice(ARCHIVE.length + 1).split('/')
  return file === undefined ? '' : room
}

function archiveProblem(from: string, to: string): string | undefined {
  const there = archiveRoom(to)
  const here = archiveRoom(from)
  if (there === undefined || isForTests(from) || isForTests(to) || here === there) return undefined
  if (here === undefined) {
    const isDoor = ARCHIVE_DOORS.includes(there) || from.startsWith('.ci/')
    return isDoor ? undefined : `${ARCHIVE}/${there} is behind the door of the archive`
  }
  const may = ARCHIVE_ROOMS[here]
  if (may === undefined) return `${ARCHIVE}/${here} is not a room of the archive`
  const isAllowed = may.includes(there) || may.includes(to.slice(ARCHIVE.length + 1))
  return isAllowed ? undefined : `${ARCHIVE}/${here} may not import ${to}`
}

/** Files of pure rooms that load a module with I/O, themselves or through what they import. */
function impureFiles(files: readonly SourceFile[], house: House): string[] {
  const byPath = new Map(files.map((file) => [file.path, file]))
  const problems: string[] = []
  for (const start of files) {
    if (!PURE.some((room) => start.path.startsWith(room)) || isForTests(start.path)) continue
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
  if (specifier.startsWith('#')) return `package.json has no alias for "${specifier}"`
  const parts = specifier.split('/')
  const name = parts.slice(0, specifier.startsWith('@') ? 2 : 1).join('/')
  if (house.dependencies.includes(name)) return undefined
  if (!house.devDependencies.includes(name)) return `package.json does not list ${name}`
  const free = isForTests(from) || from.startsWith('.ci/') || item.kind === 'type'
  return free ? undefined : `${name} is a development dependency`
}
