// The cluster as the scenario sees it: through kubectl, as a person would, with JSON in place of tables.

import { until } from '#testing/deadline.ts'

export type Kubectl = (...args: readonly string[]) => Promise<string>

export type ConditionView = {
  readonly type: string
  readonly status: string
  readonly reason: string
  readonly message: string
}

export type PodView = {
  readonly name: string
  readonly uid: string
  readonly phase: string
  readonly ready: boolean
  readonly restarts: number
  readonly image: string
  readonly annotations: Readonly<Record<string, string>>
}

type Metadata = {
  name: string
  uid: string
  annotations?: Record<string, string>
  deletionTimestamp?: string
}
type PodObject = {
  metadata: Metadata
  spec: { containers: { image: string }[] }
  status: {
    phase: string
    containerStatuses?: { ready: boolean; restartCount: number }[]
  }
}
type ListOf<T> = { items: T[] }

const MANAGED = 'app.kubernetes.io/managed-by=ssmd'

export class ClusterView {
  readonly kubectl: Kubectl

  constructor(kubectl: Kubectl) {
    this.kubectl = kubectl
  }

  async json<T>(...args: readonly string[]): Promise<T> {
    return JSON.parse(await this.kubectl(...args, '-o', 'json')) as T
  }

  async conditions(resource: string): Promise<readonly ConditionView[]> {
    const { status } = await this.json<{ status?: { conditions?: ConditionView[] } }>(
      'get',
      resource
    )
    return status?.conditions ?? []
  }

  async condition(resource: string, type: string): Promise<ConditionView | undefined> {
    return (await this.conditions(resource)).find((condition) => condition.type === type)
  }

  /** Until the condition holds; the error shows what was there in its place. */
  async becomes(
    resource: string,
    type: string,
    want: { status: string; reason?: string; words?: RegExp },
    seconds = 60
  ): Promise<ConditionView> {
    let last: ConditionView | undefined
    try {
      await until(seconds * 1000, 'condition', async () => {
        last = await this.condition(resource, type).catch(() => undefined)
        return (
          last?.status === want.status &&
          (want.reason === undefined || last.reason === want.reason) &&
          (want.words === undefined || want.words.test(last.message))
        )
      })
    } catch {
      throw new Error(
        `${resource}: ${type} is ${JSON.stringify(last)}, not ${want.status} ${want.reason ?? ''} ${want.words ?? ''} within ${seconds} s`
      )
    }
    return last as ConditionView
  }

  /** Ready, and about what was applied last. */
  async ready(resource: string, seconds = 60): Promise<void> {
    type Seen = { metadata: { generation: number }; status?: { observedGeneration?: number } }
    await until(seconds * 1000, `${resource} is seen by the operator`, async () => {
      const { metadata, status } = await this.json<Seen>('get', resource)
      return status?.observedGeneration === metadata.generation
    })
    await this.becomes(resource, 'Ready', { status: 'True' }, seconds)
  }

  /** Ready, and frames of the last seconds are in its figures. */
  async flows(feed: string, seconds = 60): Promise<void> {
    await this.ready(`feed/${feed}`, seconds)
    await this.becomes(
      `feed/${feed}`,
      'DataFlowing',
      { status: 'True', reason: 'Flowing' },
      seconds
    )
  }

  /** Pods that are not on their way out, of these labels. */
  async pods(selector: string): Promise<readonly PodView[]> {
    const { items } = await this.json<ListOf<PodObject>>('get', 'pods', '-l', selector)
    return items
      .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
      .map(({ metadata, spec, status }) => ({
        name: metadata.name,
        uid: metadata.uid,
        phase: status.phase,
        ready: status.containerStatuses?.every(({ ready }) => ready) ?? false,
        restarts: (status.containerStatuses ?? []).reduce(
          (sum, { restartCount }) => sum + restartCount,
          0
        ),
        image: spec.containers[0]?.image ?? '',
        annotations: metadata.annotations ?? {},
      }))
  }

  async pod(selector: string): Promise<PodView> {
    const pods = await this.pods(selector)
    const [pod] = pods
    if (pod === undefined || pods.length > 1) throw new Error(`${pods.length} pods of ${selector}`)
    return pod
  }

  /** Which lives every capture pod has: two equal answers mean that none of them was restarted between. */
  async lives(): Promise<Readonly<Record<string, string>>> {
    const pods = await this.pods(MANAGED)
    return Object.fromEntries(pods.map(({ name, uid, restarts }) => [name, `${uid} ${restarts}`]))
  }

  /** All pods of ours are there and ready, so many of them. */
  async settled(count: number, seconds = 90): Promise<void> {
    let last: readonly PodView[] = []
    try {
      await until(seconds * 1000, 'pods', async () => {
        last = await this.pods(MANAGED)
        return last.length === count && last.every(({ ready }) => ready)
      })
    } catch {
      throw new Error(`not ${count} ready pods within ${seconds} s: ${JSON.stringify(last)}`)
    }
  }
}

export const connectorOf = (feed: string): string =>
  `app.kubernetes.io/component=connector,ssmd.io/feed=${feed}`
export const ARCHIVER = 'app.kubernetes.io/component=archiver'
export const NATS = 'app.kubernetes.io/component=nats'
export const OPERATOR = 'app.kubernetes.io/component=operator'
