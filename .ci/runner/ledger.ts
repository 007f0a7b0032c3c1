// What a test file says of itself while it runs, line by line, to a file: which test has begun, and at the end what
// each suite had registered and run. The runner compares it with what uvu printed.

export type SuiteRecord = {
  readonly name: string
  registered: number
  /** How many of them had been registered when `.run()` was called. */
  run: number
  only: number
  /** Hidden by `.skip`. */
  hidden: number
}

export type LedgerLine =
  | { readonly kind: 'begin'; readonly test: string }
  | { readonly kind: 'end'; readonly suites: readonly SuiteRecord[]; readonly cpuMs?: number }

export type Ledger = {
  /** Absent when the process was killed. */
  readonly suites: readonly SuiteRecord[] | undefined
  readonly lastBegun: string | undefined
  /** What it and the children it waited for took of the processors; undefined if killed, or not on Linux. */
  readonly cpuMs: number | undefined
}

/** Handed from the preload to the counting uvu, which are loaded apart. */
export type LedgerWriter = {
  readonly suites: SuiteRecord[]
  readonly write: (line: LedgerLine) => void
}

export const LEDGER_VARIABLE = 'SSMD_TEST_LEDGER'

export function readLedger(text: string): Ledger {
  let suites: Ledger['suites']
  let lastBegun: string | undefined
  let cpuMs: number | undefined
  for (const line of text.split('\n')) {
    if (line === '') continue
    const entry = JSON.parse(line) as LedgerLine
    if (entry.kind === 'begin') lastBegun = entry.test
    else ({ suites, cpuMs } = entry)
  }
  return { suites, lastBegun, cpuMs }
}
