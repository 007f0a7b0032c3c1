// Which archives and signals run while their Environment is suspended. Pure, but for the names that it remembers.
import type { Declared } from '../desired.ts'

/**
 * Leaves out the archives and signals of Environments that are suspended and have not run since the start: nothing of them waits to be read.
 * One that an edit has suspended keeps them, which have yet to take the last blocks. `haveRun` are their names so far.
 */
export function withoutIdle(declared: Declared, haveRun: Set<string>): Declared {
  const { environments, archives, signals } = declared
  for (const { spec, metadata } of environments) if (!spec.suspend) haveRun.add(metadata.name)
  return {
    ...declared,
    archives: archives.filter(({ spec }) => haveRun.has(spec.environmentRef.name)),
    signals: signals.filter(({ spec }) => haveRun.has(spec.environmentRef.name)),
  }
}
