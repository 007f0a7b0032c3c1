// Describes what is wrong with a pod, as a fact for a condition, from the messages of its node, the scheduler and its program.
// A message of the node is quoted if it names the cause. Pure.

import { type Fact, stalled, waiting } from '../status/status.ts'
import type { Ended, Pod, PodEssentials } from './essentials.ts'

type Container = NonNullable<PodEssentials['container']>

/** From this many restarts on a person must act. */
const PASSING_RESTARTS = 3

/** Why a pod is not ready; undefined if it is. */
export function podFact(pod: Pod): Fact | undefined {
  const { name, deletionTimestamp } = pod.metadata
  const { phase, ready, container } = pod.essentials
  if (deletionTimestamp !== undefined) return goingFact(pod)
  if (phase === 'Failed') return overFact(pod)
  if (ready?.status === 'True') return undefined
  const { scheduled } = pod.essentials
  if (scheduled?.status === 'False')
    return waiting('Unschedulable', `no node accepts pod ${name}: ${scheduled.message}`)
  if (!container) return waiting('Starting', `pod ${name} waits for its node`)
  if (isLost(pod.essentials)) return lostFact(pod)
  return waitingFact(pod, container) ?? crashFact(pod, container) ?? unreadyFact(pod, container)
}

/** How often and why a ready pod was restarted; empty if it never was. */
export function restartsOf({ essentials }: Pod): string {
  const { container } = essentials
  if (!container?.ended || container.restarts === 0) return ''
  return `${times(container.restarts)}, the last time because it ${howItEnded(container.ended, essentials)}`
}

const times = (restarts: number): string =>
  `started again ${restarts === 1 ? 'once' : `${restarts} times`}`

function goingFact(pod: Pod): Fact {
  const { disruption } = pod.essentials
  if (disruption?.status === 'True' && /TaintManager|PodGC/.test(disruption.reason))
    return lostFact(pod)
  return waiting('Starting', `pod ${pod.metadata.name} is still ending`)
}

function overFact({ metadata, essentials }: Pod): Fact {
  const { reason, message, container } = essentials
  const what = `pod ${metadata.name} was given up (${reason || 'Failed'})`
  if (reason === 'NodeLost') return waiting('NodeLost', `${what}: ${message}`)
  const said = message || (container?.ended ? saidOf(container.ended).text : '')
  return waiting('Evicted', said ? `${what}: ${said}` : what)
}

/**
 * Whether the node stopped reporting: the control plane then sets Ready to False and leaves the rest unchanged. A kubelet that
 * finds a container unready names the container.
 */
const isLost = ({ ready, container, reason }: PodEssentials): boolean =>
  reason === 'NodeLost' ||
  (ready?.status === 'False' && ready.reason === '' && container?.ready === true)

const lostFact = ({ metadata, essentials }: Pod): Fact =>
  waiting('NodeLost', `node ${essentials.node} of pod ${metadata.name} does not answer`)

/** Answers of a registry that is down or busy, as against one that refuses. */
const PASSING_PULL =
  /timeout|timed out|deadline exceeded|connection refused|connection reset|no such host|unreachable|temporary failure|too ?many ?requests|EOF|50[0234]/i
const REFUSED_PULL = /not found|unauthorized|denied|forbidden|manifest unknown|does not exist/i

function waitingFact({ metadata, essentials }: Pod, container: Container): Fact | undefined {
  if (!container.waiting) return undefined
  const { reason, message } = container.waiting
  const { image } = essentials
  switch (reason) {
    case 'ErrImagePull':
    case 'ImagePullBackOff':
    case 'RegistryUnavailable': {
      const isPassing =
        reason === 'RegistryUnavailable' ||
        (PASSING_PULL.test(message) && !REFUSED_PULL.test(message))
      const what = `image ${image} of pod ${metadata.name} cannot be pulled: ${pullErrorOf(message)}`
      return isPassing ? waiting('ImageUnreachable', what) : stalled('ImagePullFailed', what)
    }
    case 'ErrImageNeverPull':
      return stalled(
        'ImagePullFailed',
        `image ${image} is not on node ${essentials.node}, and its policy forbids pulling it`
      )
    case 'InvalidImageName':
      return stalled('ImagePullFailed', `${image} is not the name of an image`)
    case 'ImageInspectError':
      return stalled(
        'ImagePullFailed',
        `image ${image} cannot be read on node ${essentials.node}: ${message}`
      )
    case 'CreateContainerConfigError': {
      const what = `the container of pod ${metadata.name} cannot be set up: ${message}`
      // It recovers once the Secret or ConfigMap exists.
      return /not found/.test(message)
        ? waiting('VolumeNotMounted', what)
        : stalled('ContainerRefused', what)
    }
    case 'CreateContainerError':
    case 'RunContainerError':
    case 'PreCreateHookError':
    case 'PreStartHookError':
    case 'PostStartHookError':
      return stalled(
        'ContainerRefused',
        `node ${essentials.node} cannot start pod ${metadata.name}: ${message}`
      )
    default:
      return undefined
  }
}

