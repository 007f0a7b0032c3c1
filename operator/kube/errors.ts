// All errors of the API server in one type: status, reason as Kubernetes names it, and whether and when to retry. No message
// holds a header, a token or a request body (client-node prints them all).

import { SsmdError } from '#crds/errors.ts'

/** The part of a Kubernetes `Status` object that we read. */
export type Status = {
  readonly status?: string
  readonly code?: number
  readonly reason?: string
  readonly message?: string
  readonly details?: {
    readonly name?: string
    readonly kind?: string
    readonly retryAfterSeconds?: number
    readonly causes?: readonly {
      readonly reason?: string
      readonly message?: string
      readonly field?: string
    }[]
  }
}

// A 422 on a large object repeats the object; conditions and logs want the beginning.
const MESSAGE_LIMIT = 2048

export class ApiError extends SsmdError {
  /** HTTP status, or 0 without an answer. */
  readonly status: number
  /** As Kubernetes names it: NotFound, Conflict, Invalid, Expired, …; ours: ConnectionFailed, DeadlineExceeded. */
  readonly reason: string
  readonly details: Status['details']
  /** How long the server asked us to wait, if it did. */
  readonly retryAfterMs: number | undefined

  constructor(
    request: { readonly method: string; readonly path: string },
    answer: { status: number; body?: Status; retryAfterMs?: number; reason?: string },
    cause?: unknown
  ) {
    const reason = answer.reason ?? answer.body?.reason ?? reasonOfStatus(answer.status)
    const said = (answer.body?.message ?? (cause instanceof Error ? cause.message : '')).slice(
      0,
      MESSAGE_LIMIT
    )
    super(
      'SSMD_E_KUBERNETES',
      `${request.method} ${request.path}: ${answer.status || 'no answer'} ${reason}${said ? `: ${said}` : ''}`,
      cause === undefined ? {} : { cause }
    )
    this.status = answer.status
    this.reason = reason
    this.details = answer.body?.details
    const asked = answer.body?.details?.retryAfterSeconds
    this.retryAfterMs = answer.retryAfterMs ?? (asked === undefined ? undefined : asked * 1000)
  }
}

function reasonOfStatus(status: number): string {
  switch (status) {
    case 400:
      return 'BadRequest'
    case 401:
      return 'Unauthorized'
    case 403:
      return 'Forbidden'
    case 404:
      return 'NotFound'
    case 409:
      return 'Conflict'
    case 410:
      return 'Expired'
    case 422:
      return 'Invalid'
    case 429:
      return 'TooManyRequests'
    case 503:
      return 'ServiceUnavailable'
    case 504:
      return 'Timeout'
    default:
      return status >= 500 ? 'InternalError' : 'Unknown'
  }
}

const hasStatus =
  (status: number) =>
  (thrown: unknown): thrown is ApiError =>
    thrown instanceof ApiError && thrown.status === status

export const isNotFound = hasStatus(404)
/** Another writer was faster, or owns the field, or the object exists already. */
export const isConflict = hasStatus(409)
export const isGone = hasStatus(410)
export const isInvalid = hasStatus(422)
export const isForbidden = hasStatus(403)
export const isUnauthorized = hasStatus(401)

export const isAlreadyExists = (thrown: unknown): thrown is ApiError =>
  isConflict(thrown) && thrown.reason === 'AlreadyExists'

/** The server cannot have this resource version yet: an older replica than the one we read before. */
export const isTooLargeResourceVersion = (thrown: unknown): boolean =>
  thrown instanceof ApiError &&
  thrown.status === 504 &&
  (thrown.details?.causes?.some((cause) => cause.reason === 'ResourceVersionTooLarge') ?? false)

/** The fields of a 422 that cannot be changed on an existing object, such as a Deployment's selector. */
export function immutableFields(thrown: unknown): readonly string[] {
  if (!isInvalid(thrown)) return []
  const causes = thrown.details?.causes ?? []
  return causes
    .filter((cause) => /immutable|may not be changed|cannot be changed/i.test(cause.message ?? ''))
    .map((cause) => cause.field ?? '')
}

/** No answer, or one that says "later": worth the same request again. */
export function isTransient(thrown: unknown): boolean {
  if (!(thrown instanceof ApiError)) return false
  const { status } = thrown
  return status === 0 || status === 429 || status === 502 || status === 503 || status === 504
}

/** A refusal that no repetition of the same request changes: the request itself has to change. */
export const isRefusal = (thrown: unknown): thrown is ApiError =>
  thrown instanceof ApiError && [400, 405, 413, 415, 422].includes(thrown.status)

/** A write that this process may not make: it does not lead, or it runs read-only. Nothing was sent. */
export class WriteRefused extends SsmdError {
  /** `notLeading` or `readOnly`. */
  readonly reason: 'notLeading' | 'readOnly'

  constructor(reason: 'notLeading' | 'readOnly', request: { method: string; path: string }) {
    super(
      'SSMD_E_KUBERNETES',
      `${request.method} ${request.path}: not sent: ${reason === 'readOnly' ? 'this operator runs read-only' : 'this operator does not hold the lease'}`
    )
    this.reason = reason
  }
}
