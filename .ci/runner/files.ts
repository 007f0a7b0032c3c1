// Which test files there are, and what each asks of the runner in its first lines:
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
}

/** `test`: those of `npm test`. `cluster`: those of `npm run test:cluster`. */
export type TestKind = 'test' | 'cluster'

/** The rooms that hold tests. */
export const ROOMS = ['crds', 'operator', 'workloads', 'cli', 'charts', '.ci'] as const

/** Enough for a test with real servers on a busy machine; a pure one takes less than a second. */
const LIMIT_MS = 120_000

export async function findTestFiles(
  root: string,
  filters: readonly string[] = [],
  kind: TestKind = 'test'
): Promise<TestFile[]> {
  const paths: string[] = []
  for (const room of ROOMS) {
    const names = await readdir(join(root, room), { recursive: true }).catch(() => [])
    const chosen = names.filter((name) => name.endsWith(`.${kind}.ts`))
    paths.push(...chosen.map((name) => join(room, name)))
  }
  return Promise.all(
    select(paths.sort(), filters).map(async (path) => ({
      path,
      enclosed: kind === 'cluster',
      ...readAsks(await readFile(join(root, path), 'utf8')),
    }))
  )
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

export function readAsks(text: string): Omit<TestFile, 'path' | 'enclosed'> {
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
