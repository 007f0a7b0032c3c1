// What a workload that runs says of itself and that its pod does not show: an archiver whose volume is full waits, and is there
// all the while. Pure.

import type { Report } from '#crds/report.ts'
import { type Fact, stalled } from './status.ts'

/** The first trouble with a code of its own; undefined where none of them has one. */
export function troubleFact(reports: readonly Report[]): Fact | undefined {
  for (const { feed, code, message } of reports) {
    if (code === 'SSMD_E_DISK_FULL') return stalled('VolumeFull', `${feed}: ${message}`)
    if (code === 'SSMD_E_READ_ONLY') return stalled('VolumeReadOnly', `${feed}: ${message}`)
  }
  return undefined
}
