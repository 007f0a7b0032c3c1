// Judges one run of a test file from what it printed, how it ended and what its ledger says. Pure.
// A file is good only if every registered test ran and uvu said so: silence is a failure.

import type { Ledger, SuiteRecord } from './ledger.ts'

export type FileRun = {
  readonly output: string
  readonly code: number | null
  readonly signal: string | null
  /** The limit, when it was passed and the process was ended. */
  readonly limitPassedMs: number | undefined
  /** The grace, when uvu had printed its figures and the process still did not end. */
  readonly openMs: number | undefined
  readonly ledger: Ledger
  /** What still ran when the test had ended. */
  readonly leftovers: readonly string[]
  /** Mounts and folders that it left, and of a node whatever is on the computer when its namespaces have ended. */
  readonly behind?: readonly string[]
  readonly unknownAsks: readonly string[]
}

export type Verdict = {
  readonly passed: number
  readonly failed: number
  /** The reasons of `skip`. */
  readonly skipped: readonly string[]
  /** What is wrong beside failing tests. */
  readonly problems: readonly string[]
}

export function judge(run: FileRun): Verdict {
  const skipped = [...run.output.matchAll(/^SKIP (.*)$/gm)].map((match) => match[1] ?? '')
  const total = printed(run.output, 'Total')
  const passed = printed(run.output, 'Passed') ?? 0
  const failing = (total ?? passed) - passed
  const problems = [...endProblems(run, total, failing), ...suiteProblems(run, total)]
  for (const word of run.unknownAsks) problems.push(`"// test: ${word}" means nothing`)
  for (const process of run.leftovers) problems.push(`left a process running: ${process}`)
  for (const thing of run.behind ?? []) problems.push(`left behind: ${thing}`)
  return {
    passed: Math.max(0, passed - skipped.length),
    failed: failing + problems.length,
    skipped,
    problems,
  }
}

function endProblems(run: FileRun, total: number | undefined, failing: number): string[] {
  const { lastBegun } = run.ledger
  const where = lastBegun === undefined ? 'before its first test' : `in or after "${lastBegun}"`
  if (run.limitPassedMs !== undefined) {
    return [`did not end within ${run.limitPassedMs / 1000} s, ${where}`]
  }
  if (run.openMs !== undefined) {
    return [`its tests ended, but the process not within ${run.openMs / 1000} s: something is open`]
  }
  const how = run.signal === null ? `with exit code ${run.code}` : `by ${run.signal}`
  if (total === undefined) {
    // Nothing was run at all: the suites say it better.
    if (run.code === 0 && lastBegun === undefined && run.ledger.suites !== undefined) return []
    return [`ended ${how} before its tests were finished, ${where}`]
  }
  return (failing === 0) === (run.code === 0) ? [] : [`ended ${how}, but ${failing} tests failed`]
}

function suiteProblems(run: FileRun, total: number | undefined): string[] {
  const { suites } = run.ledger
  if (suites === undefined) return []
  const problems: string[] = []
  const sum = (count: (suite: SuiteRecord) => number) =>
    suites.reduce((all, suite) => all + count(suite), 0)
  for (const suite of suites) {
    const name = suite.name === '' ? 'test' : `suite "${suite.name}"`
    const missed = suite.registered - suite.run
    if (missed > 0) problems.push(`${name}: ${missed} tests without a .run() after them`)
    if (suite.only > 0) problems.push(`${name}: .only is left behind`)
    if (suite.hidden > 0) problems.push(`${name}: .skip hides a test; use skip(reason)`)
  }
  const registered = sum((suite) => suite.registered)
  if (registered + sum((suite) => suite.hidden) === 0) problems.push('has no tests')
  const due = sum((suite) => suite.run)
  if (total !== undefined && total !== due && problems.length === 0) {
    problems.push(`registered ${due} tests, but uvu ran ${total}`)
  }
  return problems
}

/** The last figure of that name in uvu's closing lines. */
function printed(output: string, name: string): number | undefined {
  const found = [...output.matchAll(new RegExp(`^ {2}${name}: +(\\d+)$`, 'gm'))].at(-1)?.[1]
  return found === undefined ? undefined : Number(found)
}
