// When the connector is ready: all that is wanted is being captured, and blocks flow to JetStream. Said in one log
// line the first time, and on /readyz, with what is missing, at any time.

import { announceReady, type Role } from '#role/run.ts'
import type { Capture } from './capture.ts'
import type { Link } from './link.ts'

/** A function to call at every change. */
export function readiness(
  role: Role,
  names: { readonly environment: string; readonly feed: string },
  link: Link,
  capture: Capture
): () => void {
  let announced = false
  const missing = (): string => {
    if (link.message !== '') return link.message
    if (capture.ready) return ''
    return capture.message(role.clock.nowMs()) || capture.notReady()
  }
  return () => {
    const why = missing()
    if (why !== '') role.health.notReady(why)
    else if (announced) role.health.ready()
    else {
      announced = true
      const { slots, symbols } = capture
      announceReady(role, { ...names, connections: slots.length, symbols })
    }
  }
}
