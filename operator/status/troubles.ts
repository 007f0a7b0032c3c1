// Troubles that a running workload reports, such as an archiver that waits for space, as facts for conditions. Pure.

import type { TroubleKind } from '#bus/report.ts'
import { timeOf } from './figures.ts'
import type { ReportedTrouble, Says } from './reports.ts'
import { type Fact, good, stalled, waiting } from './status.ts'

/**
 * `fails`: frames are being lost, or part of what is declared stays uncaptured until a person acts. Ready is False too.
 * `hinders`: recovers without a person. Only DataFlowing is False.
 * `noted`: every frame is captured and durable. DataFlowing stays True and names it.
 */
type Weight = 'fails' | 'hinders' | 'noted'

/** The worst first (docs/design/0003 explains the order). */
const WEIGHTS: Readonly<Record<TroubleKind, Weight>> = {
  NotDurable: 'fails',
  FramesDropped: 'fails',
  ChannelRefused: 'fails',
  SymbolLimit: 'fails',
  RateLimited: 'hinders',
  GapStorm: 'hinders',
  SymbolsRefused: 'hinders',
  DiscoveryFailed: 'hinders',
  StateTooLarge: 'hinders',
  SinkFailing: 'hinders',
  SymbolsNotFound: 'noted',
  ProofLost: 'noted',
  WireDrift: 'noted',
  ClockStepped: 'noted',
  PositionLost: 'noted',
}
export const TROUBLE_KINDS: readonly string[] = Object.keys(WEIGHTS)
/** Unknown kinds, of a later version, follow those with `hinders`. */
const UNKNOWN_RANK = TROUBLE_KINDS.indexOf('SymbolsNotFound') - 0.5

const isKnown = (kind: string): kind is TroubleKind => Object.hasOwn(WEIGHTS, kind)
const rankOf = (kind: string): number =>
  isKnown(kind) ? TROUBLE_KINDS.indexOf(kind) : UNKNOWN_RANK

/** The first report with an error that has its own reason. */
export function codeFact(reports: readonly Says[]): Fact | undefined {
  for (const { role, feed, code, message } of reports) {
    const what = `${feed}: ${message}`
    if (code === 'SSMD_E_CREDENTIALS')
      return { ...stalled('CredentialsRefused', what), failsReady: true }
    // A connector has no volume.
    if (role === 'connector') continue
    if (code === 'SSMD_E_DISK_FULL') return stalled('VolumeFull', what)
    if (code === 'SSMD_E_READ_ONLY') return stalled('VolumeReadOnly', what)
  }
  return undefined
}

/** The worst trouble of all reports; its message also names the others. */
export function troubleFact(reports: readonly Says[]): Fact | undefined {
  const found = reports.flatMap(({ feed, troubles = [] }) =>
    troubles.map((trouble) => ({ feed, ...trouble }))
  )
  const [first, ...others] = found.sort((a, b) => rankOf(a.kind) - rankOf(b.kind))
  if (!first) return undefined
  const ofOne = new Set(reports.map(({ feed }) => feed)).size === 1
  const said = (trouble: ReportedTrouble & { readonly feed: string }) =>
    `${ofOne ? '' : `${trouble.feed}: `}${describe(trouble)}`
  const also = others.slice(0, 5).map((trouble) => `${trouble.kind}: ${said(trouble)}`)
  const more = others.length > 5 ? [`${others.length - 5} more`] : []
  const beside = others.length === 0 ? '' : ` (also ${[...also, ...more].join('; ')})`
  return factOf(first.kind, `${said(first)}${beside}`)
}

function describe({ message, since }: ReportedTrouble): string {
  const time = timeOf(since)
  return time === undefined ? message : `${message} (since ${time})`
}

function factOf(kind: string, what: string): Fact {
  const rank = rankOf(kind)
  // Compared with facts of other captures: a trouble that recovers weighs less than any fact of its standing, others more.
  if (!isKnown(kind)) return { ...waiting('Troubled', `${kind}: ${what}`), weight: -rank }
  switch (WEIGHTS[kind]) {
    case 'fails':
      return { ...stalled(kind, what), failsReady: true, weight: TROUBLE_KINDS.length - rank }
    case 'hinders':
      return { ...waiting(kind, what), weight: -rank }
    case 'noted':
      return { ...good(kind, what), weight: TROUBLE_KINDS.length - rank }
  }
}
