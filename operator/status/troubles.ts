// What a running workload reports of itself and its pod does not show, such as an archiver that waits for space, as facts for
// conditions. Pure.

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

/** The worst first (docs/design/0003 says why each weighs what it does). */
const WEIGHTS: Readonly<Record<TroubleKind, Weight>> = {
  NotDurable: 'fails',
  FramesDropped: 'fails',
  ChannelRefused: 'fails',
  SymbolLimit: 'fails',
  RateLimited: 'hinders',
  GapStorm: 'hinders',
  SymbolsRefused: 'hinders',
  DiscoveryFailed: 'hinders',
  SymbolsNotFound: 'noted',
  ProofLost: 'noted',
  ClockStepped: 'noted',
}
const ORDER = Object.keys(WEIGHTS)
/** Kinds of a later version come after those that hinder. */
const UNKNOWN_RANK = ORDER.indexOf('SymbolsNotFound') - 0.5

const isKnown = (kind: string): kind is TroubleKind => Object.hasOwn(WEIGHTS, kind)
const rankOf = (kind: string): number => (isKnown(kind) ? ORDER.indexOf(kind) : UNKNOWN_RANK)

/** The first report that names an error with a reason of its own. */
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

/** The worst trouble of all reports; the others stand beside it in its message. */
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
  // Beside another capture's facts: what recovers is lighter than any of the same standing, the others are heavier.
  if (!isKnown(kind)) return { ...waiting('Troubled', `${kind}: ${what}`), weight: -rank }
  switch (WEIGHTS[kind]) {
    case 'fails':
      return { ...stalled(kind, what), failsReady: true, weight: ORDER.length - rank }
    case 'hinders':
      return { ...waiting(kind, what), weight: -rank }
    case 'noted':
      return { ...good(kind, what), weight: ORDER.length - rank }
  }
}
