// The version of what makes tables: a hash of its sources, so that no ssmd ever reads tables that another normaliser made. A number
// would have to be raised by hand.

import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { FIRES_EXCHANGE } from '#crds/signals.ts'

const WORKLOADS = join(import.meta.dirname, '../..')
/** Normalisers import these alone (.ci/arrows.ts), and their own folder. */
const SHARED = ['market', 'events', 'events/tables', 'archive/read']
/** As it is written, or as it is compiled for the image. */
const SOURCE = /^(?!.*\.(test|d)\.)(?!bench\.).*\.[tj]s$/

/** 16 hex digits. Reads some 400 kB: to be called once for each exchange. */
export function versionOf(exchange: string): string {
  const hash = createHash('sha256')
  // Fires have no normaliser of their own, because no event is made of them.
  const own = exchange === FIRES_EXCHANGE ? [] : [`exchanges/${exchange}`]
  for (const folder of [...SHARED, ...own]) {
    for (const name of readdirSync(join(WORKLOADS, folder)).sort()) {
      if (SOURCE.test(name)) hash.update(name).update(readFileSync(join(WORKLOADS, folder, name)))
    }
  }
  return hash.digest('hex').slice(0, 16)
}
