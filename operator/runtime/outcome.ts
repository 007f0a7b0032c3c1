// Decides about a failed pass: whether and when the key is retried, and how it is counted. The only place that interprets
// thrown values; kinds use the same reasons in conditions.

import { AssertionError } from 'node:assert/strict'
import { type ErrorCode, SsmdError } from '#crds/errors.ts'
import { ApplyLoop } from '../kube/apply.ts'
import { ApiError, WriteRefused } from '../kube/errors.ts'

/** Only a change of the resource can help: counted, and not retried before a change. */
export class TerminalError extends SsmdError {
  readonly reason: string

  constructor(reason: string, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super('SSMD_E_RESOURCE_INVALID', message, options)
    this.reason = reason
  }
}

/** Waits for something else, such as a missing Secret: not an error, retried later. */
export class WaitError extends SsmdError {
  readonly reason: string
  readonly retryAfterMs: number

  constructor(
    reason: string,
    message: string,
    retryAfterMs: number,
    options: { hint?: string; code?: ErrorCode } = {}
  ) {
    super(options.code ?? 'SSMD_E_NOT_FOUND', message, options)
    this.reason = reason
    this.retryAfterMs = retryAfterMs
  }
}

/** A pass exceeded its time limit; its signal aborts the rest. */
export class PassTimeout extends SsmdError {
  constructor(key: string, ms: number) {
    super('SSMD_E_KUBERNETES', `the pass over ${key} was not done within ${ms} ms`)
  }
}

export type Outcome =
  | { readonly kind: 'retry'; readonly retryAfterMs?: number }
  /** Retried at a known time, not an error. */
  | { readonly kind: 'wait'; readonly retryAfterMs: number }
  | { readonly kind: 'terminal' }
  | { readonly kind: 'timeout' }
  /** A bug in our own code. */
  | { readonly kind: 'panic' }
  /** This process no longer leads: nothing to report, the new leader does the pass. */
  | { readonly kind: 'refused' }

export function outcomeOf(thrown: unknown): Outcome {
  if (thrown instanceof TerminalError) return { kind: 'terminal' }
  if (thrown instanceof WaitError || thrown instanceof ApplyLoop)
    return { kind: 'wait', retryAfterMs: thrown.retryAfterMs }
  if (thrown instanceof PassTimeout) return { kind: 'timeout' }
  if (thrown instanceof WriteRefused) return { kind: 'refused' }
  if (thrown instanceof ApiError)
    return thrown.retryAfterMs === undefined
      ? { kind: 'retry' }
      : { kind: 'retry', retryAfterMs: thrown.retryAfterMs }
  return isPanic(thrown) ? { kind: 'panic' } : { kind: 'retry' }
}

const isPanic = (thrown: unknown): boolean =>
  thrown instanceof TypeError ||
  thrown instanceof RangeError ||
  thrown instanceof ReferenceError ||
  thrown instanceof AssertionError ||
  !(thrown instanceof Error)
