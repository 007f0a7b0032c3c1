// `npm test [-- <file or folder>…]`: every *.test.ts as a process of its own, with the guards that uvu does not have.
// `npm run test:faults [-- …]`: the long loops instead, every *.faults.ts, and all of what tests do a share of otherwise.
// `npm run test:cluster` is the same for *.cluster.ts, each in the namespaces of a node of its own (docs/cluster.md).
// What they start is built, and as root on Debian installed, before; `--no-install` leaves the system as it is.
// Ends with the line `N passed, N failed`; exit code 1 when anything failed.

import { join } from 'node:path'
import { cacheFolder } from '../operator/local/nats-server/locate.ts'
import { startSharedCluster } from '../operator/testing/shared-cluster.ts'
import { filesAtOnce } from './runner/at-once.ts'
import { keptDurations } from './runner/durations.ts'
import { findTestFiles, type TestKind } from './runner/files.ts'
import { prepare } from './runner/prepare.ts'
import { runAll } from './runner/run-all.ts'

const root = new URL('..', import.meta.url).pathname
const OPTIONS = ['--cluster', '--faults', '--no-install']
const kind: TestKind = process.argv.includes('--cluster')
  ? 'cluster'
  : process.argv.includes('--faults')
    ? 'faults'
    : 'test'
// npm takes `npm test --no-install` for a setting of its own.
const refused = process.argv.includes('--no-install') || process.env.npm_config_install === ''
const filters = process.argv.slice(2).filter((argument) => !OPTIONS.includes(argument))
const stop = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    process.exitCode = 130
    stop.abort()
  })
}

const log = (line: string) => console.log(line)
const { FORCE_COLOR: _force, NO_COLOR: _no, ...env } = process.env
const files = await findTestFiles(root, { filters, kind })
const durations = keptDurations(join(cacheFolder(env), 'test-durations.json'))
const atOnce = filesAtOnce()
const totals = await runAll({
  root,
  filters,
  kind,
  // A node is heavier than it looks while it waits.
  atOnce: kind === 'cluster' ? { ...atOnce, most: atOnce.least } : atOnce,
  durations,
  startCluster: startSharedCluster,
  env: {
    ...env,
    FORCE_COLOR: '0',
    ...(kind === 'faults' ? { SSMD_FAULTS: 'all' } : {}),
    ...(await prepare(files, { root, refused, log })),
  },
  signal: stop.signal,
  write: log,
})
durations.save()
if (totals.failed > 0) process.exitCode ??= 1
