// Decides whether a Deployment's status still holds after a write. Its controller needs a moment to observe a new generation;
// if only `replicas` changed since the observed one, the pods are the same, so reverting a manual scaling makes nothing
// unready. Valid only if we saw every generation in between.

import { hashOf } from '#crds/canonical.ts'
import type { KubeObject } from '../kube/objects.ts'

type Seen = { readonly generation: number; readonly template: string; readonly since: number }

const LIMIT = 20_000

export class Templates {
  readonly #seen = new Map<string, Seen>()

  /** Call it for every read and every write of a Deployment. */
  see(deployment: KubeObject): void {
    const { uid = '', generation = 0 } = deployment.metadata
    const known = this.#seen.get(uid)
    if (known?.generation === generation) return
    const template = hashOf((deployment.spec as { template?: unknown } | undefined)?.template)
    const isNext = known?.generation === generation - 1 && known.template === template
    if (this.#seen.size >= LIMIT && !known) this.#seen.clear()
    this.#seen.set(uid, { generation, template, since: isNext ? known.since : generation })
  }

  /** The Deployment, with its status counted as current if both generations have the same template. */
  judged(deployment: KubeObject): KubeObject {
    this.see(deployment)
    const { uid = '', generation = 0 } = deployment.metadata
    const status = deployment.status as { observedGeneration?: number } | undefined
    const observed = status?.observedGeneration ?? 0
    const since = this.#seen.get(uid)?.since ?? generation
    if (observed >= generation || observed < since) return deployment
    return { ...deployment, status: { ...status, observedGeneration: generation } }
  }
}
