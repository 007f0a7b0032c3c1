// `ssmd logs <feed|archive|signal>`: what its programs say, from the files of `ssmd up` or from the pods of a cluster.

import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { SsmdError } from '#crds/errors.ts'
import { type KubeObject, PODS, pathOf } from '../../operator/kube/objects.ts'
import { signalName } from '../../operator/render/names.ts'
import type { Cluster } from '../cluster.ts'
import { follow, logPath, programsIn, programsOf, tailOf } from '../looking/log-files.ts'
import { readLogLine, shownLine } from '../looking/log-lines.ts'
import { findSource, type LookFlags } from '../looking/source.ts'
import { type Output, writeLines } from '../output.ts'
import { clean } from '../text.ts'

export type LogsFlags = LookFlags & {
  readonly follow?: boolean
  readonly tail: number
  /** `json`: the lines as they were written. */
  readonly output: Output
}

type Write = (line: string, from: string) => Promise<void>

/** Of which kinds a name may be. */
const LABELS = ['feed', 'archive', 'signal'] as const
type Labels = readonly (typeof LABELS)[number][]

export async function runLogs(name: string, flags: LogsFlags, of: Labels = LABELS): Promise<void> {
  const source = await findSource(flags, 'counts')
  const stop = new AbortController()
  if (flags.follow) {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort())
  }
  const write: Write = (line, from) =>
    writeLines([flags.output === 'json' ? line : shownLine(readLogLine(line), from)])
  if (source.kind === 'laptop') {
    // A feed may have the name of a signal.
    const program = of === LABELS ? name : signalName(name)
    await fromFiles(program, source.layout.logs, flags, write, stop.signal)
    return
  }
  try {
    await fromPods(
      await podsOf(name, source.cluster, of),
      source.cluster,
      flags,
      write,
      stop.signal
    )
  } finally {
    source.cluster.close()
  }
}

async function fromFiles(
  name: string,
  folder: string,
  flags: LogsFlags,
  write: Write,
  signal: AbortSignal
): Promise<void> {
  const programs = programsOf(name, await programsIn(folder))
  const fromOf = (program: string) => (programs.length > 1 ? program : '')
  const ends: (readonly [program: string, end: number])[] = []
  for (const program of programs) {
    const { lines, end } = await tailOf(logPath(folder, program), flags.tail)
    for (const line of lines) await write(line, fromOf(program))
    ends.push([program, end])
  }
  if (!flags.follow) return
  await Promise.all(
    ends.map(async ([program, end]) => {
      for await (const line of follow(logPath(folder, program), end, signal))
        await write(line, fromOf(program))
    })
  )
}

async function podsOf(name: string, cluster: Cluster, of: Labels): Promise<KubeObject[]> {
  const found: KubeObject[] = []
  for (const label of of) {
    const pods = await cluster.list(PODS, {
      namespace: cluster.namespace,
      labelSelector: `app.kubernetes.io/managed-by=ssmd,ssmd.io/${label}=${name}`,
    })
    if (pods === 'forbidden') throw refused(cluster)
    if (pods !== 'missing') found.push(...pods)
  }
  if (found.length > 0) return found
  throw new SsmdError(
    'SSMD_E_NOT_FOUND',
    `no pod of ${JSON.stringify(name)} is in namespace ${cluster.namespace}`,
    { hint: 'name a Feed, an Archive or a Signal; ssmd status shows which there are' }
  )
}

const refused = ({ namespace }: Cluster): SsmdError =>
  new SsmdError('SSMD_E_KUBERNETES', `you may not read the logs of pods in ${namespace}`, {
    hint: 'ask for the rights to list pods and to get pods/log',
  })

async function fromPods(
  pods: readonly KubeObject[],
  cluster: Cluster,
  flags: LogsFlags,
  write: Write,
  signal: AbortSignal
): Promise<void> {
  const fromOf = ({ metadata }: KubeObject) => (pods.length > 1 ? clean(metadata.name) : '')
  const pathOfLog = ({ metadata }: KubeObject) =>
    pathOf(PODS, { namespace: cluster.namespace, name: metadata.name, subresource: 'log' })
  const query = { tailLines: flags.tail }
  if (!flags.follow) {
    for (const pod of pods) {
      const read = (bytes: Buffer) => bytes.toString('utf8')
      const text = await cluster.ask<string | undefined>(pathOfLog(pod), { query, read })
      if (text === 'forbidden') throw refused(cluster)
      const lines = (text ?? '').split('\n').filter((line) => line !== '')
      for (const line of lines) await write(line, fromOf(pod))
    }
    return
  }
  await Promise.all(
    pods.map(async (pod) => {
      const { chunks, close } = await cluster.client.transport.stream({
        ...{ method: 'GET', path: pathOfLog(pod), query: { ...query, follow: true }, signal },
      })
      try {
        const lines = createInterface({ input: Readable.from(chunks) })
        for await (const line of lines) await write(line, fromOf(pod))
      } catch (thrown) {
        if (!signal.aborted) throw thrown
      } finally {
        close()
      }
    })
  )
}
