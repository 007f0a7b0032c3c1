// The report that a workload publishes every two seconds (`reportSubject`): the contract between the workloads, `ssmd up`'s
// table and the operator's status. Times are unix milliseconds, rates are per second.

/** Troubles of a part of a workload while the rest works. The operator knows each by this name. */
export type TroubleKind =
  | 'ChannelRefused'
  | 'SymbolsRefused'
  | 'SymbolsNotFound'
  | 'DiscoveryFailed'
  | 'SymbolLimit'
  | 'RateLimited'
  | 'NotDurable'
  | 'FramesDropped'
  | 'ProofLost'
  | 'WireDrift'
  | 'ClockStepped'
  | 'GapStorm'

export type Trouble = {
  readonly kind: TroubleKind
  /** What is affected, by name, what was found, and what happens next. One line. */
  readonly message: string
  /** When it began, unix milliseconds. */
  readonly since: number
}

export type ReportBase = {
  readonly version: 1
  readonly environment: string
  readonly feed: string
  /** Name of the Deployment that the reporter belongs to. */
  readonly name: string
  readonly at: number
  readonly simulated: boolean
  /** One word for a table: `connecting`, `capturing`, `waiting`, `archiving`, `stopping`, `failed`. */
  readonly state: string
  /** What blocks it, and what to do, or empty. */
  readonly message: string
  /** The code of the error that blocks it (crds/errors.ts), if any. */
  readonly code?: string
  /** Its troubles, the worst first; left out if there are none. `message` names the first. */
  readonly troubles?: readonly Trouble[]
}

export type ConnectorReport = ReportBase & {
  readonly role: 'connector'
  readonly connections: number
  readonly connected: number
  readonly symbols: number
  readonly frames: number
  readonly framesPerSecond: number
  readonly bytes: number
  readonly lastFrameAt: number | null
  readonly lastDataAt: number | null
  /** Jumps of the exchange's sequence that no late frame has filled. */
  readonly gaps: number
  /** Frames that came late, and that came more than once, by the exchange's sequence. */
  readonly late?: number
  readonly repeats?: number
  readonly dropped: number
  readonly pendingBytes: number
  /** Age of the oldest frame that JetStream has not acknowledged, in seconds; 0 if there is none. */
  readonly unackedSeconds?: number
}

export type ArchiverReport = ReportBase & {
  readonly role: 'archiver'
  readonly archive: string
  readonly records: number
  readonly recordsPerSecond: number
  readonly lastCommitAt: number | null
  /** Age of the newest committed record against the clock, or null before the first. */
  readonly lagSeconds: number | null
  /** Blocks of the stream not yet committed. */
  readonly pendingBlocks: number
  readonly day: string | null
  readonly dayRecords: number
  readonly dayBytes: number
  readonly dayGaps: number
}

export type Report = ConnectorReport | ArchiverReport
