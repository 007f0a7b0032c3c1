// A refusal by the API server, as a fact for a condition; undefined for errors that do not concern the resource, such as a lost
// lease or a bug of the operator. Pure.

import { ApplyLoop, OwnedByOther } from '../kube/apply.ts'
import { ApiError, immutableFields, isForbidden, isRefusal } from '../kube/errors.ts'
import { type Fact, stalled, waiting } from './status.ts'

export function failureOf(thrown: unknown): Fact | undefined {
  if (thrown instanceof ApplyLoop) return stalled('ApplyLoop', thrown.message)
  if (thrown instanceof OwnedByOther) return stalled('NameTaken', thrown.message)
  if (!(thrown instanceof ApiError)) return undefined
  const { reason } = thrown
  if (immutableFields(thrown).length > 0) return stalled('ImmutableField', whatOf(thrown))
  if (isRefusal(thrown)) return stalled('Refused', whatOf(thrown))
  // A refusal by a quota or by admission has the same code as a missing right, but no Role would help.
  if (isForbidden(thrown))
    return waiting(isMissingRight(thrown) ? 'Forbidden' : 'Refused', whatOf(thrown))
  return waiting('Waiting', `the API server does not accept it now (${reason})`)
}

const isMissingRight = ({ message }: ApiError): boolean => /\bcannot \w+ resource\b/.test(message)

/** Without the path of the request. */
const whatOf = ({ message }: ApiError): string => message.replace(/^\S+ \S+: /, '')
