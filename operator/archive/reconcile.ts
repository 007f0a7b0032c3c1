// One pass over an Archive: its archiver and claim, a stream and a consumer for each feed, and the status. The only file of
// the room with I/O.

import { consumerName } from '#bus/names.ts'
import { DURABLE_KEYS, streamWantOf } from '#bus/stream-config.ts'
import type { Archive } from '#crds/archive.gen.ts'
import type { Environment } from '#crds/environment.gen.ts'
import { utcDay } from '#crds/rfc3339.ts'
import { CLAIMS, DEPLOYMENTS, type KubeObject } from '../kube/objects.ts'
import { attempt, makeChildren, pruneChildren } from '../reconcile/children.ts'
import {
  type Context,
  childrenOf,
  inNamespace,
  platformOf,
  type StreamVerdict,
} from '../reconcile/context.ts'
import { readCredentials } from '../reconcile/credentials.ts'
import { finish } from '../reconcile/finish.ts'
import { ARCHIVES, isPaused } from '../reconcile/kinds.ts'
import { workloadAt } from '../reconcile/observe.ts'
import { rateKey } from '../reconcile/status-rate.ts'
import { archiverName } from '../render/names.ts'
import type { Reconcile } from '../runtime/controller.ts'
import { type Fact, good, stalled, waiting } from '../status/status.ts'
import { brokenAmong, describeProblems, located, locatedAll } from '../validation/judged.ts'
import { claimProblem } from './claim.ts'
import { desiredArchiver } from './desired.ts'
import { checkArchive } from './policies.ts'
import { predecessorOf } from './predecessor.ts'
import { type ArchiveView, archiveFigures, archiveSummary } from './status.ts'

const WAIT_MS = 5_000

export const reconcileArchive =
  (context: Context): Reconcile =>
  async (pass) => {
    const object = await pass.get(ARCHIVES, pass.key)
    if (!object || object.metadata.deletionTimestamp) {
      context.statusRate.forget(rateKey(ARCHIVES.kind, pass.key))
      return
    }
    const namespace = pass.namespace ?? ''
    const paused = isPaused(object)
    const archiver = archiverName(pass.name)
    const claim = await pass.get(CLAIMS, `${namespace}/${archiver}`)
    const { archive, environment, config } = fitness(context, namespace, object, claim)
    const key = `${namespace}/${archive?.spec.environmentRef.name}`
    const reference = environment?.spec.transport.credentialsRef
    const needs = reference ? [{ name: reference.name, fields: ['nats.creds'] }] : []
    const credentials = await readCredentials(context.secrets, namespace, needs)

    const predecessor =
      archive && (await pass.get(DEPLOYMENTS, `${namespace}/${archiver}`)) === undefined
        ? predecessorOf(context, namespace, archive)
        : undefined

    const { made, failure, thrown } = await attempt(async () => {
      const isFit = config.standing === 'good' && credentials.fact.standing === 'good'
      if (!archive || !environment || !isFit || paused || predecessor) return undefined
      const sources = {
        feeds: context.judged.all('Feed', inNamespace(context.feeds, namespace)),
        signals: context.judged.all('Signal', inNamespace(context.signals, namespace)),
      }
      const platform = platformOf(context, namespace, credentials.hash)
      const desired = desiredArchiver(archive, environment, sources, platform)
      const applied = await makeChildren(pass, context, object, desired, {
        rollout: { policy: 'Automatic' },
        ownsClaims: archive.spec.deletionPolicy === 'Delete',
      })
      // Their names follow from the name of the Archive, without any cache.
      await pruneChildren(
        pass,
        context,
        object,
        desired,
        ARCHIVES,
        async ({ metadata }) => metadata.name !== archiver
      )
      return applied
    })

    const workload = await workloadAt(pass, context, archiver, made?.deployments.get(archiver))
    const view: ArchiveView = {
      config,
      credentials: credentials.fact,
      paused,
      archiver,
      predecessor,
      feeds: archive?.spec.feeds ?? [],
      ...workload,
      pending: made?.pending.get(archiver) ?? [],
      stream:
        archive && environment && config.standing === 'good' && !paused
          ? await ensureStreams(context, key, archive, environment)
          : { kind: 'good' },
      reports: archive ? context.reports.archivers(key, { archive: pass.name }) : [],
      settled: context.isSettled(),
      failure,
      day: utcDay(context.nowMs()),
    }
    const isWaiting = credentials.fact.standing !== 'good' || predecessor !== undefined
    const result = await finish(pass, context, {
      resource: ARCHIVES,
      object,
      summary: archiveSummary(view),
      figures: archiveFigures(view),
      againMs: isWaiting
        ? WAIT_MS * (1 + context.random())
        : context.statusRate.figuresMs * (0.8 + context.random() * 0.2),
    })
    if (thrown !== undefined) throw thrown
    return result
  }

