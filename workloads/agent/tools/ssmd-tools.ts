// Commands of ssmd as tools: what a person would type, with the same checks and words. The command runs in a process of its own, with a list
// of arguments that is made here.

import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { SsmdError, usageError } from '#crds/errors.ts'
import type { Json, JsonObject, Preview, Tool, ToolAnswer, ToolContext } from '#data/tools/tool.ts'
import { type ProgramResult, runProgram } from './programs.ts'
import { writeWhole } from './repository-file.ts'

export type SsmdOptions = {
  /** What starts ssmd: the program and its first arguments. */
  readonly command: readonly [file: string, ...args: string[]]
  /** The folder that holds `exchanges`. */
  readonly repository: string
  readonly env: NodeJS.ProcessEnv
  /** Where archives are, as flags of the commands; empty over a data API: backtests need the archive itself. */
  readonly paths: readonly string[]
}

const BYTES = 4 * 1024 * 1024
const BUDGET = 16_384
const LOOK_MS = 60_000
const BACKTEST_MS = 1_800_000

const ID = { type: 'string', pattern: '^[a-z][a-z0-9-]{0,62}$' }
const NAMES = {
  type: 'array',
  items: { type: 'string', minLength: 1, maxLength: 100 },
  minItems: 1,
  maxItems: 50,
}
const DAY = { type: 'string', pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9:.]{2,18}Z?)?$' }
const PARAMS = {
  type: 'object',
  description: 'Parameters of the signal, instead of their defaults.',
  additionalProperties: { type: ['string', 'number', 'boolean'] },
}
const object = (properties: object, required: readonly string[] = []) => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
})

export function ssmdTools(options: SsmdOptions): Tool[] {
  return [
    command(
      options,
      'feed_show',
      'A Feed as the repository declares it.',
      object({ feed: ID }, ['feed']),
      ({ feed }) => ['feed', 'show', String(feed), '--output', 'json']
    ),
    command(
      options,
      'validate',
      'Checks every resource of the repository: schema, rules, references, secrets. Findings with file and line.',
      object({}),
      () => ['validate', '--output', 'json'],
      [0, 3]
    ),
    command(
      options,
      'diff',
      'What changed in the repository since the last commit, in words.',
      object({}),
      () => ['diff', '--output', 'json'],
      [0, 1]
    ),
    command(
      options,
      'feed_plan',
      'Connections, messages and bytes a day, retention: what the resources would cost.',
      object({}),
      () => ['plan', '--output', 'json']
    ),
    signalWrite(options),
    command(
      options,
      'signal_check',
      'Checks a signal and loads it in the sandbox; a refusal names identifier and line.',
      object({ name: ID }, ['name']),
      ({ name }) => ['signal', 'check', fileOf(options, name), '--output', 'json'],
      [0, 3]
    ),
    backtest(options),
    command(
      options,
      'runs',
      'Runs of backtests that are kept, the latest last.',
      object({ signal: ID }),
      ({ signal }) => [
        'signal',
        'runs',
        ...(signal === undefined ? [] : [String(signal)]),
        '--output',
        'json',
      ]
    ),
    command(
      options,
      'run_card',
      'The card of one run: fires, coverage, outcomes, fills.',
      object({ run: { type: 'string', pattern: '^[A-Za-z0-9/_-]{1,128}$' } }, ['run']),
      ({ run }) => ['signal', 'show', String(run), '--output', 'json']
    ),
    command(
      options,
      'compare',
      'Two runs side by side.',
      object(
        {
          a: { type: 'string', pattern: '^[A-Za-z0-9/_-]{1,128}$' },
          b: { type: 'string', pattern: '^[A-Za-z0-9/_-]{1,128}$' },
        },
        ['a', 'b']
      ),
      ({ a, b }) => ['signal', 'compare', String(a), String(b), '--output', 'json']
    ),
    signalDeploy(options),
  ]
}

const fileOf = ({ repository }: SsmdOptions, name: Json | undefined): string =>
  join(repository, 'exchanges', 'signals', `${name}.ts`)

function command(
  options: SsmdOptions,
  name: string,
  description: string,
  input: object,
  argsOf: (input: JsonObject) => readonly string[],
  good: readonly number[] = [0]
): Tool {
  return {
    name,
    class: 'read',
    description,
    input: input as Tool['input'],
    budget: BUDGET,
    run: async (given, context) => {
      const result = await runSsmd(options, argsOf(given), context, LOOK_MS)
      return answerOf(result, good)
    },
  }
}

const runSsmd = (
  { command: [file, ...first], repository, env }: SsmdOptions,
  args: readonly string[],
  { signal }: ToolContext,
  timeoutMs: number
): Promise<ProgramResult> =>
  runProgram(file, [...first, ...args], {
    env: { ...env, NO_COLOR: '1' },
    cwd: repository,
    signal,
    timeoutMs,
    maxBytes: BYTES,
  })

function answerOf({ code, stdout, stderr }: ProgramResult, good: readonly number[]): ToolAnswer {
  if (!good.includes(code)) {
    throw new SsmdError(
      'SSMD_E_USAGE',
      (stderr || stdout).trim().slice(0, 4000) || `it ended with ${code}`
    )
  }
  const body = parsed(stdout)
  const notes = stderr.trim()
  return {
    body: { ...body, ...(notes === '' ? {} : { notes: notes.slice(0, 2000) }) },
    summary: code === 0 ? 'done' : `ended with ${code}`,
  }
}

