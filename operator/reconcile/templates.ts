// Whether what a Deployment says of its pods still holds after it was written again. Its controller needs a moment to look at a
// new generation; where nothing but replicas changed since the one that it spoke of, the pods are the same ones, and putting
// back what somebody else had scaled makes nothing unready. Sound only over generations that we saw, each of them.

import { hashOf } from '#crds/canonical.ts'
import type { KubeObject } from '../kube/objects.ts'

type Seen = { readonly generation: number; readonly template: string; readonly since: number }

const LIMIT = 20_000

export class Templates {
  readonly #seen = new Map<string, Seen>()

  /** To be told of every look at a Deployment, and of every write. */
  see(deployment: KubeObject): void {
    const { uid = '', generation = 0 } = deployment.metadata
    const known = this.#seen.get(uid)
    if (known?.generation === generation) return
    const template = hashOf((deployment.spec as { template?: unknown } | undefined)?.template)
    const isNext = known?.generation === generation - 1 && known.template === template
    if (this.#seen.size >= LIMIT && !known) this.#seen.clear()
    this.#seen.set(uid, { generation, template, since: isNext ? known.since : generation })
  }

  /** The Deployment, its status taken for that of its generation where both are of the same template. */
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
