// What becomes of a pass that did not end well: whether the key is tried again, when, and how it is counted. The
// one place that judges thrown values; kinds make conditions of the same reasons.

import { AssertionError } from 'node:assert/strict'
import { type ErrorCode, SsmdError } from '#crds/errors.ts'
import { ApplyLoop } from '../kube/apply.ts'
import { ApiError, WriteRefused } from '../kube/errors.ts'

/** Nothing will help but a change of the resource: counted, and not tried again before something changes. */
export class TerminalError extends SsmdError {
  readonly reason: string

  constructor(reason: string, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super('SSMD_E_RESOURCE_INVALID', message, options)
    this.reason = reason
  }
}

/** Something else has to happen first, such as a Secret that is still missing: no error, looked at again later. */
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

/** A pass took longer than it may; whatever it still does is cut off by its signal. */
export class PassTimeout extends SsmdError {
  constructor(key: string, ms: number) {
    super('SSMD_E_KUBERNETES', `the pass over ${key} was not done within ${ms} ms`)
  }
}

export type Outcome =
  | { readonly kind: 'retry'; readonly retryAfterMs?: number }
  /** Again at a known time, and no error. */
  | { readonly kind: 'wait'; readonly retryAfterMs: number }
  | { readonly kind: 'terminal' }
  | { readonly kind: 'timeout' }
  /** A fault in our own code. */
  | { readonly kind: 'panic' }
  /** This process may not write: nothing to report, somebody else does it. */
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
