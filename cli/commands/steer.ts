// `ssmd rollout`, `ssmd pause`, `ssmd resume`: one annotation on one resource of a cluster, which the operator acts on. What
// kubectl annotate does as well, with words.
import { SsmdError, usageError } from '#crds/errors.ts'
import { KINDS, type Kind } from '#crds/kinds.ts'
import { Client } from '../../operator/kube/client.ts'
import { loadConnection } from '../../operator/kube/config.ts'
import { isForbidden, isNotFound } from '../../operator/kube/errors.ts'
import type { KubeObject, Resource } from '../../operator/kube/objects.ts'
import { systemTimers } from '../../operator/kube/timers.ts'
import { Transport } from '../../operator/kube/transport.ts'
import { isPaused, PAUSED, RESOURCES, ROLLOUT } from '../../operator/reconcile/kinds.ts'
import { writeLines } from '../output.ts'
import { readVersion } from './version.ts'

export type Verb = 'rollout' | 'pause' | 'resume'

export type SteerOptions = {
  readonly verb: Verb
  readonly kind: string
  readonly name: string
  readonly namespace: string | undefined
  readonly context: string | undefined
  readonly kubeconfig: string | undefined
}

/** As kubectl takes them: one, several, and the short name. */
const SHORT: Readonly<Record<Kind, string>> = {
  Feed: 'fd',
  Environment: 'senv',
  Archive: 'arc',
  Signal: 'sig',
}
const NAMES: Readonly<Record<string, Resource>> = Object.fromEntries(
  KINDS.flatMap((kind) =>
    [kind.toLowerCase(), RESOURCES[kind].plural, SHORT[kind]].map((name) => [name, RESOURCES[kind]])
  )
)

export async function runSteer(options: SteerOptions): Promise<void> {
  const { verb, kind, name } = options
  const resource = NAMES[kind.toLowerCase()]
  if (!resource)
    throw usageError(
      `${JSON.stringify(kind)} is not a kind of ssmd`,
      'write feed, environment, archive or signal'
    )
  const connection = await loadConnection(options)
  const namespace = options.namespace ?? connection.namespace
  const transport = new Transport({
    connection,
    userAgent: `ssmd/${readVersion()}`,
    timers: systemTimers,
    random: Math.random,
  })
  try {
    const client = new Client(transport)
    const object = await client.get(resource, `${namespace}/${name}`)
    const { annotations, said } = steer(verb, object, new Date())
    if (annotations) {
      const value = { metadata: { annotations } }
      await client.patch(resource, `${namespace}/${name}`, { kind: 'merge', value })
    }
    await writeLines([`${resource.kind} ${name}: ${said}`])
  } catch (thrown) {
    throw inWords(thrown, `${verb} ${resource.kind} ${name} in namespace ${namespace}`, resource)
  } finally {
    transport.close()
  }
}

type Steered = {
  /** To be merged; undefined where it is so already. */
  readonly annotations: Readonly<Record<string, string | null>> | undefined
  readonly said: string
}

/** What to write, and what to say. Pure. */
export function steer(verb: Verb, object: KubeObject, now: Date): Steered {
  const paused = isPaused(object)
  switch (verb) {
    case 'pause':
      return paused
        ? { annotations: undefined, said: 'already paused' }
        : {
            annotations: { [PAUSED]: 'true' },
            said: 'paused: the operator changes nothing until ssmd resume; what runs continues',
          }
    case 'resume':
      return object.metadata.annotations?.[PAUSED] === undefined
        ? { annotations: undefined, said: 'not paused' }
        : {
            annotations: { [PAUSED]: null },
            said: 'resumed: the operator applies pending changes now',
          }
    case 'rollout':
      return {
        annotations: { [ROLLOUT]: now.toISOString() },
        said: paused
          ? 'roll-out requested; the resource is paused, so nothing happens before ssmd resume'
          : 'roll-out requested; its pods are replaced now',
      }
  }
}

function inWords(thrown: unknown, what: string, { kind, plural }: Resource): unknown {
  if (isNotFound(thrown))
    return new SsmdError('SSMD_E_NOT_FOUND', `cannot ${what}: there is no such ${kind}`, {
      hint: `kubectl get ${plural} --all-namespaces lists them; name the namespace with -n`,
      cause: thrown,
    })
  if (isForbidden(thrown))
    return new SsmdError('SSMD_E_KUBERNETES', `cannot ${what}: permission denied`, {
      hint: `you need the rights to get and patch ${plural}.ssmd.io in that namespace`,
      cause: thrown,
    })
  return thrown
}