/** Newer nodes name the error in the back-off; older ones do not. */
const pullErrorOf = (message: string): string =>
  message.replace(/^Back-off pulling image "[^"]*":?\s*/, '').replace(/^ErrImagePull:\s*/, '') ||
  'the node retries later'

/** It ended, and has not been ready since its restart. */
function crashFact(pod: Pod, container: Container): Fact | undefined {
  const { metadata, essentials } = pod
  const { ended, runningSince, restarts } = container
  if (!ended) return undefined
  const readySince = essentials.ready?.since ?? ''
  // It was ready since its last end, so that end does not explain why it is not ready now.
  if (runningSince !== undefined && readySince > runningSince) return undefined
  const what = `pod ${metadata.name} ${howItEnded(ended, essentials)}`
  const again = restarts > 0 ? `${what} (${times(restarts)})` : what
  const { code } = saidOf(ended)
  if (isOutOfMemory(ended)) return stalled('OutOfMemory', again)
  if (ended.reason === 'StartError' || ended.reason === 'ContainerCannotRun')
    return stalled('ContainerRefused', again)
  if (code === 'SSMD_E_DISK_FULL') return stalled('VolumeFull', again)
  if (code === 'SSMD_E_READ_ONLY') return stalled('VolumeReadOnly', again)
  if (code === 'SSMD_E_CREDENTIALS') return stalled('CredentialsRefused', again)
  return restarts < PASSING_RESTARTS ? waiting('Crashing', again) : stalled('Crashing', again)
}

const isOutOfMemory = ({ reason, exitCode, message }: Ended): boolean =>
  reason === 'OOMKilled' ||
  (exitCode === 134 && /heap out of memory|Allocation failed/i.test(message))

function howItEnded(ended: Ended, { memoryLimit }: PodEssentials): string {
  const { reason, exitCode } = ended
  if (reason === 'OOMKilled')
    return `was killed for memory (its limit is ${memoryLimit || 'that of the node'})`
  if (isOutOfMemory(ended)) return `ran out of heap (its limit is ${memoryLimit || 'not set'})`
  const { text } = saidOf(ended)
  const how = exitCode === 137 ? 'was killed (exit code 137)' : `ended with exit code ${exitCode}`
  return text === '' ? how : `${how}: ${text}`
}

/**
 * The last message of a program. Our roles write `{code, message, hint}` to the termination log; if they could not, it holds
 * the end of the log: JSON lines, or what Node or the system wrote.
 */
export function saidOf({ message }: Pick<Ended, 'message'>): {
  readonly code: string | undefined
  readonly text: string
} {
  const lines = message.split('\n').filter((line) => line.trim() !== '')
  for (const line of lines.toReversed()) {
    const { code, message: said, msg, hint } = parsed(line)
    const what = typeof said === 'string' ? said : msg
    if (typeof code !== 'string' || typeof what !== 'string') continue
    return { code, text: shortened(typeof hint === 'string' ? `${what}; ${hint}` : what) }
  }
  const last = lines.findLast((line) => /error/i.test(line)) ?? lines.at(-1) ?? ''
  const { msg } = parsed(last)
  return { code: undefined, text: shortened(typeof msg === 'string' ? msg : last.trim()) }
}

const shortened = (words: string): string =>
  words.length > 500 ? `${words.slice(0, 500)}…` : words

function parsed(line: string): Readonly<Record<string, unknown>> {
  if (!line.startsWith('{')) return {}
  try {
    return JSON.parse(line) as Record<string, unknown>
  } catch {
    // The kubelet may cut a log line anywhere.
    return {}
  }
}

function unreadyFact({ metadata, essentials }: Pod, container: Container): Fact {
  const { name } = metadata
  if (container.waiting) {
    const { reason } = container.waiting
    return waiting(
      'Starting',
      `node ${essentials.node} starts pod ${name}${reason && ` (${reason})`}`
    )
  }
  if (container.runningSince === undefined)
    return waiting('Starting', `pod ${name} is being started`)
  return waiting('NotReady', `pod ${name} runs but is not ready`)
}
