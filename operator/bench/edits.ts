// How long a user's edit of a Feed takes until its Deployment is applied, as a watcher sees it, beside what the API server
// takes for one such write by itself, at the same time and at the same rate.

import type { Client } from '../kube/client.ts'
import { CONFIG_MAPS, DEPLOYMENTS } from '../kube/objects.ts'
import { readEvents } from '../kube/watch-lines.ts'
import { FEEDS } from '../reconcile/kinds.ts'
import { deploymentName, editOf, feedKey, NAMED_SPACE } from './load.ts'

export type Row = {
  readonly name: string
  readonly value: number
  readonly unit: string
  readonly ratio?: string | undefined
}

export type Add = (name: string, value: number | undefined, unit: string) => void

const EDITS = 250
const EVERY_MS = 20

/** Fifty edits a second for five seconds. */
export async function benchEdits(
  client: Client,
  objects: number,
  add: Add,
  what: string
): Promise<void> {
  const seed = Math.floor(performance.now())
  const sent = new Map<string, number>()
  const took: number[] = []
  const alone: number[] = []
  const end = new AbortController()
  const { metadata } = await client.list(DEPLOYMENTS, { namespace: NAMED_SPACE, limit: 1 })
  const stream = await client.watch(DEPLOYMENTS, {
    namespace: NAMED_SPACE,
    resourceVersion: metadata.resourceVersion ?? '',
    timeoutSeconds: 300,
    signal: end.signal,
  })
  const watching = (async () => {
    for await (const { object } of readEvents(stream.chunks, () => {})) {
      const { name } = (object as { metadata: { name: string } }).metadata
      const at = sent.get(name)
      if (at === undefined) continue
      took.push(performance.now() - at)
      sent.delete(name)
    }
  })().catch(() => {})
  const bare = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: 'default' } }
  const writes: Promise<unknown>[] = []
  const started = performance.now()
  for (let i = 0; i < EDITS; i++) {
    const name = deploymentName(i, objects)
    sent.set(name, performance.now())
    const value = editOf(seed + i)
    writes.push(client.patch(FEEDS, feedKey(i, objects), { kind: 'merge', value }))
    if (i % 5 === 0) {
      const from = performance.now()
      const object = {
        ...bare,
        metadata: { ...bare.metadata, name: `alone-${i}` },
        data: { seed: `${seed}` },
      }
      const write = client.apply(CONFIG_MAPS, object, { manager: 'bench', force: true })
      writes.push(write.then(() => alone.push(performance.now() - from)))
    }
    const next = started + (i + 1) * EVERY_MS
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, next - performance.now())))
  }
  await Promise.all(writes)
  for (let i = 0; i < 100 && sent.size > 0; i++)
    await new Promise((resolve) => setTimeout(resolve, 100))
  end.abort()
  await watching
  report(took, alone, add, what)
}

function report(took: number[], alone: number[], add: Add, what: string): void {
  for (const list of [took, alone]) list.sort((a, b) => a - b)
  const at = (list: readonly number[], share: number) =>
    list[Math.min(list.length - 1, Math.floor(list.length * share))]
  if (took.length < EDITS) add(`${what}: seen within 10 s`, took.length, `of ${EDITS}`)
  for (const share of [0.5, 0.99]) {
    const p = `p${share * 100}`
    add(`${what}: ${p}`, at(took, share), 'ms')
    add(`one apply by itself meanwhile: ${p}`, at(alone, share), 'ms')
  }
}
