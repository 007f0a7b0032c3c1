// From a commit that was pushed to another connector: told by a webhook as a forge sends it, or by a refresh.

import { until } from '#testing/deadline.ts'
import { DEPLOYMENTS } from '../../operator/kube/objects.ts'
import { isHealthy, refresh, sendPush, untilApplication } from '../argocd/applications.ts'
import { archive } from '../argocd/declared.ts'
import { CAPTURE_APPLICATION, declareCapture, type Gitops } from '../scenario/argo.ts'
import { gold } from '../scenario/resources.ts'
import type { World } from '../scenario/world.ts'
import { connectionsNow, nextConnection } from './cluster-archived.ts'
import type { FigureList } from './cluster-figures.ts'
import { goldEnvironment } from './cluster-install.ts'

const TIMES = 3
const MS = 120_000
const DEPLOYMENT = 'ssmd/connector-git-gold'
/** The Archive of what is captured from git. */
export const ARCHIVE = 'declared'
const FILE = 'gold.yaml'
/** A book is sent as soon as it is subscribed to: else the wait for the exchange's next frame would be measured too. */
const BOOK = 'orderbook_delta'

const declared = (world: World, channels: readonly string[]) => [
  gold({
    endpoint: world.exchange.endpoint,
    restEndpoint: world.exchange.restEndpoint,
    channels: [BOOK, ...channels],
  }),
]

export async function declareGold(world: World, gitops: Gitops): Promise<void> {
  await declareCapture(gitops, {
    'environment.yaml': [goldEnvironment('git')],
    'archive.yaml': [archive(ARCHIVE, 'git', ['gold'])],
    [FILE]: declared(world, ['trade', 'ticker']),
  })
  await world.view.flows('gold')
}

type Way = 'webhook' | 'refresh'

export async function pushes(world: World, gitops: Gitops, add: FigureList): Promise<void> {
  for (const way of ['webhook', 'refresh'] as const) {
    const changed: number[] = []
    const archived: number[] = []
    for (let n = 0; n < TIMES; n++) {
      const channels = n % 2 === 0 ? [way === 'webhook' ? 'trade' : 'ticker'] : ['trade', 'ticker']
      const took = await push(world, gitops, way, channels)
      changed.push(took.changed)
      archived.push(took.archived)
    }
    add({ name: `push, ${way} → Deployment changed`, unit: 's', target: 3, values: changed })
    add({
      ...{ name: `push, ${way} → new connector's first frame archived`, unit: 's', target: 15 },
      values: archived,
    })
  }
}

/** Seconds from the moment that the commit is in the repository. */
async function push(
  world: World,
  { argo, repository }: Gitops,
  way: Way,
  channels: readonly string[]
): Promise<{ readonly changed: number; readonly archived: number }> {
  const { client } = argo
  const template = async () => {
    const { spec } = await client.get(DEPLOYMENTS, DEPLOYMENT)
    return JSON.stringify((spec as { template: unknown }).template)
  }
  const root = await world.archiveRoot(ARCHIVE)
  const known = await connectionsNow(root, 'gold')
  const old = await template()
  const before = await repository.head()
  const path = `${CAPTURE_APPLICATION}/${FILE}`
  const after = await repository.push(way, { [path]: declared(world, channels) })
  const from = performance.now()
  const since = () => (performance.now() - from) / 1000
  const web = `file://${repository.url.replace(/\.git$/, '')}`
  if (way === 'refresh') await refresh(client, CAPTURE_APPLICATION)
  else await sendPush(argo.url ?? '', { web, before, after, modified: [path] })
  await until(MS, 'another template', async () => (await template()) !== old)
  const changed = since()
  await nextConnection(root, 'gold', known)
  const archived = since()
  await world.view.flows('gold')
  await untilApplication(client, CAPTURE_APPLICATION, 'healthy', isHealthy, MS)
  return { changed, archived }
}
