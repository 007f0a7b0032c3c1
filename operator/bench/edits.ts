// How long an edit takes until its Deployment is applied, as a watcher sees it.

import { DEPLOYMENTS } from '../kube/objects.ts'
import { readEvents } from '../kube/watch-lines.ts'
import type { TestCluster } from '../testing/cluster.ts'
import { WIDGETS } from '../testing/widgets.ts'
import { NAMESPACE, type Subject } from './subject-process.ts'

export type Row = {
  readonly name: string
  readonly value: number
  readonly unit: string
  readonly ratio?: string | undefined
}

export type Add = (name: string, value: number | undefined, unit: string) => void

/** Fifty edits a second for five seconds, while everything else is passed over every second. */
export async function benchEdits(
  cluster: TestCluster,
  subject: Subject,
  objects: number,
  add: Add
): Promise<void> {
  const client = cluster.client()
  const mark = `${process.pid}-${performance.now()}-`
  const sent = new Map<string, number>()
  const took: number[] = []
  const end = new AbortController()
  const { metadata } = await client.list(DEPLOYMENTS, { namespace: NAMESPACE, limit: 1 })
  const stream = await client.watch(DEPLOYMENTS, {
    namespace: NAMESPACE,
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
  // The same write by itself, on this machine, now: what the API server takes of it.
  const alone: number[] = []
  for (let i = 0; i < 100; i++) {
    const from = performance.now()
    const value = { metadata: { labels: { round: `r${i}` } } }
    await client.patch(WIDGETS, `${NAMESPACE}/w${objects - 1 - i}`, { kind: 'merge', value })
    alone.push(performance.now() - from)
  }
  alone.sort((a, b) => a - b)
  add('one API write by itself: p50', alone[50], 'ms')
  add('one API write by itself: p99', alone[98], 'ms')
  await subject.order('resync')
  await subject.fact('resync')
  await subject.order('reset loop')
  await subject.fact('reset loop')
  const started = performance.now()
  const edits: Promise<unknown>[] = []
  for (let i = 0; i < 250; i++) {
    const name = `w${i}`
    sent.set(`connector-${name}`, performance.now())
    edits.push(
      client.patch(WIDGETS, `${NAMESPACE}/${name}`, {
        kind: 'merge',
        value: { spec: { text: `${mark}${i}` } },
      })
    )
    const next = started + (i + 1) * 20
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, next - performance.now())))
  }
  await Promise.all(edits)
  await new Promise((resolve) => setTimeout(resolve, 1000))
  end.abort()
  await watching
  took.sort((a, b) => a - b)
  add('edit to applied at 50 edits/s: seen', took.length, 'of 250')
  add('edit to applied at 50 edits/s: p50', took[Math.floor(took.length * 0.5)], 'ms')
  add('edit to applied at 50 edits/s: p99', took[Math.floor(took.length * 0.99)], 'ms')
  await subject.order('read loop')
  add('event loop delay p99 meanwhile', (await subject.fact('read loop')).loopP99, 'ms')
  client.transport.close()
}
