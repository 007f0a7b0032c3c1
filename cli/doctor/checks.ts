// The list of checks of `ssmd doctor`, in the order in which they are shown.

import { readFile } from 'node:fs/promises'
import { streamWantOf } from '#bus/stream-config.ts'
import type { Environment } from '#crds/environment.gen.ts'
import { feedsOf } from '#crds/environments.ts'
import { describeProblem } from '#crds/problems.ts'
import { utcDay } from '#crds/rfc3339.ts'
import type { Signal } from '#crds/signal.gen.ts'
import { loopbackAddress, natsFiles } from '../../operator/local/nats-config.ts'
import { isOurs } from '../../operator/local/ours.ts'
import { checkResources } from '../../operator/policies.ts'
import { readServed } from '../../operator/preflight.ts'
import { secretsOf } from '../../operator/signal/secrets.ts'
import type { Cluster } from '../cluster.ts'
import { fieldsOf } from '../commands/keys.ts'
import { programProblems } from '../repository/signal-programs.ts'
import { plural } from '../text.ts'
import * as archive from './archive.ts'
import * as inCluster from './cluster.ts'
import * as machine from './machine.ts'
import * as nats from './nats.ts'
import { bad, type Check, good, skipped, type Verdict, worstOf } from './verdict.ts'
import { type Bus, localSecret, readText, type World } from './world.ts'

const PAGE_PORT = 8080
const VERIFY_MS = 60_000
const SEE_HELP = 'Run it again, and report the message if it stays.'

export const checksOf = (world: World): Check[] => [
  ...machineChecks(world),
  ...resourceChecks(world),
  ...natsChecks(world),
  ...archiveChecks(world),
  ...clusterChecks(world),
]

function machineChecks(world: World): Check[] {
  const { layout } = world
  const base = { area: 'machine', fix: SEE_HELP } as const
  return [
    { ...base, name: 'Node', run: async () => machine.judgeNode(process.versions.node) },
    {
      ...base,
      name: 'disk',
      run: async () => machine.judgeDisk(await machine.roomOf(layout.data)),
    },
    {
      ...base,
      name: 'clock',
      async run() {
        const newest = await Promise.all(world.archives.map(archive.newestWrite))
        const last = Math.max(...newest.map((one) => one ?? 0))
        const aheadMs = last === 0 ? undefined : last - Date.now()
        return machine.judgeClock({ steppedMs: await machine.watchClock(), aheadMs })
      },
    },
    {
      ...base,
      name: 'ports',
      async run() {
        const loopback = world.urls.flatMap((url) => {
          const at = loopbackAddress(url)
          return at === undefined ? [] : [{ ...at, use: 'NATS' }]
        })
        const page = { host: '127.0.0.1', port: PAGE_PORT, use: 'the page' }
        const ports = await machine.lookAtPorts(loopback.length === 0 ? [] : [...loopback, page])
        return machine.judgePorts(ports, world.isUp)
      },
    },
  ]
}

function resourceChecks(world: World): Check[] {
  const { resources, folder, why } = world
  const base = { area: 'resources', fix: SEE_HELP } as const
  const withResources = (judge: () => Promise<Verdict> | Verdict) => async () =>
    folder === undefined ? skipped(why) : judge()
  return [
    {
      ...base,
      name: 'resources',
      run: withResources(async () => {
        const problems = [
          ...resources.problems,
          ...checkResources(resources, utcDay(Date.now())),
          ...(await programProblems(resources.signals)),
        ]
        const [first] = problems
        return first === undefined
          ? good(`${folder}: all valid`)
          : bad(
              `${plural(problems.length, 'problem')}, the first: ${describeProblem(first)}`,
              `Run ssmd validate ${folder} and correct what it names.`
            )
      }),
    },
    {
      ...base,
      name: 'credentials',
      run: withResources(async () =>
        worstOf(
          await Promise.all([
            ...world.environments.map((one) => keysOf(world, one)),
            ...localSignals(world).map((one) => sinksOf(world, one)),
          ]),
          'no Environment captures anything'
        )
      ),
    },
  ]
}

