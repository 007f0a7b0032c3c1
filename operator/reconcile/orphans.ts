// Durables of Archives that are gone. One is removed when the API server itself says, twice and some minutes apart, that no Archive
// needs it any more, and nobody reads it: an Archive that is deleted and applied again in between loses nothing by it. The files
// of the Archive stay; only what is still in the stream for it is given up.

import type { Durable } from '#bus/orphans.ts'
import { type Key, type KubeObject, keyOf } from '../kube/objects.ts'
import type { Pass } from '../runtime/pass.ts'
import type { Context } from './context.ts'
import { ARCHIVES } from './kinds.ts'

export const SWEEP_MS = 300_000

type Entry = { at: number; gone: ReadonlySet<string> }

export class Orphans {
  readonly #nowMs: () => number
  readonly #periodMs: number
  readonly #entries = new Map<Key, Entry>()

  constructor(nowMs: () => number, periodMs: number = SWEEP_MS) {
    this.#nowMs = nowMs
    this.#periodMs = periodMs
  }

  forget(environment: Key): void {
    this.#entries.delete(environment)
  }

  /** Looks at the durables of an Environment where it is time to, and removes those that were not needed the last time either. */
  async run(pass: Pass, context: Context, environment: KubeObject): Promise<void> {
    const key = keyOf(environment)
    const now = this.#nowMs()
    const before = this.#entries.get(key)
    if (before && now - before.at < this.#periodMs) return
    const durables = await context.links.idleDurables(key, environment.metadata.uid ?? '')
    if (!durables) return
    const gone = new Set<string>()
    for (const durable of durables) {
      if (await isNeeded(pass, context, environment, durable)) continue
      const id = `${durable.stream} ${durable.durable}`
      if (!before?.gone.has(id)) gone.add(id)
      else if (await context.links.removeDurable(key, durable)) tell(pass, environment, durable)
    }
    this.#entries.set(key, { at: now, gone })
  }
}

async function isNeeded(
  pass: Pass,
  context: Context,
  { metadata: { name, namespace } }: KubeObject,
  { archive, feed }: Durable
): Promise<boolean> {
  const needs = (object: KubeObject | undefined): boolean => {
    if (!object) return false
    const { resource } = context.judged.of('Archive', object)
    // It cannot be judged: what it has stays.
    if (!resource) return true
    return resource.spec.environmentRef.name === name && resource.spec.feeds.includes(feed)
  }
  const key = `${namespace}/${archive}`
  // The cache is enough to keep one, and never enough to remove one.
  return needs(context.archives.store.get(key)) || needs(await pass.getLive(ARCHIVES, key))
}

function tell(
  pass: Pass,
  environment: KubeObject,
  { stream, durable, archive, feed }: Durable
): void {
  pass.log.info({ stream, durable, archive }, 'removed the consumer of an Archive that is gone')
  pass.event(environment, {
    type: 'Normal',
    reason: 'ConsumerRemoved',
    action: 'Sweep',
    note: `removed consumer ${durable} of stream ${stream}: no Archive ${archive} keeps ${feed} any more; its files stay`,
  })
}
