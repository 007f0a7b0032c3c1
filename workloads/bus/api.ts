// Requests to JetStream's API: returns the unchanged answer, or throws the refusal. The client library's manager adds fields
// that servers since 2.12 may refuse as unknown, so we write the requests ourselves.

import { ErrorCode, type NatsConnection, type NatsError } from 'nats'
import { SsmdError } from '#crds/errors.ts'

/** Error codes of JetStream that this code handles. */
export const JETSTREAM = {
  consumerNotFound: 10_014,
  messageNotFound: 10_037,
  storageExceeded: 10_047,
  notCreated: 10_049,
  nameInUse: 10_058,
  streamNotFound: 10_059,
  subjectsOverlap: 10_065,
} as const

/** JetStream answered, and refused. */
export class JetStreamError extends SsmdError {
  /** JetStream's own code of the reason. */
  readonly errCode: number

  constructor(what: string, errCode: number, description: string, hint?: string) {
    super('SSMD_E_STREAM', `${what}: ${description}`, hint === undefined ? {} : { hint })
    this.errCode = errCode
  }
}

type Answer = { readonly error?: { readonly err_code?: number; readonly description?: string } }

const TIMEOUT_MS = 5_000

/** One request to `$JS.API.<verb>`. `what` names the attempt in an error: `reading stream x`. */
export async function askJetStream<T>(
  nc: NatsConnection,
  verb: string,
  body: object | undefined,
  what: string
): Promise<T> {
  const payload = body === undefined ? '' : JSON.stringify(body)
  let answer: T & Answer
  try {
    const msg = await nc.request(`$JS.API.${verb}`, payload, { timeout: TIMEOUT_MS })
    answer = msg.json<T & Answer>()
  } catch (error) {
    throw toBusError(error, what)
  }
  if (answer.error) {
    const { err_code: errCode = 0, description = 'unknown error' } = answer.error
    throw new JetStreamError(what, errCode, description, hintFor(errCode))
  }
  return answer
}

function hintFor(errCode: number): string | undefined {
  switch (errCode) {
    case JETSTREAM.storageExceeded:
      return "lower the Environment's transport.stream.maxBytes, or give NATS more room (max_file_store)"
    case JETSTREAM.subjectsOverlap:
      return 'another stream already takes these subjects: remove it, or name the Environment differently'
    default:
      return undefined
  }
}

/** An error of the client library as ours. */
export function toBusError(error: unknown, what: string): SsmdError {
  if (error instanceof SsmdError) return error
  const { code, message } = error as NatsError
  switch (code) {
    case ErrorCode.NoResponders:
      return new SsmdError('SSMD_E_NATS', `${what}: JetStream does not answer`, {
        hint: 'start nats-server with JetStream (-js)',
        cause: error,
      })
    case ErrorCode.Timeout:
      return new SsmdError('SSMD_E_NATS', `${what}: NATS has not answered for ${TIMEOUT_MS} ms`, {
        cause: error,
      })
    case ErrorCode.PermissionsViolation:
      return new SsmdError('SSMD_E_NATS', `${what}: NATS refuses it to this user`, {
        hint: 'use credentials of a user that may do it; beside ssmd up: data/.ssmd/users/admin.nk',
        cause: error,
      })
    default:
      return new SsmdError('SSMD_E_NATS', `${what}: ${message}`, { cause: error })
  }
}