/** The keys of an Environment as `ssmd up` would find them. */
async function keysOf(world: World, { metadata, spec }: Environment): Promise<Verdict> {
  const { name } = metadata
  const missing: string[] = []
  let count = 0
  for (const [keyName, key] of Object.entries(spec.keys ?? {})) {
    for (const { field, source, state } of fieldsOf(keyName, key, process.env)) {
      count++
      if (state === 'missing' || state === 'empty') missing.push(source.replace(/^env:/, ''))
      const secret = key.source.secret?.name
      if (secret === undefined) continue
      const isLocal = isOurs(spec.transport.url)
      if (isLocal && !(await localSecret(world, secret, field))?.trim())
        missing.push(`${secret}/${field}`)
    }
  }
  if (count === 0) return good(`Environment ${name} needs no key`)
  return missing.length === 0
    ? good(`Environment ${name}: ${plural(count, 'field')} set`)
    : bad(
        `Environment ${name}: not set here: ${missing.join(', ')}`,
        missing[0]?.includes('/')
          ? `Write the key into ${world.layout.secrets}/${missing[0]}.`
          : `Export ${missing.join(' and ')} in the shell that starts ssmd.`
      )
}

/** Signals that run on this computer. */
const localSignals = (world: World): Signal[] =>
  signalsOf(world, ({ spec }) => isOurs(spec.transport.url))

const signalsOf = (world: World, isMeant: (environment: Environment) => boolean): Signal[] => {
  const names = new Set(world.environments.filter(isMeant).map(({ metadata }) => metadata.name))
  return world.resources.signals
    .map(({ resource }) => resource)
    .filter(({ spec }) => names.has(spec.environmentRef.name))
}

/** The secrets of a signal's sinks as `ssmd up` would find them. */
async function sinksOf(world: World, signal: Signal): Promise<Verdict> {
  const { name } = signal.metadata
  const fields = secretsOf(signal).flatMap((one) => one.fields.map((field) => [one.name, field]))
  const missing: string[] = []
  for (const [secret = '', field = ''] of fields)
    if (!(await localSecret(world, secret, field))?.trim()) missing.push(`${secret}/${field}`)
  if (fields.length === 0) return good(`Signal ${name} needs no secret`)
  return missing.length === 0
    ? good(`Signal ${name}: ${plural(fields.length, 'secret')} set`)
    : bad(
        `Signal ${name}: not set here: ${missing.join(', ')}`,
        `Write the secret into ${world.layout.secrets}/${missing[0]}.`
      )
}

function natsChecks(world: World): Check[] {
  const base = { area: 'NATS', fix: 'Start NATS, or correct transport.url.' } as const
  const onEach = (judge: (bus: Bus) => Promise<Verdict>) => async () =>
    worstOf(
      await Promise.all(world.urls.map(async (url) => judge(await world.bus(url)))),
      world.why || 'no Environment captures anything'
    )
  const away = ({ url }: Bus) => skipped(`${url} cannot be reached`)
  return [
    {
      ...base,
      name: 'NATS',
      run: onEach(async ({ url, isOurs: ours, dialled }) =>
        nats.judgeReach({
          ...{ url, isOurs: ours, isUp: world.isUp },
          failure: 'nc' in dialled ? undefined : dialled.failure,
          version: 'nc' in dialled ? dialled.nc.info?.version : undefined,
        })
      ),
    },
    {
      ...base,
      name: 'fsync',
      run: onEach(async (bus) => {
        const config = bus.isOurs ? await readText(natsFiles(world.layout).config) : undefined
        if (config !== undefined && world.isUp) return nats.judgeSync(bus.url, nats.syncIn(config))
        if (!('nc' in bus.dialled)) return away(bus)
        return nats.judgeSync(bus.url, await nats.askSync(bus.dialled.nc))
      }),
    },
    {
      ...base,
      name: 'streams',
      run: onEach(async (bus) => {
        if (!('nc' in bus.dialled)) return away(bus)
        const { nc } = bus.dialled
        const feeds = world.resources.feeds.map(({ resource }) => resource)
        const wants = bus.environments.flatMap((environment) =>
          feedsOf(environment, feeds).map(({ metadata }) =>
            streamWantOf(environment, metadata.name)
          )
        )
        const facts = await Promise.all(wants.map((want) => nats.askStream(nc, want)))
        return worstOf(facts.map(nats.judgeStream), `${bus.url} has to keep no stream`)
      }),
    },
  ]
}

function archiveChecks(world: World): Check[] {
  const base = { area: 'archive', fix: 'Give your user the right to read that folder.' } as const
  const onEach = (judge: (folder: string) => Promise<Verdict>) => async () =>
    worstOf(await Promise.all(world.archives.map(judge)), 'no Archive is on this computer')
  const none = (thrown: { code?: string }) => {
    if (thrown.code === 'SSMD_E_NOT_FOUND') return []
    throw thrown
  }
  return [
    {
      ...base,
      name: 'archive',
      run: onEach(async (folder) => archive.judgeWritable(await archive.lookWritable(folder))),
    },
    {
      ...base,
      name: 'lock',
      run: onEach(async (folder) => {
        const locks = await archive.lookAtLocks(folder).catch(none)
        return archive.judgeLocks(folder, locks, world.isUp)
      }),
    },
    {
      ...base,
      name: 'last day',
      limitMs: VERIFY_MS,
      run: onEach(async (folder) => {
        const last = await archive.lookAtLastDay(folder).catch((thrown: { code?: string }) => {
          none(thrown)
          return undefined
        })
        return archive.judgeLastDay(last)
      }),
    },
  ]
}

