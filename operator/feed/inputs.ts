// Everything that a pass over a Feed depends on, in a fixed order: where all of it is as the last complete pass found it,
// there is nothing to do. Whoever lets a pass look at something new names it here; inputs.test.ts holds the two together.

import type { Environment } from '#crds/environment.gen.ts'
import { streamWantOf } from '#crds/streams.ts'
import { type Key, type KubeObject, keyOf } from '../kube/objects.ts'
import { dayOf, environmentsNaming, type FeedMemo, type World } from '../reconcile/context.ts'
import { FEEDS } from '../reconcile/kinds.ts'
import { paceKey } from '../reconcile/status-rate.ts'
import { connectorName } from '../render/names.ts'
import { isOpen } from '../render/rollout.ts'
import type { PassInputs } from '../runtime/passes.ts'
import { needsOf } from './captures.ts'
import { figuresOf, flowTextOf } from './status.ts'

const DAY_MS = 86_400_000

export async function feedInputs(
  world: World,
  namespace: string,
  object: KubeObject
): Promise<PassInputs> {
  const { name, uid = '' } = object.metadata
  const nowMs = world.nowMs()
  const day = dayOf(nowMs)
  const feed = world.judged.of('Feed', object).resource
  const inputs: unknown[] = [object, Math.floor(nowMs / DAY_MS), world.isSettled()]
  for (const environmentObject of environmentsNaming(world, namespace, name)) {
    const connectorKey = `${namespace}/${connectorName(environmentObject.metadata.name, name)}`
    const { connected, why } = world.links.state(keyOf(environmentObject))
    inputs.push(environmentObject, connected, why)
    // By name too: somebody else may own them.
    for (const { store } of world.children) inputs.push(store.get(connectorKey))
    inputs.push(...world.pods.store.by('workload', connectorKey))
    const environment = world.judged.of('Environment', environmentObject).resource
    if (!feed || !environment) continue
    const { policy, window } = environment.spec.connector.rollout ?? {}
    if (policy === 'Window') inputs.push(isOpen(window, nowMs))
    for (const need of needsOf(feed, environment))
      inputs.push(await world.secrets.facts(`${namespace}/${need.name}`))
    pushReports(inputs, world, { day, environment, name, key: `${namespace}/${name}` })
  }
  for (const { store } of world.children)
    for (const child of store.by('owner', uid)) inputs.push(child)
  return inputs
}

/** What conditions are made of, and figures where they may be written: until then it is all one what they are. */
function pushReports(
  inputs: unknown[],
  world: World,
  of: { day: string; environment: Environment; name: string; key: Key }
): void {
  const environment = `${of.key.slice(0, of.key.indexOf('/'))}/${of.environment.metadata.name}`
  const report = world.figures.connector(environment, of.name)
  const archivers = world.figures.archivers(environment, { feed: of.name })
  inputs.push(flowTextOf(report))
  if (!report && archivers.length === 0) inputs.push('')
  else if (!world.pace.isDue(paceKey(FEEDS.kind, of.key))) inputs.push('held back')
  else inputs.push(JSON.stringify(figuresOf(report ? [report] : [], archivers, of.day)))
}

/** Whether NATS says of each stream what it said before: a stream that somebody deletes is made again here. */
export async function streamsStand(
  world: World,
  feed: string,
  { streams }: FeedMemo
): Promise<boolean> {
  for (const [object, verdict] of streams) {
    const environment = world.judged.of('Environment', object).resource
    if (!environment) return false
    const want = streamWantOf(environment, feed)
    const now = await world.links.ensureStream(keyOf(object), want)
    if (now.state !== verdict.state) return false
    if (now.state !== 'good' && verdict.state !== 'good' && now.why !== verdict.why) return false
  }
  return true
}
