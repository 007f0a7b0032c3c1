// A store as a Secret: each key an entry, as in the folder. It holds digests, never a key.

import { stringify } from 'yaml'
import type { ApiKey } from './api-key.ts'
import { textOf } from './store.ts'

/** The name that the chart mounts (`dataApi.apiKeysSecret`). */
export const SECRET_NAME = 'ssmd-api-keys'

export const secretManifest = (keys: readonly ApiKey[]): string =>
  stringify({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: SECRET_NAME },
    type: 'Opaque',
    // Not `stringData`: kubectl apply does not remove from a Secret what is gone from there.
    data: Object.fromEntries(
      keys.map((key) => [`${key.id}.json`, Buffer.from(textOf(key)).toString('base64')])
    ),
  })
