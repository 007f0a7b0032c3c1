// `ssmd events`: what happened, latest last: the Events of a cluster about resources of ssmd, or on a laptop what its programs warned of.

import { SsmdError } from '#crds/errors.ts'
import { API_GROUP } from '#crds/kinds.ts'
import { rfc3339Seconds } from '#crds/rfc3339.ts'
import { EVENTS, type KubeObject } from '../../operator/kube/objects.ts'
import type { Cluster } from '../cluster.ts'
import { logPath, programsIn, tailOf } from '../looking/log-files.ts'
import { isSevere, readLogLine } from '../looking/log-lines.ts'
import { findSource, type LookFlags } from '../looking/source.ts'
import { type Output, terminalWidth, writeJson, writeLines } from '../output.ts'
import { renderTable } from '../table.ts'
import { clean } from '../text.ts'

export type EventsFlags = LookFlags & { readonly tail: number; readonly output: Output }

export type Happened = {
  readonly at: number
  readonly level: 'info' | 'warn' | 'error'
  /** Such as `Feed kraken`, or a program. */
  readonly subject: string
  readonly reason: string
  readonly text: string
}

const LOG_LINES = 20_000

export async function runEvents(flags: EventsFlags): Promise<void> {
  const source = await findSource(flags, 'counts')
  const all =
    source.kind === 'laptop' ? await fromLogs(source.layout.logs) : await ofCluster(source.cluster)
  const events = all.sort((a, b) => a.at - b.at).slice(-flags.tail)
  if (flags.output === 'json') {
    await writeJson({ events: events.map((one) => ({ ...one, at: rfc3339Seconds(one.at) })) })
    return
  }
  const rows = events.map(({ at, level, subject, reason, text }) =>
    [rfc3339Seconds(at), level, subject, reason, text].map(clean)
  )
  await writeLines(
    rows.length === 0
      ? ['nothing happened that is worth a word']
      : renderTable(
          [
            { title: 'TIME' },
            { title: 'LEVEL' },
            { title: 'ABOUT', least: 10 },
            { title: 'REASON', spare: 1 },
            { title: 'WHAT', least: 20 },
          ],
          rows,
          terminalWidth()
        )
  )
}

/** Only what is worse than news: everything else is in the logs. */
async function fromLogs(folder: string): Promise<Happened[]> {
  const all: Happened[] = []
  for (const program of await programsIn(folder)) {
    const { lines } = await tailOf(logPath(folder, program), LOG_LINES)
    for (const line of lines.map(readLogLine)) {
      if (line.at === undefined || !isSevere(line)) continue
      const level = line.level === 'warn' ? 'warn' : 'error'
      all.push({ at: line.at, level, subject: program, reason: '', text: line.text })
    }
  }
  return all
}

async function ofCluster(cluster: Cluster): Promise<Happened[]> {
  try {
    const events = await cluster.list(EVENTS)
    if (events === 'forbidden') {
      throw new SsmdError('SSMD_E_KUBERNETES', 'you may not list Events in this namespace', {
        hint: 'ask for the right to list events.events.k8s.io',
      })
    }
    return events === 'missing' ? [] : happenedIn(events)
  } finally {
    cluster.close()
  }
}

/** Those about resources of ssmd. Pure. */
export const happenedIn = (events: readonly KubeObject[]): Happened[] =>
  events.flatMap((event): Happened[] => {
    const { regarding, reason = '', note = '', type, eventTime, series } = event as EventFields
    if (!regarding?.apiVersion?.startsWith(`${API_GROUP}/`)) return []
    const times = [series?.lastObservedTime, eventTime, event.metadata.creationTimestamp]
    const at = times.map((time) => Date.parse(time ?? '')).find((time) => !Number.isNaN(time)) ?? 0
    const level = type === 'Warning' ? 'warn' : 'info'
    return [{ at, level, subject: `${regarding.kind} ${regarding.name}`, reason, text: note }]
  })

type EventFields = {
  readonly regarding?: {
    readonly apiVersion?: string
    readonly kind?: string
    readonly name?: string
  }
  readonly reason?: string
  readonly note?: string
  readonly type?: string
  readonly eventTime?: string
  readonly series?: { readonly lastObservedTime?: string }
}
