// Where commands look that show what runs: at a cluster that was named, else at the `ssmd up` of the data folder, else at the cluster of
// the kubeconfig.

import { readdir } from 'node:fs/promises'
import { SsmdError, toSsmdError } from '#crds/errors.ts'
import { isRunning, type ProcessId } from '#crds/process.ts'
import { readRegular } from '#crds/regular-file.ts'
import { type Layout, layoutOf } from '../../operator/local/layout.ts'
import { type Cluster, type ClusterFlags, openCluster } from '../cluster.ts'

export type LookFlags = ClusterFlags & {
  /** The data folder of `ssmd up`. */
  readonly data: string
}

export type Source =
  | { readonly kind: 'laptop'; readonly layout: Layout; readonly isUp: boolean }
  | { readonly kind: 'cluster'; readonly cluster: Cluster }

const MAX_LOCK_BYTES = 65_536

/** `stopped`: a laptop counts also where no `ssmd up` runs now, for what it has left. Throws SSMD_E_NOT_FOUND. */
export async function findSource(flags: LookFlags, stopped: 'counts' | 'is nothing') {
  const isNamed = [flags.namespace, flags.context, flags.kubeconfig].some(
    (one) => one !== undefined
  )
  if (isNamed) return { kind: 'cluster', cluster: await openCluster(flags) } satisfies Source
  const layout = layoutOf(flags.data)
  const isUp = await isUpOn(layout)
  if (isUp || (stopped === 'counts' && (await wasUpOn(layout))))
    return { kind: 'laptop', layout, isUp } satisfies Source
  try {
    return { kind: 'cluster', cluster: await openCluster(flags) } satisfies Source
  } catch (thrown) {
    throw new SsmdError(
      'SSMD_E_NOT_FOUND',
      `no ssmd up runs on ${flags.data}, and no cluster is known: ${toSsmdError(thrown).message}`,
      { hint: 'start ssmd up, name its folder with --data, or name a cluster with --context' }
    )
  }
}

/** Whether an `ssmd up` of this machine holds the folder. */
export async function isUpOn({ lock }: Layout): Promise<boolean> {
  try {
    return isRunning(JSON.parse((await readRegular(lock, MAX_LOCK_BYTES)).toString()) as ProcessId)
  } catch {
    // No file, or a torn one: no process holds it.
    return false
  }
}

const wasUpOn = ({ logs }: Layout): Promise<boolean> =>
  readdir(logs).then(
    (names) => names.length > 0,
    () => false
  )
