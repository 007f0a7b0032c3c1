// What the cache keeps of a pod: only what explains why it does not run, because there may be ten thousand. Every field is
// checked, because a stored object may hold anything. Pure.

import type { KubeObject, ObjectMeta } from '../kube/objects.ts'
import { archiverName, connectorName, shardIn, signalName, simulatorName } from '../render/names.ts'

export type Ended = {
  readonly reason: string
  readonly exitCode: number
  /** What the container wrote to its termination log, or the end of its log. */
  readonly message: string
}

export type PodCondition = {
  readonly status: string
  readonly reason: string
  readonly message: string
  readonly since: string
}

export type PodEssentials = {
  readonly phase: string
  /** Of the pod as a whole: `Evicted`, `NodeLost`, `UnexpectedAdmissionError`. */
  readonly reason: string
  readonly message: string
  readonly node: string
  readonly image: string
  readonly memoryLimit: string
  readonly claims: readonly string[]
  readonly scheduled: PodCondition | undefined
  readonly ready: PodCondition | undefined
  readonly disruption: PodCondition | undefined
  readonly container:
    | {
        readonly waiting: { readonly reason: string; readonly message: string } | undefined
        readonly runningSince: string | undefined
        readonly ready: boolean
        readonly restarts: number
        /** How it ended last: now, or before its latest restart. */
        readonly ended: Ended | undefined
      }
    | undefined
}

export type Pod = KubeObject & { readonly essentials: PodEssentials }

/** Long enough for an error, short enough for a condition. */
const TEXT = 600

const record = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
const text = (value: unknown, length = TEXT): string =>
  typeof value === 'string' ? value.slice(0, length) : ''
/** The end of a text, where a program's last message is. */
const tail = (value: unknown): string =>
  typeof value === 'string' ? value.slice(-4 * TEXT).trim() : ''

/** One of our pods, reduced: the transform of its informer. */
export function podEssentials(object: KubeObject): Pod {
  const { apiVersion, kind, metadata } = object
  return { apiVersion, kind, metadata: metadataOf(metadata), essentials: essentialsOf(object) }
}

function metadataOf(metadata: ObjectMeta): ObjectMeta {
  const { name, namespace, uid, resourceVersion, creationTimestamp, deletionTimestamp } = metadata
  const labels = Object.entries(record(metadata.labels)).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string' && isOurs(entry[0])
  )
  return {
    name,
    ...(namespace === undefined ? {} : { namespace }),
    ...(uid === undefined ? {} : { uid }),
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
    ...(creationTimestamp === undefined ? {} : { creationTimestamp }),
    ...(deletionTimestamp === undefined ? {} : { deletionTimestamp }),
    labels: Object.fromEntries(labels),
  }
}

export const COMPONENT = 'app.kubernetes.io/component'
const isOurs = (label: string): boolean => label.startsWith('ssmd.io/') || label === COMPONENT

function essentialsOf(object: KubeObject): PodEssentials {
  const spec = record(object.spec)
  const status = record(object.status)
  const container = record(list(spec.containers)[0])
  const conditions = new Map(
    list(status.conditions).map((entry) => [record(entry).type, record(entry)])
  )
  return {
    phase: text(status.phase),
    reason: text(status.reason),
    message: text(status.message),
    node: text(spec.nodeName),
    image: text(container.image),
    memoryLimit: text(record(record(container.resources).limits).memory),
    claims: list(spec.volumes).flatMap(
      (volume) => text(record(record(volume).persistentVolumeClaim).claimName) || []
    ),
    scheduled: conditionOf(conditions.get('PodScheduled')),
    ready: conditionOf(conditions.get('Ready')),
    disruption: conditionOf(conditions.get('DisruptionTarget')),
    container: containerOf(list(status.containerStatuses)[0]),
  }
}

const conditionOf = (found: Readonly<Record<string, unknown>> | undefined) =>
  found && {
    status: text(found.status),
    reason: text(found.reason),
    message: text(found.message),
    since: text(found.lastTransitionTime),
  }

function containerOf(found: unknown): PodEssentials['container'] {
  if (found === undefined) return undefined
  const { state, lastState, ready, restartCount } = record(found)
  const { waiting, running, terminated } = record(state)
  const ended = terminated ?? record(lastState).terminated
  return {
    waiting:
      waiting === undefined
        ? undefined
        : { reason: text(record(waiting).reason), message: text(record(waiting).message) },
    runningSince: running === undefined ? undefined : text(record(running).startedAt),
    ready: ready === true,
    restarts: typeof restartCount === 'number' ? restartCount : 0,
    ended: ended === undefined ? undefined : endedOf(record(ended)),
  }
}

const endedOf = ({ reason, exitCode, message }: Readonly<Record<string, unknown>>): Ended => ({
  reason: text(reason),
  exitCode: typeof exitCode === 'number' ? exitCode : 0,
  message: tail(message),
})

/** The Deployment of a pod, by its labels; undefined if the pod is not ours. */
export function workloadOf({ metadata }: KubeObject): string | undefined {
  const labels = metadata.labels ?? {}
  const { 'ssmd.io/environment': environment, 'ssmd.io/feed': feed } = labels
  const { 'ssmd.io/archive': archive, 'ssmd.io/signal': signal } = labels
  switch (labels[COMPONENT]) {
    case 'connector':
      return environment && feed ? connectorName(environment, feed, shardIn(labels)) : undefined
    case 'simulator':
      return environment && feed ? simulatorName(environment, feed) : undefined
    case 'archiver':
      return archive && archiverName(archive)
    case 'signal':
      return signal && signalName(signal)
    default:
      return undefined
  }
}

/** The pod that represents a Deployment: the newest that is not terminating, else the newest. */
export function newestOf(pods: readonly Pod[]): Pod | undefined {
  const rank = ({ metadata, essentials }: Pod): string => {
    const isGoing = metadata.deletionTimestamp !== undefined
    const isOver = essentials.phase === 'Failed' || essentials.phase === 'Succeeded'
    return `${isGoing ? 0 : 1}${isOver ? 0 : 1}${metadata.creationTimestamp ?? ''}${metadata.name}`
  }
  return pods.reduce<Pod | undefined>(
    (best, pod) => (best === undefined || rank(pod) > rank(best) ? pod : best),
    undefined
  )
}
