// Errors as RFC 9457 problems: one table from codes to statuses. A caller sees what it can act on; what went wrong inside the
// server goes to its log under the id of the request, never to the caller.

import { ERROR_CODES, type ErrorCode, SsmdError, toSsmdError } from '#crds/errors.ts'
import { ParametersError } from '../model/parameters.ts'

/** Codes that are missing here are faults of the server: 500. */
const STATUSES: Readonly<Partial<Record<ErrorCode, number>>> = {
  SSMD_E_USAGE: 400,
  SSMD_E_REQUEST: 400,
  SSMD_E_KEY: 401,
  SSMD_E_FORBIDDEN: 403,
  SSMD_E_NOT_FOUND: 404,
  SSMD_E_BUSY: 503,
  SSMD_E_NATS: 503,
  SSMD_E_TOOL_MISSING: 501,
  SSMD_E_PACKAGE: 501,
  SSMD_E_SQL: 400,
  SSMD_E_SQL_REFUSED: 403,
  SSMD_E_SQL_LIMIT: 422,
}

/** Faults of the server whose words name no path and no address of it. */
const SPEAKABLE: readonly ErrorCode[] = [
  'SSMD_E_ARCHIVE_INVALID',
  'SSMD_E_TOOL_MISSING',
  'SSMD_E_PACKAGE',
]

/** A request that HTTP or this API refuses, with the status that says how. */
export class RequestError extends SsmdError {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>

  constructor(
    status: number,
    message: string,
    options: {
      readonly code?: ErrorCode
      readonly hint?: string
      readonly headers?: Readonly<Record<string, string>>
    } = {}
  ) {
    super(options.code ?? 'SSMD_E_REQUEST', message, options.hint ? { hint: options.hint } : {})
    this.status = status
    this.headers = options.headers ?? {}
  }
}

export type Problem = {
  /** Where the code is explained, below the address of this API. */
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail: string
  readonly instance: string
  readonly request_id: string
  readonly code: ErrorCode
  readonly hint?: string
  readonly errors?: readonly { readonly parameter: string; readonly message: string }[]
  /** As the first data API had it: the detail again. */
  readonly error: string
}

export function statusOf(error: SsmdError): number {
  return error instanceof RequestError ? error.status : (STATUSES[error.code] ?? 500)
}

/** The problem that a thrown value becomes; `instance` is the path that was asked for. */
export function problemOf(thrown: unknown, instance: string, requestId: string): Problem {
  const error = toSsmdError(thrown)
  const status = statusOf(error)
  const isOurs = status >= 500 && status !== 503 && !SPEAKABLE.includes(error.code)
  const detail = isOurs
    ? `the server could not answer; its log says why under ${requestId}`
    : error.message
  return {
    type: `/docs#${error.code}`,
    title: ERROR_CODES[error.code],
    status,
    detail,
    instance,
    request_id: requestId,
    code: error.code,
    ...(error.hint === undefined || isOurs ? {} : { hint: error.hint }),
    ...(error instanceof ParametersError ? { errors: error.faults } : {}),
    error: detail,
  }
}

export const PROBLEM_TYPE = 'application/problem+json'
