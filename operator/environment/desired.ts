// An Environment's simulators as Kubernetes objects: for each feed that it simulates a ConfigMap, a Deployment
// and a Service. No objects if spec.simulator.url names a simulator that is already running.
import type { Environment } from '#crds/environment.gen.ts'
import { feedsOf, isSimulated } from '#crds/environments.ts'
import { EXCHANGES } from '#crds/exchanges.gen.ts'
import type { Feed } from '#crds/feed.gen.ts'
import { recordingsOf } from '#crds/recordings.ts'
import { versionInForce } from '#crds/versions.ts'
import { simulatorName, simulatorService } from '../render/names.ts'
import type { KubeObject, Service } from '../render/objects.ts'
import type { Platform } from '../render/platform.ts'
import { CONFIG_DIR, labelsFor, renderConfigMap, renderDeployment } from '../render/pod.ts'

/** The port of simulators: in a cluster always, on a laptop if it is free. */
export const SIMULATOR_PORT = 8980

const RESOURCES = {
  requests: { cpu: '50m', memory: '128Mi' },
  limits: { memory: '512Mi' },
} as const

/** The feeds of an environment that need a simulator. */
export function simulatedFeeds(
  environment: Environment,
  feeds: readonly Feed[],
  platform: Pick<Platform, 'date'>
): Feed[] {
  if (environment.spec.suspend || environment.spec.simulator?.url !== undefined) return []
  return feedsOf(environment, feeds).filter(
    (feed) =>
      isSimulated(environment, feed) &&
      // Synthetic exchanges generate their data and need no recording.
      EXCHANGES[feed.spec.exchange]?.alwaysSimulated === false &&
      versionInForce(feed, platform.date) !== undefined
  )
}

export function desiredSimulators(
  environment: Environment,
  feeds: readonly Feed[],
  platform: Platform
): KubeObject[] {
  return simulatedFeeds(environment, feeds, platform).flatMap((feed) =>
    desiredSimulator(environment, feed, platform)
  )
}

function desiredSimulator(environment: Environment, feed: Feed, platform: Platform): KubeObject[] {
  const name = simulatorName(environment.metadata.name, feed.metadata.name)
  const labels = labelsFor('simulator', {
    'ssmd.io/environment': environment.metadata.name,
    'ssmd.io/feed': feed.metadata.name,
  })
  const { exchange } = feed.spec
  const simulator = { ...simulatorFor(environment, exchange), feeds: [feed.metadata.name] }
  // Such an exchange is what its Feed says: the simulator has to read it.
  const isDescribed = EXCHANGES[exchange]?.channels === null
  const resolved = {
    apiVersion: environment.apiVersion,
    kind: environment.kind,
    metadata: { name: environment.metadata.name },
    spec: {
      feeds: [feed.metadata.name],
      transport: { url: environment.spec.transport.url },
      simulator,
    },
  }
  const service: Service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name: simulatorService(environment.metadata.name, feed.metadata.name),
      namespace: platform.namespace,
      labels,
    },
    spec: {
      selector: labels,
      ports: [{ name: 'exchange', port: SIMULATOR_PORT, targetPort: 'exchange' }],
    },
  }
  return [
    renderConfigMap(
      name,
      labels,
      { 'environment.yaml': resolved, ...(isDescribed ? { 'feed.yaml': plainFeed(feed) } : {}) },
      platform
    ),
    renderDeployment(
      {
        name,
        component: 'simulator',
        labels,
        args: [
          'simulator',
          exchange,
          '--env',
          `${CONFIG_DIR}/environment.yaml`,
          '--host',
          '0.0.0.0',
          '--port',
          String(SIMULATOR_PORT),
          ...(isDescribed ? ['--feed', `${CONFIG_DIR}/feed.yaml`] : []),
        ],
        // Only what a simulator reads, so that another NATS address does not restart it.
        config: { exchange, simulator, ...(isDescribed ? { feed: feed.spec } : {}) },
        ports: [{ name: 'exchange', containerPort: SIMULATOR_PORT }],
        defaults: RESOURCES,
      },
      platform
    ),
    service,
  ]
}

/** What this exchange's simulator is to do: what is for another one must not restart it. */
function simulatorFor(
  environment: Environment,
  exchange: string
): Environment['spec']['simulator'] {
  const { simulator } = environment.spec
  if (simulator === undefined) return undefined
  const faults = simulator.faults.filter((one) => (one.exchange ?? exchange) === exchange)
  const replay = recordingsOf(simulator.replay, exchange)
  return { ...simulator, faults, replay }
}

const plainFeed = ({ apiVersion, kind, metadata, spec }: Feed): object => ({
  apiVersion,
  kind,
  metadata: { name: metadata.name },
  spec,
})
