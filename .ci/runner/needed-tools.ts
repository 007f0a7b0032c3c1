// Which real programs the chosen tests will start, read from what they import: a file that asks `toolPath` for etcd
// by name, however far down, needs etcd. So they are built before the clock of the first test runs, and nobody keeps a list.

import { posix } from 'node:path'
import { readImports } from '../imports.ts'

const CALLED = /\btoolPath\(\s*'([a-z-]+)'/g

/** `texts`: every source file by path. `aliases`: `imports` of package.json. Names in order of first use. */
export function neededTools(
  tests: readonly string[],
  texts: ReadonlyMap<string, string>,
  aliases: Readonly<Record<string, string>>
): string[] {
  const seen = new Set<string>()
  const needed = new Set<string>()
  const waiting = [...tests]
  for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
    const text = texts.get(path)
    if (text === undefined || seen.has(path)) continue
    seen.add(path)
    for (const [, name = ''] of text.matchAll(CALLED)) needed.add(name)
    for (const { specifier, kind } of readImports(text)) {
      if (kind !== 'type') waiting.push(resolve(path, specifier, aliases))
    }
  }
  return [...needed]
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
