// One API server for all test files that only need namespaces of their own. The runner starts it and names it in the
// environment; a file that runs alone starts its own. Nobody deletes or changes here what belongs to all namespaces.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ClusterAccess, openAccess, startCluster } from './cluster.ts'

export const SHARED_CLUSTER_VARIABLE = 'SSMD_TEST_CLUSTER'

export type SharedCluster = {
  /** For the test files. */
  readonly env: NodeJS.ProcessEnv
  stop(): Promise<void>
}

/** For the runner. */
export async function startSharedCluster(): Promise<SharedCluster> {
  const { folder, host, port, token, stop } = await startCluster()
  const place = { host, port, token, certificate: join(folder, 'certs/apiserver.crt') }
  return { env: { [SHARED_CLUSTER_VARIABLE]: JSON.stringify(place) }, stop }
}

/** For a test file: the runner's, or one of its own. */
export async function joinCluster(): Promise<ClusterAccess> {
  const shared = process.env[SHARED_CLUSTER_VARIABLE]
  if (shared === undefined) return startCluster()
  const { certificate, ...place } = JSON.parse(shared) as {
    readonly host: string
    readonly port: number
    readonly token: string
    readonly certificate: string
  }
  const folder = mkdtempSync(join(tmpdir(), 'ssmd-cluster-'))
  return openAccess({ ...place, folder, ca: readFileSync(certificate) }, async () =>
    rmSync(folder, { recursive: true, force: true })
  )
}
