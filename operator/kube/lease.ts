// Leader election over a Lease, with fencing: `mayWrite` is false as soon as our own clock says that another could
// lead, before that other can. A process that was frozen finds it false when it wakes, before it sends anything. Losing the
// lease is final: the process exits and is restarted.

import type { Logger } from 'pino'
import { SsmdError } from '#crds/errors.ts'
import type { Client } from './client.ts'
import { isAlreadyExists, isConflict, isNotFound } from './errors.ts'
import {
  claim,
  type LeaseSpec,
  type LeaseTimes,
  type Observed,
  observe,
  released,
  takeableInMs,
} from './lease-machine.ts'
import { type KubeObject, LEASES } from './objects.ts'
import { sleep, type Timers } from './timers.ts'

export type ElectorOptions = {
  readonly client: Client
  readonly timers: Timers
  readonly random: () => number
  readonly log: Logger
  readonly namespace: string
  readonly name: string
  /** Of this process and no other, ever: a pod's uid, or host name and a random part. */
  readonly identity: string
  readonly times: LeaseTimes
}

// A standby checks twice per period, so that it takes a released lease within two seconds.
const STANDBY_LOOKS = 0.45

/** The lease is lost: no more writes. */
export class LeaseLost extends SsmdError {
  constructor(message: string, cause?: unknown) {
    super('SSMD_E_KUBERNETES', message, {
      hint: 'another replica takes over; this one exits and restarts as a standby',
      ...(cause === undefined ? {} : { cause }),
    })
  }
}

type Lease = KubeObject & { readonly spec?: LeaseSpec }

// So far may wall clock and monotonic clock differ since the last renewal before we ask the server again: the
// monotonic clock stands still while a machine sleeps.
const CLOCK_DRIFT_MS = 5000

export class Elector {
  readonly #options: ElectorOptions
  #lease: Lease | undefined
  #observed: Observed | undefined
  #renewed: { readonly at: number; readonly wallMs: number } | undefined
  #slow = 0

  constructor(options: ElectorOptions) {
    if (options.times.renewDeadlineMs >= options.times.durationMs)
      throw new Error('the renew deadline must be shorter than the lease duration')
    this.#options = options
  }

