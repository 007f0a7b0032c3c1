// How a guard that failed is told.

import { SsmdError } from '#crds/errors.ts'
import type { GuardResult, GuardTest } from '#signals/guard.ts'

type Failed = Extract<GuardResult, { readonly kind: 'failed' }>

const WHERE: Readonly<Record<GuardTest, (events: number) => string>> = {
  processes: () => 'in one process',
  prefix: (events) => `with the first ${events} events alone`,
  future: (events) => `with other prices behind the first ${events} events`,
}

export const guardFailure = (file: string, { test, events, expected, found }: Failed): SsmdError =>
  new SsmdError(
    'SSMD_E_SIGNAL',
    `${file}: ${WHERE[test](events)} it fired ${found}, and otherwise ${expected}`,
    { hint: 'a fire must follow from the events up to it: this is a fault in ssmd, report it' }
  )
