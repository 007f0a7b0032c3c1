// `ssmd signal check <file>`: what the source says, and whether the sandbox loads it.

import { basename } from 'node:path'
import { Refusal } from '#signals/findings.ts'
import { Sandbox } from '#signals/sandbox.ts'
import { readProgram } from '#signals/source.ts'
import { writeJson, writeLines } from '../output.ts'
import { readSource, type SignalOutput, tellRefusal } from './signal-source.ts'

export async function runSignalCheck(file: string, output: SignalOutput): Promise<void> {
  const source = await readSource(file)
  try {
    const program = readProgram(source)
    await using sandbox = await Sandbox.open({ program, name: basename(file), params: {} })
    const { about } = sandbox
    if (output === 'json')
      await writeJson({ verdict: { kind: 'accepted' }, sha256: program.sha256, signal: about })
    else {
      const params = Object.entries(about.params).map(([name, value]) => `${name}=${value}`)
      await writeLines([
        `${about.id} version ${about.version}: accepted`,
        `  events  ${about.events.join(', ')}`,
        ...(params.length === 0 ? [] : [`  params  ${params.join(', ')}`]),
        `  sha256  ${program.sha256}`,
      ])
    }
  } catch (thrown) {
    if (!(thrown instanceof Refusal)) throw thrown
    await tellRefusal(file, thrown.finding, output)
  }
}