  /** Whether we certainly lead at this moment: the fence before every write. */
  get mayWrite(): boolean {
    if (!this.#renewed) return false
    const { timers, times } = this.#options
    const elapsed = timers.now() - this.#renewed.at
    const drift = Math.abs(timers.wallMs() - this.#renewed.wallMs - elapsed)
    return elapsed < times.renewDeadlineMs && drift < CLOCK_DRIFT_MS
  }

  get leading(): boolean {
    return this.#renewed !== undefined
  }

  /** Milliseconds since the last confirmed renewal; undefined if we do not lead. */
  get renewedMsAgo(): number | undefined {
    return this.#renewed ? this.#options.timers.now() - this.#renewed.at : undefined
  }

  /** Renewals that needed more than one attempt. */
  get slowRenewals(): number {
    return this.#slow
  }

  /** The holder at the last check. */
  get holder(): string {
    return this.#renewed ? this.#options.identity : (this.#observed?.holder ?? '')
  }

  /** Resolves when we lead. */
  async acquire(signal: AbortSignal): Promise<void> {
    const { timers, times, log } = this.#options
    let failures = 0
    for (;;) {
      let waitMs = this.#spread(times.retryMs * STANDBY_LOOKS)
      try {
        const takeable = await this.#look(signal)
        if (takeable === 0 && (await this.#claim(signal))) {
          log.info({ lease: this.#options.name, identity: this.#options.identity }, 'leading')
          return
        }
        // Looking again at the moment it expires, and not a period later.
        if (takeable > 0) waitMs = Math.min(waitMs, takeable + 1)
        failures = 0
      } catch (thrown) {
        signal.throwIfAborted()
        if (++failures === 1 || failures % 100 === 0)
          log.warn({ err: thrown, failures }, 'cannot read the lease')
      }
      await sleep(timers, waitMs, signal)
    }
  }

  /** Renews until the signal aborts, then returns; throws LeaseLost as soon as we may not lead any more. */
  async hold(signal: AbortSignal): Promise<void> {
    const { timers, times, log } = this.#options
    for (;;) {
      try {
        await sleep(timers, this.#spread(times.retryMs), signal)
      } catch {
        return
      }
      for (let attempt = 1; ; attempt++) {
        // Before anything is sent: after a long sleep even a renewal is a write that we may not make.
        const elapsed = this.renewedMsAgo ?? Number.POSITIVE_INFINITY
        if (elapsed >= times.renewDeadlineMs)
          throw this.#lost(`the lease was not renewed for ${Math.round(elapsed)} ms`)
        if (attempt === 2) this.#slow++
        try {
          if (await this.#claim(signal)) break
        } catch (thrown) {
          if (signal.aborted) return
          log.warn({ err: thrown, attempt }, 'cannot renew the lease')
        }
        if (this.#observed && this.#observed.holder !== this.#options.identity)
          throw this.#lost(`the lease is held by ${this.#observed.holder || 'no replica'}`)
        try {
          await sleep(timers, this.#spread(Math.min(1000, times.retryMs)), signal)
        } catch {
          return
        }
      }
    }
  }

  /** Releases the lease, so that a standby need not wait; call it only after the last write. */
  async release(): Promise<void> {
    const lease = this.#lease
    const held = this.mayWrite
    this.#renewed = undefined
    if (!held || !lease) return
    const { client, timers, log } = this.#options
    try {
      await client.replace(
        LEASES,
        { ...lease, spec: released(lease.spec ?? {}, timers.wallMs()) },
        { pool: 'lease', timeoutMs: 2000, attempts: 1 }
      )
      log.info({ lease: this.#options.name }, 'lease released')
    } catch (err) {
      log.warn({ err }, 'cannot release the lease; it expires automatically')
    }
  }

  #lost(message: string): LeaseLost {
    this.#renewed = undefined
    return new LeaseLost(message)
  }

  /** Reads the lease; milliseconds until it may be taken. */
  async #look(signal: AbortSignal): Promise<number> {
    const { client, timers, namespace, name, identity } = this.#options
    try {
      const lease = (await client.get(LEASES, `${namespace}/${name}`, {
        ...this.#call(signal),
      })) as Lease
      this.#see(lease, timers.now())
      return takeableInMs(this.#observed as Observed, identity, timers.now())
    } catch (thrown) {
      if (!isNotFound(thrown)) throw thrown
      this.#lease = undefined
      // The Lease was deleted; its previous holder may still believe that it leads.
      return this.#observed ? takeableInMs(this.#observed, identity, timers.now()) : 0
    }
  }

  /** Writes our claim over the version that we saw; false if another process was faster. */
  async #claim(signal: AbortSignal): Promise<boolean> {
    const { client, timers, times, namespace, name, identity } = this.#options
    // The time before the request: the server may have stored it immediately and answered late.
    const at = timers.now()
    const wallMs = timers.wallMs()
    const spec = claim(this.#lease?.spec, identity, wallMs, times)
    try {
      const stored = this.#lease
        ? await client.replace(LEASES, { ...this.#lease, spec }, this.#call(signal))
        : await client.create(
            LEASES,
            {
              apiVersion: 'coordination.k8s.io/v1',
              kind: 'Lease',
              metadata: { name, namespace },
              spec,
            },
            this.#call(signal)
          )
      this.#see(stored as Lease, timers.now())
      this.#renewed = { at, wallMs }
      return true
    } catch (thrown) {
      if (!isConflict(thrown) && !isAlreadyExists(thrown) && !isNotFound(thrown)) throw thrown
      // Perhaps our own slow renewal, stored after we had given it up: then we still hold it.
      await this.#look(signal)
      return false
    }
  }

  #see(lease: Lease, now: number): void {
    this.#lease = lease
    this.#observed = observe(
      this.#observed,
      { resourceVersion: lease.metadata.resourceVersion ?? '', spec: lease.spec ?? {} },
      now,
      this.#options.times
    )
  }

  #call(signal: AbortSignal) {
    const { times } = this.#options
    return {
      pool: 'lease' as const,
      timeoutMs: times.renewDeadlineMs / 2,
      attempts: 1,
      signal,
    }
  }

  /** A tenth either way, so that two standbys do not always look together. */
  #spread(ms: number): number {
    return ms * (0.9 + this.#options.random() / 5)
  }
}
