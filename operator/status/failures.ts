// What the API server refused, as a fact for a condition; nothing for what is no news of the resource, such as a lost lease
// or a fault of our own. Pure.

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
  // A quota, or an admission that says no, is answered like a missing right; roles would not help.
  if (isForbidden(thrown))
    return waiting(isMissingRight(thrown) ? 'Forbidden' : 'Refused', whatOf(thrown))
  return waiting('Waiting', `the API server does not accept it now (${reason})`)
}

const isMissingRight = ({ message }: ApiError): boolean => /\bcannot \w+ resource\b/.test(message)

/** Without the path of the request, which says nothing to a person. */
const whatOf = ({ message }: ApiError): string => message.replace(/^\S+ \S+: /, '')
