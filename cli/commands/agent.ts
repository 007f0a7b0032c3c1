// `ssmd agent`: from flags and environment to the program.
import { dirname, join, resolve } from 'node:path'
import { runAgent } from '#agent/main.ts'
import { SsmdError, usageError } from '#crds/errors.ts'
import { dataSource } from '../data-source.ts'
import type { AgentFlags } from '../program-agent.ts'
import { findExchanges } from '../repository/folder.ts'

const USUAL_MODEL = 'claude-sonnet-5-5'

export async function runAgentCommand(flags: AgentFlags): Promise<void> {
  const { env } = process
  if (flags.continue === true && flags.resume !== undefined) {
    throw usageError('--continue and --resume are two sessions', 'give one of them')
  }
  const prompt = flags.print === undefined ? undefined : await promptOf(flags.print)
  const resume = flags.continue === true ? 'latest' : flags.resume
  const { context, namespace } = flags
  process.exitCode = await runAgent({
    env,
    source: dataSource(flags, env),
    cacheDir: flags.cacheDir,
    repository: await repositoryOf(process.cwd()),
    command: [process.execPath, join(import.meta.dirname, '..', 'main.ts')],
    kube: {
      ...(context === undefined ? {} : { context }),
      ...(namespace === undefined ? {} : { namespace }),
    },
    isReadOnly: flags.readOnly === true,
    model: flags.model ?? (env.SSMD_MODEL || USUAL_MODEL),
    format: flags.outputFormat,
    allow: flags.allow ?? [],
    ...(prompt === undefined ? {} : { prompt }),
    ...(resume === undefined ? {} : { resume }),
    ...(flags.maxTurns === undefined ? {} : { maxRounds: flags.maxTurns }),
    ...(flags.maxBudgetUsd === undefined ? {} : { maxCostUsd: flags.maxBudgetUsd }),
  })
}

/** The folder above the resources; the present one if there are none, where signals are then written. */
async function repositoryOf(current: string): Promise<string> {
  const found = await findExchanges(undefined, current).catch((thrown: unknown) => {
    if (thrown instanceof SsmdError && thrown.code === 'SSMD_E_NOT_FOUND') return undefined
    throw thrown
  })
  return found === undefined ? current : dirname(resolve(current, found))
}

/** What was typed, and what a pipe holds. */
async function promptOf(given: string | true): Promise<string> {
  const parts = given === true ? [] : [given]
  if (!process.stdin.isTTY) {
    const chunks: Buffer[] = []
    for await (const chunk of process.stdin) chunks.push(chunk as Buffer)
    parts.push(Buffer.concat(chunks).toString('utf8').trim())
  }
  const prompt = parts.filter((part) => part !== '').join('\n\n')
  if (prompt === '')
    throw usageError('--print has no prompt', 'write it behind --print, or pipe it in')
  return prompt
}
