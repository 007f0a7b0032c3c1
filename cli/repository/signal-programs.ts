// The program of a Signal: the file <name>.ts beside its resource, if there is one, is what the resource holds.

import { createHash } from 'node:crypto'
import { dirname, join } from 'node:path'
import { type Located, problemAt } from '#crds/located.ts'
import type { Problem } from '#crds/problems.ts'
import { readRegular } from '#crds/regular-file.ts'
import type { Signal } from '#crds/signal.gen.ts'

/** More than a source may have, so that one that is too long differs. */
const MAX_BYTES = 1024 * 1024

export type ProgramState = 'same' | 'differs' | 'no program'

export const programFile = ({ file, resource }: Located<Signal>): string =>
  join(dirname(file), `${resource.metadata.name}.ts`)

export async function programState(signal: Located<Signal>): Promise<ProgramState> {
  try {
    const text = (await readRegular(programFile(signal), MAX_BYTES)).toString('utf8')
    return text === signal.resource.spec.source ? 'same' : 'differs'
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === 'ENOENT' ? 'no program' : 'differs'
  }
}

export const hashOfSource = (source: string): string =>
  createHash('sha256').update(source).digest('hex')

/** One for each Signal that runs another program than the file beside it. */
export async function programProblems(signals: readonly Located<Signal>[]): Promise<Problem[]> {
  const problems: Problem[] = []
  for (const signal of signals) {
    if ((await programState(signal)) !== 'differs') continue
    const file = programFile(signal)
    const message = `expected the text of ${file}, found another program`
    const hint = `deploy it with ssmd signal deploy ${file}, or take the edit back`
    problems.push(problemAt(signal, 'spec.source', 'SSMD_E_SIGNAL', message, hint))
  }
  return problems
}
