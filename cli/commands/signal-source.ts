// The source of a signal, as a command is given it, and how a refusal of it is told.

import { readFile, stat } from 'node:fs/promises'
import { SsmdError } from '#crds/errors.ts'
import type { Finding } from '#signals/findings.ts'
import { MAX_SOURCE_BYTES } from '#signals/source.ts'
import { writeJson } from '../output.ts'

export type SignalOutput = 'text' | 'json'

export async function readSource(file: string): Promise<string> {
  const { size } = await stat(file).catch(() => {
    throw new SsmdError('SSMD_E_NOT_FOUND', `there is no signal ${file}`, {
      hint: 'give the path of its source, or write one with `ssmd signal new`',
    })
  })
  // Its check says how long it may be; this much is enough for it to say so.
  if (size > 16 * MAX_SOURCE_BYTES) {
    throw new SsmdError('SSMD_E_SIGNAL', `${file} has ${size} bytes`, {
      hint: `the source of a signal has ${MAX_SOURCE_BYTES} bytes at most`,
    })
  }
  return await readFile(file, 'utf8')
}

/** In text as an error, in JSON as an answer; ends with 3 in both. */
export async function tellRefusal(
  file: string,
  finding: Finding,
  output: SignalOutput
): Promise<void> {
  const { line, identifier, why } = finding
  if (output === 'text') {
    throw new SsmdError('SSMD_E_SIGNAL', `${file}:${line}: ${identifier}: ${why}`, {
      hint: 'see docs/signals.md for what a signal may use',
    })
  }
  process.exitCode = 3
  await writeJson({ verdict: { kind: 'refused', ...finding } })
}
