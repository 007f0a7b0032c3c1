// uvu as a test file sees it under the runner: the same functions, each use of them written to the ledger.
// uvu itself passes silently over a suite without `.run()`, over tests hidden by `.only`, and over an early exit.

import * as uvu from 'uvu'
import type { LedgerWriter, SuiteRecord } from './ledger.ts'

type Crumbs = Parameters<uvu.Callback<unknown>>[0]

const { ssmdTestLedger: ledger } = globalThis as unknown as { ssmdTestLedger: LedgerWriter }

function counting<T>(test: uvu.Test<T>, name: string): uvu.Test<T> {
  const record: SuiteRecord = { name, registered: 0, run: 0, only: 0, hidden: 0 }
  ledger.suites.push(record)
  const marked = (title: string, body: uvu.Callback<T>) => async (context: T & Crumbs) => {
    ledger.write({ kind: 'begin', test: title })
    try {
      await body(context)
    } catch (thrown) {
      throw printable(thrown)
    }
  }
  const register = (title: string, body: uvu.Callback<T>) => {
    record.registered++
    test(title, marked(title, body))
  }
  return Object.assign(register, {
    before: test.before,
    after: test.after,
    only: (title: string, body: uvu.Callback<T>) => {
      record.registered++
      record.only++
      test.only(title, marked(title, body))
    },
    skip: (title?: string, body?: uvu.Callback<T>) => {
      record.hidden++
      test.skip(title, body)
    },
    run: () => {
      record.run = record.registered
      test.run()
    },
  })
}

/** uvu takes `details` of an error for a text of its own; over anything else it stops without a word about any test. */
function printable(thrown: unknown): unknown {
  const details = (thrown as { details?: unknown } | undefined)?.details
  if (thrown instanceof Error && (!details || typeof details === 'string')) return thrown
  const error = new Error(thrown instanceof Error ? thrown.message : String(thrown), {
    cause: thrown,
  })
  if (thrown instanceof Error && thrown.stack !== undefined) error.stack = thrown.stack
  return error
}

export const test = counting(uvu.test, '')

export const suite = <T = uvu.Context>(name?: string, context?: T): uvu.Test<T> =>
  counting(uvu.suite<T>(name, context), name ?? '')

export const exec = uvu.exec