function parsed(text: string): JsonObject {
  try {
    const value = JSON.parse(text) as Json
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as JsonObject
    return { answer: value }
  } catch {
    return { text }
  }
}

/** The source is shown as it will be written. */
function signalWrite(options: SsmdOptions): Tool {
  const previewOf = async (input: JsonObject): Promise<Preview> => {
    const source = String(input.source)
    const path = `exchanges/signals/${input.name}.ts`
    const old = await readFile(join(options.repository, path), 'utf8').catch(
      (error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return undefined
        throw error
      }
    )
    return {
      title:
        old === undefined
          ? `write ${path}`
          : old === source
            ? `leave ${path} as it is`
            : `replace ${path}`,
      text: source,
      sha256: createHash('sha256').update(source).digest('hex'),
      target: path,
    }
  }
  return {
    name: 'signal_write',
    class: 'write',
    description:
      'Writes the TypeScript source of a signal into exchanges/signals/<name>.ts. Its id must be the name. See the skill custom-signal.',
    input: object({ name: ID, source: { type: 'string', minLength: 1, maxLength: 65_536 } }, [
      'name',
      'source',
    ]),
    budget: BUDGET,
    preview: previewOf,
    run: async (input, context) => {
      await writeWhole(
        options.repository,
        ['exchanges', 'signals', `${input.name}.ts`],
        String(input.source)
      )
      const check = await runSsmd(
        options,
        ['signal', 'check', fileOf(options, input.name), '--output', 'json'],
        context,
        LOOK_MS
      )
      const verdict = check.code === 0 ? 'accepted' : 'refused'
      return {
        body: { file: `exchanges/signals/${input.name}.ts`, verdict, ...parsed(check.stdout) },
        summary: `written, ${verdict} by the sandbox`,
      }
    },
  }
}

function backtest(options: SsmdOptions): Tool {
  return {
    name: 'backtest',
    class: 'compute',
    description:
      'Runs a signal over the archive itself and keeps the run: verdict, fires, card, missing days, gaps. Look at the data with coverage first.',
    input: object(
      {
        name: ID,
        feeds: NAMES,
        from: DAY,
        to: DAY,
        symbols: NAMES,
        params: PARAMS,
        guard: { type: 'boolean', description: 'The tests for looking ahead as well.' },
      },
      ['name', 'feeds', 'from']
    ),
    budget: BUDGET,
    unavailable: () =>
      options.paths.length === 0 ? 'backtests read an archive: start with --path' : undefined,
    run: async (input, context) => {
      const {
        name,
        feeds,
        from,
        to,
        symbols = [],
        params = {},
        guard,
      } = input as {
        name: string
        feeds: readonly string[]
        from: string
        to?: string
        symbols?: readonly string[]
        params?: JsonObject
        guard?: boolean
      }
      const args = [
        ...['signal', 'backtest', fileOf(options, name), '--from', from, '--output', 'json'],
        ...feeds.flatMap((feed) => ['--feed', feed]),
        ...symbols.flatMap((symbol) => ['--symbol', symbol]),
        ...(to === undefined ? [] : ['--to', to]),
        ...Object.entries(params).flatMap(([key, value]) => ['--param', `${key}=${value}`]),
        ...options.paths.flatMap((path) => ['--path', path]),
        ...(guard === true ? ['--guard'] : []),
      ]
      const result = await runSsmd(options, args, context, BACKTEST_MS)
      const { body } = answerOf(result, [0, 3])
      const { counts, verdict } = body as {
        counts?: { fires?: number; events?: number }
        verdict?: { kind?: string }
      }
      return {
        body,
        summary: `${counts?.fires ?? 0} fires in ${counts?.events ?? 0} events, ${verdict?.kind ?? 'refused'}`,
      }
    },
  }
}

/** Commits two files and applies nothing: what is deployed is what git says. */
function signalDeploy(options: SsmdOptions): Tool {
  const argsOf = ({ name, feeds, environment }: JsonObject): string[] => {
    if (typeof name !== 'string') throw usageError('signal_deploy: name is missing')
    return [
      ...['signal', 'deploy', fileOf(options, name)],
      ...((feeds ?? []) as readonly string[]).flatMap((feed) => ['--feed', feed]),
      ...(environment === undefined ? [] : ['--environment', String(environment)]),
    ]
  }
  return {
    name: 'signal_deploy',
    class: 'write',
    description:
      'Checks and guards a signal, writes its Signal resource with the source, and commits the two files. Nothing is pushed or applied.',
    input: object({ name: ID, feeds: NAMES, environment: ID }, ['name']),
    budget: BUDGET,
    preview: async (input, context) => {
      const result = await runSsmd(options, [...argsOf(input), '--dry-run'], context, LOOK_MS * 5)
      if (result.code !== 0)
        throw new SsmdError('SSMD_E_USAGE', (result.stderr || result.stdout).trim().slice(0, 4000))
      const text = result.stdout
      return {
        title: `commit the Signal ${input.name}`,
        text,
        sha256: createHash('sha256').update(text).digest('hex'),
        target: `signal/${input.name}`,
      }
    },
    run: async (input, context) => {
      const result = await runSsmd(options, argsOf(input), context, LOOK_MS * 5)
      return answerOf(result, [0])
    },
  }
}