type Fitness = {
  readonly archive: Archive | undefined
  readonly environment: Environment | undefined
  readonly config: Fact
}

function fitness(
  context: Context,
  namespace: string,
  object: KubeObject,
  claim: KubeObject | undefined
): Fitness {
  const { resource: archive, problem } = context.judged.of('Archive', object)
  if (!archive) return { archive, environment: undefined, config: stalled('InvalidSpec', problem) }
  const { name } = archive.spec.environmentRef
  const found = context.environments.store.get(`${namespace}/${name}`)
  if (!found) {
    const config = waiting('EnvironmentNotFound', `there is no Environment ${name}`)
    return { archive, environment: undefined, config }
  }
  const { resource: environment, problem: why } = context.judged.of('Environment', found)
  if (!environment) {
    const config = waiting('EnvironmentInvalid', `Environment ${name}: ${why}`)
    return { archive, environment, config }
  }
  const refused = claimProblem(archive, claim)
  if (refused !== undefined)
    return { archive, environment, config: stalled('InvalidSpec', refused) }
  return { archive, environment, config: policyFact(context, namespace, archive, environment) }
}

function policyFact(
  context: Context,
  namespace: string,
  archive: Archive,
  environment: Environment
): Fact {
  // The older of two archives keeps the files; if both are of the same second, the running one.
  const deployments = childrenOf(context, DEPLOYMENTS).store
  const rankOf = ({ metadata: { creationTimestamp = '', name } }: KubeObject): string => {
    const runs = deployments.get(`${namespace}/${archiverName(name)}`) !== undefined
    return `${creationTimestamp} ${runs ? 0 : 1} ${name}`
  }
  const objects = [...inNamespace(context.archives, namespace)].sort((a, b) =>
    rankOf(a) < rankOf(b) ? -1 : 1
  )
  const resources = locatedAll({
    feeds: context.judged.all('Feed', inNamespace(context.feeds, namespace)),
    environments: [environment],
    archives: context.judged.all('Archive', objects),
    signals: context.judged.all('Signal', inNamespace(context.signals, namespace)),
    problems: [
      ...brokenAmong(context.judged, 'Feed', inNamespace(context.feeds, namespace)),
      ...brokenAmong(context.judged, 'Signal', inNamespace(context.signals, namespace)),
    ],
  })
  const self = resources.archives.find(({ resource }) => resource === archive) ?? located(archive)
  const problems = checkArchive(self, resources)
  const wrong = problems.filter(({ code }) => code !== 'SSMD_E_REFERENCE')
  if (wrong.length > 0) return stalled('InvalidSpec', describeProblems(wrong))
  if (problems.length > 0) return waiting('FeedNotFound', describeProblems(problems))
  return good('Valid')
}

async function ensureStreams(
  context: Context,
  key: string,
  archive: Archive,
  environment: Environment
): Promise<StreamVerdict> {
  const { links } = context
  for (const feed of archive.spec.feeds) {
    const want = streamWantOf(environment, feed)
    const stream = await links.ensureStream(key, want)
    if (stream.kind !== 'good') return stream
    const durable = consumerName(archive.metadata.name)
    const consumer = await links.ensureConsumer(key, want.name, durable, {
      [DURABLE_KEYS.environment]: context.environments.store.get(key)?.metadata.uid ?? '',
      [DURABLE_KEYS.archive]: archive.metadata.name,
      [DURABLE_KEYS.feed]: feed,
    })
    if (consumer.kind !== 'good') return consumer
  }
  return { kind: 'good' }
}
