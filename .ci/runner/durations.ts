// How long each test file took when it last ran, kept beside the tools: the longest are started first, so that none of them
// runs alone at the end. An order only: without the file, or with a wrong one, the same tests run.

import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { TestFile } from './files.ts'

export type Durations = {
  /** Milliseconds; undefined for a file that never ran here. */
  readonly of: (path: string) => number | undefined
  readonly record: (path: string, ms: number) => void
}

/** Those that never ran here come first, the ones that ask for the most time before the others. */
export function longestFirst(
  files: readonly TestFile[],
  durations: Durations | undefined
): TestFile[] {
  const known = (file: TestFile) => durations?.of(file.path) ?? Number.POSITIVE_INFINITY
  return files.toSorted((a, b) => {
    const [left, right] = [known(a), known(b)]
    return left === right ? b.limitMs - a.limitMs : right - left
  })
}

/** Read once; `save` adds what was recorded to what the file then holds. */
export function keptDurations(path: string): Durations & { readonly save: () => void } {
  const before = read(path)
  const recorded = new Map<string, number>()
  return {
    of: (file) => recorded.get(file) ?? before[file],
    record: (file, ms) => recorded.set(file, Math.round(ms)),
    save() {
      if (recorded.size === 0) return
      mkdirSync(dirname(path), { recursive: true })
      const temporary = `${path}.${process.pid}.tmp`
      const all = { ...read(path), ...Object.fromEntries(recorded) }
      writeFileSync(temporary, `${JSON.stringify(all, undefined, 1)}\n`)
      renameSync(temporary, path)
    },
  }
}

function read(path: string): Record<string, number> {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {}
    throw error
  }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return {}
    throw error
  }
  if (typeof value !== 'object' || value === null) return {}
  return Object.fromEntries(Object.entries(value).filter(([, ms]) => typeof ms === 'number'))
}
