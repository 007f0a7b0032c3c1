// Writes a program's last error to the termination log, which Kubernetes shows in the pod's status. Only a container runtime
// creates that file.

import { closeSync, constants, openSync, writeSync } from 'node:fs'
import type { SsmdError } from '#crds/errors.ts'

/** Where Kubernetes mounts it unless the container says otherwise. */
export const TERMINATION_LOG = '/dev/termination-log'
/** The kubelet reads 4 kB of it, over all containers 12. */
const LIMIT = 3000

/** Writes code, message and hint as one line of JSON; ignores failures. */
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
    // Not in a container, or not writable: neither may delay the exit.
  }
}
