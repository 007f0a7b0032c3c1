// A Feed in each Environment that names it: what its capture needs, its desired objects, and what blocks it. A blocked
// capture is left running: its objects are neither changed nor deleted.

import type { Environment } from '#crds/environment.gen.ts'
import { isSimulated, keyOf, shardsOf } from '#crds/environments.ts'
import type { Feed } from '#crds/feed.gen.ts'
import { utcDay } from '#crds/rfc3339.ts'
import { type KubeObject, keyOf as keyOfObject } from '../kube/objects.ts'
import { type Context, environmentsNaming, platformOf } from '../reconcile/context.ts'
import { type Credentials, type Need, readCredentials } from '../reconcile/credentials.ts'
import type { Secrets } from '../reconcile/secrets.ts'
import { connectorName } from '../render/names.ts'
import type { Child } from '../render/objects.ts'
import { type Fact, good, stalled, waiting } from '../status/status.ts'
import { checkCapture } from '../validation/capture-policies.ts'
import { describeProblems, located } from '../validation/judged.ts'
import { desiredConnector } from './desired.ts'

export type Capture = {
  readonly object: KubeObject
  /** `namespace/name` of the Environment. */
  readonly key: string
  readonly name: string
  /** Undefined if it cannot be used. */
  readonly environment: Environment | undefined
  /** Names of the Deployments, one for each shard. */
  readonly connectors: readonly string[]
  readonly simulated: boolean
  readonly suspended: boolean
  /** Of the Environment, as far as this feed needs it. */
  readonly config: Fact
  readonly credentials: Fact
  /** Its desired objects; undefined while it is blocked: then nothing changes. */
  readonly desired: readonly Child[] | undefined
}

/** The captures of a valid Feed, one for each Environment that names it. */
export async function capturesOf(
  context: Context,
  namespace: string,
  feed: Feed
): Promise<readonly Capture[]> {
  const { name } = feed.metadata
  const captures: Capture[] = []
  for (const object of environmentsNaming(context, namespace, name))
    captures.push(await captureIn(context, namespace, feed, object))
  return captures
}

async function captureIn(
  context: Context,
  namespace: string,
  feed: Feed,
  object: KubeObject
): Promise<Capture> {
  const { resource: environment, problem } = context.judged.of('Environment', object)
  const { name } = object.metadata
  const base = {
    object,
    key: keyOfObject(object),
    name,
    environment,
    connectors: connectorsOf(environment, name, feed),
    simulated: environment !== undefined && isSimulated(environment, feed),
    suspended: environment?.spec.suspend === true,
    credentials: good('NotNeeded'),
    desired: undefined,
  }
  if (!environment)
    return { ...base, config: waiting('EnvironmentInvalid', `Environment ${name}: ${problem}`) }
  // A suspended capture needs nothing: its objects are deleted.
  if (base.suspended) return { ...base, config: good('Valid'), desired: [] }
  const problems = checkCapture(located(environment), feed, utcDay(context.nowMs()))
  if (problems.length > 0) {
    const what = `Environment ${name}: ${describeProblems(problems)}`
    return { ...base, config: waiting('EnvironmentInvalid', what) }
  }
  const credentials = await credentialsFor(context.secrets, namespace, feed, environment)
  return {
    ...base,
    config: good('Valid'),
    credentials: credentials.fact,
    desired:
      credentials.fact.standing === 'good'
        ? desiredConnector(feed, environment, platformOf(context, namespace, credentials.hash))
        : undefined,
  }
}

/** Of an Environment that cannot be used only the first is known. */
function connectorsOf(environment: Environment | undefined, name: string, feed: Feed): string[] {
  const length = environment === undefined ? 1 : shardsOf(environment, feed)
  return Array.from({ length }, (_, shard) => connectorName(name, feed.metadata.name, shard))
}

/** Of what a capture reads, its Secrets; a key in variables of a shell is in no cluster. */
export async function credentialsFor(
  secrets: Secrets,
  namespace: string,
  feed: Feed,
  environment: Environment
): Promise<Credentials> {
  const key = keyFor(feed, environment)
  if (key?.key.source.env) {
    const what = `the key ${key.name} of Environment ${environment.metadata.name} is in variables`
    return { fact: stalled('KeyIsLocal', what), hash: () => undefined }
  }
  return readCredentials(secrets, namespace, needsOf(feed, environment))
}

/** The Secrets that a capture reads. */
export function needsOf(feed: Feed, environment: Environment): readonly Need[] {
  const needs: Need[] = []
  const key = keyFor(feed, environment)
  if (key?.key.source.secret)
    needs.push({ name: key.key.source.secret.name, fields: key.key.fields })
  const reference = environment.spec.transport.credentialsRef
  if (reference) needs.push({ name: reference.name, fields: ['nats.creds'] })
  return needs
}

const keyFor = (feed: Feed, environment: Environment) =>
  isSimulated(environment, feed) ? undefined : keyOf(environment, feed)
