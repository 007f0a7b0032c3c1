// `ssmd signal check <file>`: what the source says, and whether the sandbox loads it; with a feed, whether it passes the guards over an archive.

import { basename } from 'node:path'
import { BuildPool } from '#events/tables/build-pool.ts'
import { type Guarded, guard } from '#signals/backtest.ts'
import type { About } from '#signals/definition.ts'
import { Refusal } from '#signals/findings.ts'
import { Sandbox } from '#signals/sandbox.ts'
import { type Program, readProgram } from '#signals/source.ts'
import { writeJson, writeLines } from '../output.ts'
import { plural } from '../text.ts'
import { guardFailure } from './signal-guard.ts'
import { openCache, paramsOf, readScope, type ScopeFlags } from './signal-scope.ts'
import { readSource, type SignalOutput, tellRefusal } from './signal-source.ts'

export type SignalCheckFlags = ScopeFlags & {
  readonly symbol?: readonly string[]
  readonly cacheDir?: string
  readonly output: SignalOutput
}

export async function runSignalCheck(file: string, flags: SignalCheckFlags): Promise<void> {
  const { output } = flags
  const source = await readSource(file)
  try {
    const program = readProgram(source)
    const name = basename(file)
    const guarded = flags.feed === undefined ? null : await guardOver(program, name, flags)
    const { about } = guarded ?? (await load(program, name, paramsOf(flags.param ?? [])))
    const result = guarded?.result ?? null
    if (result?.kind === 'failed' && output === 'json') process.exitCode = 3
    if (output === 'json') {
      const sha256 = program.sha256
      await writeJson({ verdict: { kind: 'accepted' }, sha256, signal: about, guard: result })
      return
    }
    const params = Object.entries(about.params).map(([one, value]) => `${one}=${value}`)
    const builders = about.builders.map((one) => `${one.name} (${one.kind})`)
    await writeLines([
      `${about.id} version ${about.version}: accepted`,
      `  events    ${about.events.join(', ')}`,
      ...(builders.length === 0 ? [] : [`  builders  ${builders.join(', ')}`]),
      ...(params.length === 0 ? [] : [`  params    ${params.join(', ')}`]),
      `  sha256    ${program.sha256}`,
      ...(guarded === null || result?.kind !== 'passed'
        ? []
        : [
            `  guards    passed: ${plural(guarded.fires, 'fire')}, ${result.prefixes} prefixes, ${result.futures} futures`,
          ]),
    ])
    if (result?.kind === 'failed') throw guardFailure(file, result)
  } catch (thrown) {
    if (!(thrown instanceof Refusal)) throw thrown
    await tellRefusal(file, thrown.finding, output)
  }
}

async function load(
  program: Program,
  name: string,
  params: Readonly<Record<string, string>>
): Promise<{ readonly about: About }> {
  await using sandbox = await Sandbox.open({ program, name, params })
  return { about: sandbox.about }
}

async function guardOver(
  program: Program,
  name: string,
  flags: SignalCheckFlags
): Promise<Guarded> {
  const { feed: feeds = [], symbol: symbols } = flags
  const { from, to, params, roots } = readScope(flags)
  const cache = await openCache(flags.cacheDir, roots)
  await using pool = new BuildPool()
  const scope = { roots, feeds, symbols, from, to, cache, pool }
  const guarded = await guard({ program, name, params, scope })
  const { verdict } = guarded
  if (verdict.kind === 'refused') throw new Refusal(verdict)
  return guarded
}
