// Loaded before a test file (`--import`): gives it the counting uvu in place of uvu. Works for the test's own process
// alone; the processes and threads that it starts are left as they are.

import { appendFileSync, readFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { isMainThread } from 'node:worker_threads'
import { LEDGER_VARIABLE, type LedgerWriter } from './ledger.ts'

const ledger = process.env[LEDGER_VARIABLE]
delete process.env[LEDGER_VARIABLE]

if (ledger !== undefined && isMainThread) {
  const writer: LedgerWriter = {
    suites: [],
    write: (line) => appendFileSync(ledger, `${JSON.stringify(line)}\n`),
  }
  Object.assign(globalThis, { ssmdTestLedger: writer })
  process.on('exit', () => writer.write({ kind: 'end', suites: writer.suites, ...cpu() }))
  const counting = new URL('./counting-uvu.ts', import.meta.url).href
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier === 'uvu' && context.parentURL !== counting
        ? { url: counting, shortCircuit: true }
        : next(specifier, context),
  })
}

/** Linux counts in hundredths of a second, also for children that have been waited for. */
function cpu(): { cpuMs?: number } {
  try {
    const stat = readFileSync('/proc/self/stat', 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0)
    return { cpuMs: ticks * 10 }
  } catch {
    return {}
  }
}
