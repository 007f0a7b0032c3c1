// What answers.py says of an archive.

import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import type { Told } from './ask.ts'

const SCRIPT = join(import.meta.dirname, 'answers.py')

/** The rows that Python computes from the files; of each, only the members that it has are compared. */
export function independent(question: string, root: string, asked: object = {}): Told[] {
  const text = execFileSync('python3', [SCRIPT, question, root, JSON.stringify(asked)], {
    encoding: 'utf8',
    maxBuffer: 512 * 1024 * 1024,
  })
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Told)
}

/** The members that an independent row has, of rows of a query. */
export const onlyOf = (rows: readonly Told[], expected: readonly Told[]): Told[] =>
  rows.map((row, i) =>
    Object.fromEntries(Object.keys(expected[i] ?? row).map((name) => [name, row[name] ?? null]))
  )
