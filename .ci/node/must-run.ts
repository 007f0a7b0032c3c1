// Runs a program of the system that has to succeed; where it does not, the error holds what it said.

import { SsmdError } from '#crds/errors.ts'
import { run } from '../../operator/local/nats-server/run.ts'

const LIMIT_MS = 60_000

export async function mustRun(
  program: string,
  args: readonly string[],
  options: { readonly env?: NodeJS.ProcessEnv } = {}
): Promise<string> {
  const { code, output } = await run(program, args, { ...options, limitMs: LIMIT_MS })
  if (code === 0) return output
  const why = output.trim().slice(-1000)
  throw new SsmdError('SSMD_E_INTERNAL', `${program} ${args.join(' ')} ended with ${code}: ${why}`)
}
