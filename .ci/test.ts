// `npm test [-- <file or folder>…]`: every *.test.ts as a process of its own, with the guards that uvu does not have.
// Ends with the line `N passed, N failed`; exit code 1 when anything failed.

import { describeError } from '#crds/errors.ts'
import { toolPath } from '#tools'
import { findTestFiles } from './runner/files.ts'
import { runAll } from './runner/run-all.ts'

const root = new URL('..', import.meta.url).pathname
const filters = process.argv.slice(2)
const stop = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    process.exitCode = 130
    stop.abort()
  })
}

const { FORCE_COLOR: _force, NO_COLOR: _no, ...env } = process.env
const totals = await runAll({
  root,
  filters,
  env: { ...env, FORCE_COLOR: '0', ...(await preparedTools()) },
  signal: stop.signal,
  write: (line) => console.log(line),
})
if (totals.failed > 0) process.exitCode ??= 1

/** Gets the servers before the clock of the first test runs. What is missing is said; the tests then skip or fail. */
async function preparedTools(): Promise<NodeJS.ProcessEnv> {
  const files = await findTestFiles(root, filters)
  if (files.every(({ path }) => /^(crds|\.ci)\//.test(path))) return {}
  try {
    return { SSMD_NATS_SERVER: await toolPath('nats-server') }
  } catch (error) {
    console.log(`tests that need nats-server cannot run: ${describeError(error)}`)
    return {}
  }
}
