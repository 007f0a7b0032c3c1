// Decides who leads from a Lease object and our own clock. Pure. Another's claim counts from the moment when we saw it change,
// never by the times inside, because clocks of two machines may differ by minutes. Our own claim ends well before another
// process may take it.

export type LeaseSpec = {
  readonly holderIdentity?: string
  readonly leaseDurationSeconds?: number
  readonly acquireTime?: string
  readonly renewTime?: string
  readonly leaseTransitions?: number
}

export type LeaseTimes = {
  /** How long a claim holds without a renewal; default 30 s. */
  readonly durationMs: number
  /** How long after its last renewal a leader still trusts itself; default 20 s, and less than the duration. */
  readonly renewDeadlineMs: number
  /** Between renewals, and between looks of a standby; default 4 s. */
  readonly retryMs: number
}

export const DEFAULT_TIMES: LeaseTimes = {
  durationMs: 30_000,
  renewDeadlineMs: 20_000,
  retryMs: 4000,
}

/** Another's claim as we saw it. */
export type Observed = {
  /** Changes with every renewal. */
  readonly version: string
  readonly holder: string
  readonly durationMs: number
  /** Our monotonic clock, when this version was first seen. */
  readonly seenAt: number
}

export type LeaseView = {
  readonly resourceVersion: string
  readonly spec: LeaseSpec
}

/** What we know after a look at the Lease. */
export function observe(
  before: Observed | undefined,
  lease: LeaseView,
  now: number,
  times: LeaseTimes
): Observed {
  const holder = lease.spec.holderIdentity ?? ''
  const durationMs = (lease.spec.leaseDurationSeconds ?? times.durationMs / 1000) * 1000
  if (before?.version === lease.resourceVersion) return before
  return { version: lease.resourceVersion, holder, durationMs, seenAt: now }
}

/** Milliseconds until the lease may be taken; 0 if it is free, or ours. */
export function takeableInMs(observed: Observed, identity: string, now: number): number {
  if (observed.holder === '' || observed.holder === identity) return 0
  return Math.max(0, observed.seenAt + observed.durationMs - now)
}

/** The claim we write. `before` is what lies there. */
export function claim(
  before: LeaseSpec | undefined,
  identity: string,
  wallMs: number,
  times: LeaseTimes
): LeaseSpec {
  const ours = before?.holderIdentity === identity
  return {
    holderIdentity: identity,
    leaseDurationSeconds: Math.max(1, Math.round(times.durationMs / 1000)),
    acquireTime: (ours ? before?.acquireTime : undefined) ?? microTime(wallMs),
    renewTime: microTime(wallMs),
    leaseTransitions: (before?.leaseTransitions ?? 0) + (ours || before === undefined ? 0 : 1),
  }
}

/** A released lease: any process may take it immediately. */
export const released = (before: LeaseSpec, wallMs: number): LeaseSpec => ({
  ...before,
  holderIdentity: '',
  leaseDurationSeconds: 1,
  renewTime: microTime(wallMs),
})

/** Kubernetes' MicroTime: six digits behind the second. */
export const microTime = (wallMs: number): string =>
  new Date(wallMs).toISOString().replace(/\.(\d{3})Z$/, '.$1000Z')
