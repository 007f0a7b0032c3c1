// Which test files there are (`*.test.ts`; for long loops of faults `*.faults.ts`, and those tests that do more with
// SSMD_FAULTS=all), and what each asks of the runner in its first lines:
// `// test: alone` (nothing beside it), `// test: limit 300s` (more time than the others get), or both with a comma.
// `x.test.ts` runs anywhere; `x.cluster.ts` is a test that starts a real node, and runs in namespaces made for it.

import { readdir, readFile } from 'node:fs/promises'
import { join, normalize } from 'node:path'

export type TestFile = {
  /** Relative to the repository. */
  readonly path: string
  readonly alone: boolean
  readonly limitMs: number
  /** Words after `// test:` that mean nothing. */
  readonly unknown: readonly string[]
  /** Runs in the namespaces of a node. */
  readonly enclosed: boolean
  /** Takes the API server of the run, if there is one (operator/testing/shared-cluster.ts). */
  readonly joinsCluster: boolean
}

/** Of `npm test`, of `npm run test:faults`, of `npm run test:cluster`. */
export type TestKind = 'test' | 'faults' | 'cluster'

/** The rooms that hold tests. */
export const ROOMS = ['crds', 'operator', 'workloads', 'cli', 'charts', '.ci'] as const

/** Enough for a test with real servers on a busy machine; a pure one takes less than a second. */
const LIMIT_MS = 120_000

export type FindOptions = {
  readonly filters?: readonly string[]
  /** Default: `test`. */
  readonly kind?: TestKind
}

export async function findTestFiles(
  root: string,
  { filters = [], kind = 'test' }: FindOptions = {}
): Promise<TestFile[]> {
  const paths: string[] = []
  for (const room of ROOMS) {
    const names = await readdir(join(root, room), { recursive: true }).catch(() => [])
    paths.push(...names.map((name) => join(room, name)))
  }
  const found: TestFile[] = []
  for (const path of select(paths.filter(isTest).sort(), filters)) {
    const text = await readFile(join(root, path), 'utf8')
    if (!belongsTo(kind, path, text)) continue
    found.push({ path, enclosed: kind === 'cluster', ...readAsks(text), joinsCluster: joins(text) })
  }
  return found
}

export const isTest = (path: string): boolean => /\.(test|faults|cluster)\.ts$/.test(path)

/** A test that does a share of its work in an ordinary run, or takes one market of the recordings, does all among the faults. */
function belongsTo(kind: TestKind, path: string, text: string): boolean {
  if (path.endsWith(`.${kind}.ts`)) return true
  const doesMore = /^[^/'"`]*(process\.env\.SSMD_FAULTS|\bof KALSHI)\b/m.test(text)
  return kind === 'faults' && path.endsWith('.test.ts') && doesMore
}

/** A filter is a file or a folder; one that is neither is a part of a path. */
export function select(paths: readonly string[], filters: readonly string[]): string[] {
  if (filters.length === 0) return [...paths]
  const chosen = new Set<string>()
  for (const filter of filters) {
    const place = normalize(filter).replace(/\/$/, '')
    const below = paths.filter((path) => path === place || path.startsWith(`${place}/`))
    const matching = below.length > 0 ? below : paths.filter((path) => path.includes(filter))
    for (const path of matching) chosen.add(path)
  }
  return paths.filter((path) => chosen.has(path))
}

/** Recognised by the call itself, so that there is no list to keep. */
const joins = (text: string): boolean => /^[^/'"`]*\bsharedKinds\(/m.test(text)

export function readAsks(text: string): Pick<TestFile, 'alone' | 'limitMs' | 'unknown'> {
  let alone = false
  let limitMs = LIMIT_MS
  const unknown: string[] = []
  for (const line of text.split('\n').slice(0, 10)) {
    const asked = /^\/\/ test:(.*)$/.exec(line)?.[1]
    for (const word of asked === undefined ? [] : asked.split(',').map((part) => part.trim())) {
      const seconds = /^limit (\d+)s$/.exec(word)?.[1]
      if (word === 'alone') alone = true
      else if (seconds !== undefined) limitMs = Number(seconds) * 1000
      else unknown.push(word)
    }
  }
  return { alone, limitMs, unknown }
}
