// Before archivers stop, they archive the last blocks of the connectors, so that a day on disk ends where its capture ended.
// The wait is bounded: remaining blocks stay in the stream, and the next start archives them.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Declared } from '../desired.ts'
import { archiverName } from '../render/names.ts'

const LOOK_MS = 100

export type DrainOptions = {
  readonly declared: Declared
  /** Blocks not yet committed; undefined if unknown. */
  unarchived(
    url: string,
    environment: string,
    feed: string,
    archive: string
  ): Promise<number | undefined>
  isRunning(archiver: string): boolean
  mayWait(): boolean
  readonly limitMs: number
}

/** Resolves once no block is left, the number is unknown, or the time is over. */
export async function drained(options: DrainOptions): Promise<void> {
  const end = performance.now() + options.limitMs
  const open = options.declared.archives.flatMap((archive) => {
    const { name } = archive.metadata
    const environment = options.declared.environments.find(
      ({ metadata }) => metadata.name === archive.spec.environmentRef.name
    )
    if (environment === undefined || !options.isRunning(archiverName(name))) return []
    const { url } = environment.spec.transport
    return archive.spec.feeds.map((feed) => [url, environment.metadata.name, feed, name] as const)
  })
  while (open.length > 0 && options.mayWait() && performance.now() < end) {
    for (const entry of [...open]) {
      const left = await options.unarchived(...entry)
      if (left === undefined || left === 0) open.splice(open.indexOf(entry), 1)
    }
    if (open.length > 0) await sleep(LOOK_MS)
  }
}
