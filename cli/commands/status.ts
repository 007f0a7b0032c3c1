// `ssmd status` and `ssmd top`: what is captured now, once or again and again, from an `ssmd up` of this computer or from a cluster.

import { setTimeout as sleep } from 'node:timers/promises'
import { SsmdError } from '#crds/errors.ts'
import { loadResources } from '#crds/resources.ts'
import { utcDay } from '#crds/rfc3339.ts'
import { declaredOf } from '../../operator/desired.ts'
import type { Layout } from '../../operator/local/layout.ts'
import { isOurs } from '../../operator/local/ours.ts'
import { ReportListener } from '../../operator/local/reports.ts'
import { seedFile } from '../../operator/local/users.ts'
import { FEEDS, SIGNALS } from '../../operator/reconcile/kinds.ts'
import type { Cluster } from '../cluster.ts'
import { painterFor } from '../live/paint.ts'
import type { Row } from '../live/rows.ts'
import { Screen } from '../live/screen.ts'
import { tableLines } from '../live/view.ts'
import { rowsOfFeeds, rowsOfReports } from '../looking/rows.ts'
import {
  knownSignals,
  type SignalRow,
  signalLines,
  signalsOfObjects,
  signalsOfReports,
} from '../looking/signals.ts'
import { findSource, type LookFlags } from '../looking/source.ts'
import { type Output, terminalWidth, writeJson, writeLines } from '../output.ts'
import { findExchanges } from '../repository/folder.ts'
import { clean } from '../text.ts'

export type StatusFlags = LookFlags & {
  /** Of `ssmd up`. @default the nearest exchanges */
  readonly path?: string
  readonly output: Output
}

/** Workloads report every two seconds. */
const LISTEN_MS = 3000
const LOOK_MS = 100
const LOCAL_MS = 1000
/** A cluster's figures are written twice a minute. */
const CLUSTER_MS = 5000

type Rows = { readonly feeds: readonly Row[]; readonly signals: readonly SignalRow[] }

type View = {
  readonly what: string
  readonly everyMs: number
  rows(): Promise<Rows>
  close(): Promise<void>
}

async function openView(flags: StatusFlags): Promise<View> {
  const source = await findSource(flags, 'is nothing')
  return source.kind === 'cluster' ? clusterView(source.cluster) : laptopView(source.layout, flags)
}

const clusterView = (cluster: Cluster): View => ({
  what: `namespace ${cluster.namespace} of ${cluster.server}`,
  everyMs: CLUSTER_MS,
  async rows() {
    const feeds = await cluster.list(FEEDS)
    if (feeds === 'forbidden') {
      throw new SsmdError('SSMD_E_KUBERNETES', 'you may not list Feeds in this namespace', {
        hint: 'name another one with -n, or ask for the right to list feeds.ssmd.io',
      })
    }
    if (feeds === 'missing') {
      throw new SsmdError('SSMD_E_DEFINITIONS', 'the cluster does not know the kind Feed', {
        hint: 'install charts/ssmd, or see ssmd doctor',
      })
    }
    const signals = await cluster.list(SIGNALS)
    const now = Date.now()
    return {
      feeds: rowsOfFeeds(feeds, now),
      // Of an older version that has none, or not for this person.
      signals: typeof signals === 'string' ? [] : signalsOfObjects(signals, now),
    }
  },
  close: async () => cluster.close(),
})

async function laptopView(layout: Layout, flags: StatusFlags): Promise<View> {
  const folder = await findExchanges(flags.path, process.cwd())
  const declared = declaredOf(await loadResources(folder))
  const listener = new ReportListener(() => undefined)
  const urls = new Set(declared.environments.map(({ spec }) => spec.transport.url))
  listener.follow(
    [...urls].filter(isOurs).map((url) => ({ url, credentialsFile: seedFile(layout, 'up') }))
  )
  const rows = (): Rows => {
    const now = Date.now()
    const reports = listener.list()
    return {
      feeds: rowsOfReports(declared, reports, utcDay(now), now),
      signals: signalsOfReports(knownSignals(declared), reports, now),
    }
  }
  const isWaiting = ({ feeds, signals }: Rows) =>
    [...feeds, ...signals].some(({ state }) => state === 'not running')
  const end = performance.now() + LISTEN_MS
  // Until each has been heard, or has had the time.
  while (performance.now() < end && isWaiting(rows())) await sleep(LOOK_MS)
  return {
    what: layout.data,
    everyMs: LOCAL_MS,
    rows: async () => rows(),
    close: () => listener.close(),
  }
}

export async function runStatus(flags: StatusFlags): Promise<void> {
  const view = await openView(flags)
  try {
    const rows = await view.rows()
    if (flags.output === 'json') await writeJson({ source: view.what, ...rows })
    else await writeLines(linesOf(rows, terminalWidth()))
  } finally {
    await view.close()
  }
}

function linesOf({ feeds, signals }: Rows, width?: number): string[] {
  return [...feedLines(feeds, width), ...signalLines(signals, width)]
}

function feedLines(rows: readonly Row[], width = Number.POSITIVE_INFINITY): string[] {
  if (rows.length === 0) return ['no feed is captured']
  const table = tableLines(rows, width, Number.POSITIVE_INFINITY, painterFor(process.stdout))
  return [...table.map((line) => line.trimEnd()), ...messagesOf(rows)].filter(
    (line, i, all) => line !== '' || i < all.length - 1
  )
}

const messagesOf = (rows: readonly Row[]): string[] =>
  rows.flatMap(({ feed, environment, message, troubles }) => {
    const said = [...new Set([message, ...troubles.map((one) => one.message)])]
    return said
      .filter((text) => text !== '')
      .map((text) => clean(`${feed} in ${environment}: ${text}`))
  })

/** Where nothing can be redrawn it is `ssmd status`. */
export async function runTop(flags: StatusFlags): Promise<void> {
  const { stdout } = process
  if (!stdout.isTTY || process.env.TERM === 'dumb' || flags.output === 'json')
    return runStatus(flags)
  const view = await openView(flags)
  const screen = new Screen({
    get columns() {
      return stdout.columns || 80
    },
    get rows() {
      return stdout.rows || 24
    },
    write: (text) => stdout.write(text),
  })
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => stop.abort())
  try {
    while (!stop.signal.aborted) {
      const lines = linesOf(await view.rows(), stdout.columns || 80)
      const head = `ssmd top  ·  ${clean(view.what)}  ·  Ctrl-C ends`
      screen.draw([head, '', ...lines].slice(0, Math.max(1, (stdout.rows || 24) - 1)))
      await sleep(view.everyMs, undefined, { signal: stop.signal }).catch(() => undefined)
    }
  } finally {
    screen.end()
    await view.close()
  }
}
