// What a program says at its end to whoever runs its container: Kubernetes shows it in the pod's status. The file is there only
// where a container runtime has made it; nothing is made here.

import { closeSync, constants, openSync, writeSync } from 'node:fs'
import type { SsmdError } from '#crds/errors.ts'

/** Where Kubernetes mounts it unless the container says otherwise. */
export const TERMINATION_LOG = '/dev/termination-log'
/** The kubelet reads 4 kB of it, over all containers 12. */
const LIMIT = 3000

/** Writes code, message and hint as one line of JSON; says nothing where it cannot. */
export function writeLastWords({ code, message, hint }: SsmdError, path = TERMINATION_LOG): void {
  const said = { code, message: message.slice(0, LIMIT / 3), hint: hint?.slice(0, LIMIT / 3) }
  try {
    const file = openSync(path, constants.O_WRONLY | constants.O_TRUNC)
    try {
      writeSync(file, `${JSON.stringify(said)}\n`)
    } finally {
      closeSync(file)
    }
  } catch {
    // Not in a container; and an end is not held up by its own words.
  }
}
