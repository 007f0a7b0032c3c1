// Removes durables of deleted Archives: only if the API server itself says twice, some minutes apart, that no Archive needs
// it, and it has no reader. An Archive that is deleted and applied again in between loses nothing. The files of the Archive
// stay; blocks that it had not archived yet are given up.

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

  /** If a check is due, removes the durables of an Environment that were not needed at the previous check either. */
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
    // An invalid Archive keeps its durables.
    if (!resource) return true
    return resource.spec.environmentRef.name === name && resource.spec.feeds.includes(feed)
  }
  const key = `${namespace}/${archive}`
  // The cache suffices to keep a durable; before a removal ask the API server.
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