function clusterChecks(world: World): Check[] {
  const base = { area: 'cluster', fix: 'Choose a cluster that runs with --context.' } as const
  const reached = once(async () => {
    const cluster = await world.cluster()
    if (typeof cluster === 'string') return cluster
    return { cluster, version: await cluster.ask<{ gitVersion?: string }>('/version') }
  })
  const onCluster =
    (judge: (cluster: Cluster, signal: AbortSignal) => Promise<Verdict>): Check['run'] =>
    async (signal) => {
      const found = await reached().catch(() => 'the cluster cannot be reached')
      return typeof found === 'string' ? skipped(found) : judge(found.cluster, signal)
    }
  return [
    {
      ...base,
      name: 'cluster',
      async run() {
        const found = await reached()
        if (typeof found === 'string') return skipped(found)
        const { cluster, version } = found
        const told = typeof version === 'string' ? '' : `, version ${version.gitVersion}`
        return good(`${cluster.server}, namespace ${cluster.namespace}${told}`)
      },
    },
    {
      ...base,
      name: 'kinds',
      run: onCluster(async ({ client }, signal) =>
        inCluster.judgeKinds(await readServed(client, signal))
      ),
    },
    {
      ...base,
      name: 'operator',
      run: onCluster(async (cluster, signal) =>
        inCluster.judgeLease(await inCluster.lookAtLease(cluster, signal), Date.now())
      ),
    },
    {
      ...base,
      name: 'rights',
      run: onCluster(async (cluster, signal) => {
        const who = await inCluster.operatorAccount(cluster, signal)
        const role = await readFile(
          new URL('../../crds/roles/namespaced.yaml', import.meta.url),
          'utf8'
        )
        const operator = who === undefined ? [] : inCluster.rightsIn(role)
        const asked = [...inCluster.OWN_RIGHTS, ...operator.map((right) => ({ ...right, who }))]
        const rights = await Promise.all(
          asked.map((right) => inCluster.askRight(cluster, right, signal))
        )
        return inCluster.judgeRights(rights.filter((right) => right !== undefined))
      }),
    },
    {
      ...base,
      name: 'Secrets',
      run: onCluster(async (cluster, signal) => {
        const needs = secretNeeds(world)
        return inCluster.judgeSecrets(
          await Promise.all(needs.map((need) => inCluster.lookAtSecret(cluster, need, signal)))
        )
      }),
    },
    {
      ...base,
      name: 'image',
      run: onCluster(async (cluster, signal) =>
        inCluster.judgeImages(await inCluster.lookAtPods(cluster, signal))
      ),
    },
    {
      ...base,
      name: 'claims',
      run: onCluster(async (cluster, signal) =>
        inCluster.judgeClaims(await inCluster.lookAtClaims(cluster, signal))
      ),
    },
    {
      ...base,
      name: 'delivery',
      run: onCluster(async (cluster, signal) =>
        inCluster.judgeDelivery(await inCluster.lookAtDelivery(cluster, signal))
      ),
    },
  ]
}

/** Secrets of Environments, and of signals in them, that cannot be meant for this computer: their NATS is elsewhere. */
function secretNeeds(world: World): inCluster.SecretNeed[] {
  const sinks = signalsOf(world, ({ spec }) => !isOurs(spec.transport.url)).flatMap((signal) =>
    secretsOf(signal).map((one) => ({ ...one, by: `Signal ${signal.metadata.name}` }))
  )
  const ofEnvironments = world.environments
    .filter(({ spec }) => !isOurs(spec.transport.url))
    .flatMap(({ metadata, spec }) => {
      const by = `Environment ${metadata.name}`
      const keys = Object.values(spec.keys ?? {}).flatMap(({ source, fields }) =>
        source.secret === undefined ? [] : [{ name: source.secret.name, by, fields }]
      )
      const { credentialsRef } = spec.transport
      const creds = { name: credentialsRef?.name ?? '', by, fields: ['nats.creds'] }
      return credentialsRef === undefined ? keys : [...keys, creds]
    })
  return [...ofEnvironments, ...sinks]
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => {
    made ??= make()
    return made
  }
}
