// All desired objects of a set of resources, the same for a cluster and a laptop. Composed names may collide
// (`a-b` + `c`, `a` + `b-c`): the first resource keeps its objects, the other is reported.
import type { Archive } from '#crds/archive.gen.ts'
import type { Environment } from '#crds/environment.gen.ts'
import { feedsOf } from '#crds/environments.ts'
import type { Feed } from '#crds/feed.gen.ts'
import type { Resources } from '#crds/located.ts'
import type { Signal } from '#crds/signal.gen.ts'
import { desiredArchiver } from './archive/desired.ts'
import { desiredSimulators } from './environment/desired.ts'
import { desiredConnector } from './feed/desired.ts'
import { type KubeObject, keyOfObject } from './render/objects.ts'
import type { Platform } from './render/platform.ts'
import { desiredSignal } from './signal/desired.ts'

export type Declared = {
  readonly feeds: readonly Feed[]
  readonly environments: readonly Environment[]
  readonly archives: readonly Archive[]
  readonly signals: readonly Signal[]
}

/** The resources themselves, without their places. */
export const declaredOf = ({ feeds, environments, archives, signals }: Resources): Declared => ({
  feeds: feeds.map(({ resource }) => resource),
  environments: environments.map(({ resource }) => resource),
  archives: archives.map(({ resource }) => resource),
  signals: signals.map(({ resource }) => resource),
})

export type Desired = {
  readonly objects: readonly KubeObject[]
  /** Two resources that ask for an object of the same name. */
  readonly collisions: readonly {
    readonly name: string
    readonly owner: string
    readonly by: string
  }[]
}

export function desiredObjects(declared: Declared, platform: Platform): Desired {
  const objects = new Map<string, { object: KubeObject; owner: string }>()
  const collisions: { name: string; owner: string; by: string }[] = []
  const add = (owner: string, made: readonly KubeObject[]) => {
    for (const object of made) {
      const key = keyOfObject(object)
      const taken = objects.get(key)
      if (taken === undefined) objects.set(key, { object, owner })
      else if (object.kind === 'Deployment')
        collisions.push({ name: object.metadata.name, owner: taken.owner, by: owner })
    }
  }
  for (const environment of declared.environments) {
    const { name } = environment.metadata
    for (const feed of feedsOf(environment, declared.feeds))
      add(
        `Feed ${feed.metadata.name} in Environment ${name}`,
        desiredConnector(feed, environment, platform)
      )
    add(`Environment ${name}`, desiredSimulators(environment, declared.feeds, platform))
  }
  const within = ({ spec }: Archive | Signal) =>
    declared.environments.find(({ metadata }) => metadata.name === spec.environmentRef.name)
  for (const archive of declared.archives) {
    const environment = within(archive)
    if (environment === undefined) continue
    add(
      `Archive ${archive.metadata.name}`,
      desiredArchiver(archive, environment, declared, platform)
    )
  }
  for (const signal of declared.signals) {
    const environment = within(signal)
    if (environment === undefined) continue
    add(
      `Signal ${signal.metadata.name}`,
      desiredSignal(signal, environment, declared.feeds, platform)
    )
  }
  return { objects: [...objects.values()].map(({ object }) => object), collisions }
}
