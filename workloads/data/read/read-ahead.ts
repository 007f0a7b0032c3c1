// Reads the manifests of all days once, before the first request needs them: an overview of years of many feeds would wait for thousands.

import type { ManifestCache } from '../model/manifests.ts'
import type { QueryContext } from '../model/query.ts'
import { Holdings } from './holdings.ts'

type Scope = Pick<QueryContext, 'roots' | 'grant' | 'signal'> & {
  readonly manifests: ManifestCache
}

/** Feed by feed, until the signal. What cannot be read is an error of the request that asks for it. */
export async function readAhead(scope: Scope): Promise<void> {
  const holdings = new Holdings(scope)
  for (const { feed } of await holdings.feeds().catch(() => [])) {
    if (scope.signal.aborted) return
    await holdings.days({ feeds: [feed] }).catch(() => undefined)
  }
}
