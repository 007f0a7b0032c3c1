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
  | 'SinkFailing'
  | 'PositionLost'
  | 'StateTooLarge'

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
  /** One word for a table: `connecting`, `capturing`, `waiting`, `archiving`, `catching-up`, `watching`, `refused`, `stopping`, `failed`. */
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

/** How a sink of a signal is. No text here holds a credential. */
export type SinkReport = {
  readonly name: string
  readonly type: 'webhook' | 'ntfy' | 'slack' | 'email'
  /** Fires that it took, since the runner began. */
  readonly delivered: number
  /** Fires that a summary stands for, because of its rate limit. */
  readonly summarised: number
  /** Fires that it refuses for good (a status 4xx): they are not sent again. */
  readonly refused: number
  /** Fires that wait for it. */
  readonly pending: number
  /** Why the last attempt failed; empty if it did not. */
  readonly problem: string
}

/** Of one signal; `feed` is that of its fires. A signal that is refused has the state `refused`, and `message` names the line. */
export type SignalReport = ReportBase & {
  readonly role: 'signal'
  readonly signal: string
  readonly mode: 'log' | 'fast'
  /** SHA-256 of its source. */
  readonly sourceHash: string
  /** Market events that it was handed, since the runner began. */
  readonly events: number
  readonly eventsPerSecond: number
  /** Fires since the runner began, and of the present UTC day. */
  readonly fires: number
  readonly firesToday: number
  readonly lastFireAt: number | null
  /** Age of the last event when the signal had handled it; null before the first. */
  readonly lagSeconds: number | null
  /** Verdicts and attempts that failed, since the runner began. */
  readonly errors: number
  /** The reading of what had come before the runner began: its fires, and the hash of their lines as a backtest has it. */
  readonly catchUp: {
    /** Receive times of its first and last event, unix milliseconds; null if it had none. */
    readonly from: number | null
    readonly to: number | null
    readonly done: boolean
    readonly events: number
    readonly fires: number
    readonly firesHash: string
  } | null
  /** What the streams no longer held when it began: the signal was shown a gap there. Unix milliseconds. */
  readonly missed: {
    readonly feeds: readonly string[]
    readonly from: number
    readonly to: number
  } | null
  readonly sinks: readonly SinkReport[]
}

export type Report = ConnectorReport | ArchiverReport | SignalReport
