// Which real programs the chosen tests will start, read from what they import: a file that asks `toolPath` for etcd by
// name, however far down, needs etcd, and one that asks `missingProgram` for strace needs strace of the system. So they are
// built and installed before the clock of the first test runs, and nobody keeps a list.

import { posix } from 'node:path'
import { readImports } from '../imports.ts'

const TOOL = /\btoolPath\(\s*'([a-z-]+)'/g
const PROGRAM = /(?:\bmissingProgram\(\s*|\bconst [A-Z]+_PROGRAMS = )('[^']+'|\[[^\]]*\])/g

export type Needs = {
  /** Names of .ci/tools, programs and folders of files, in order of first use. */
  readonly tools: readonly string[]
  /** Programs of the system, as #testing/programs.ts calls them, in order of first use. */
  readonly programs: readonly string[]
}

/** `texts`: every source file by path. `aliases`: `imports` of package.json. */
export function neededBy(
  tests: readonly string[],
  texts: ReadonlyMap<string, string>,
  aliases: Readonly<Record<string, string>>
): Needs {
  const seen = new Set<string>()
  const tools = new Set<string>()
  const programs = new Set<string>()
  const waiting = [...tests]
  for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
    const text = texts.get(path)
    if (text === undefined || seen.has(path)) continue
    seen.add(path)
    for (const [, name = ''] of text.matchAll(TOOL)) tools.add(name)
    for (const [, names = ''] of text.matchAll(PROGRAM)) {
      for (const [, name = ''] of names.matchAll(/'([^']+)'/g)) programs.add(name)
    }
    for (const { specifier, kind } of readImports(text)) {
      if (kind !== 'type') waiting.push(resolve(path, specifier, aliases))
    }
  }
  return { tools: [...tools], programs: [...programs] }
}

function resolve(from: string, specifier: string, aliases: Readonly<Record<string, string>>) {
  if (specifier.startsWith('.')) return posix.join(posix.dirname(from), specifier)
  for (const [alias, target] of Object.entries(aliases)) {
    const prefix = alias.replace(/\*$/, '')
    const place = target.replace(/^\.\//, '').replace(/\*$/, '')
    if (alias === specifier) return place
    if (alias.endsWith('*') && specifier.startsWith(prefix)) {
      return place + specifier.slice(prefix.length)
    }
  }
  return specifier
}
