// All rules between resources, the same for `ssmd validate`, `ssmd up` and the cluster operator. Pure. A problem names its
// resource, so that all others continue.

import type { Resources } from '#crds/located.ts'
import type { Problem } from '#crds/problems.ts'
import { byPlace } from '#crds/problems.ts'
import { checkArchive } from './archive/policies.ts'
import { checkEnvironment } from './environment/policies.ts'
import { checkFeed } from './feed/policies.ts'
import { checkSignal } from './signal/policies.ts'

/** The problems between these resources on the UTC day `date` (YYYY-MM-DD), by their places; not those of parsing. */
export function checkResources(resources: Resources, date: string): Problem[] {
  return [
    ...resources.feeds.flatMap((feed) => checkFeed(feed, date)),
    ...resources.environments.flatMap((environment) =>
      checkEnvironment(environment, resources, date)
    ),
    ...resources.archives.flatMap((archive) => checkArchive(archive, resources)),
    ...resources.signals.flatMap((signal) => checkSignal(signal, resources)),
  ].sort(byPlace)
}
