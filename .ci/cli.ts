// Writes docs/reference/cli.md from the declarations of the commands and from the variables that the sources read; with --check it only
// compares. A variable that the table below does not explain, or that no source reads, is an error.

import { readFile, writeFile } from 'node:fs/promises'
import type { Argument, Command, Option } from 'commander'
import { QUERIES } from '#data/queries/index.ts'
import { query as sql } from '#data/sql/query.ts'
import { buildProgram } from '../cli/program.ts'
import { wrap } from '../cli/text.ts'
import { isForTests } from './arrows.ts'
import { readSources } from './sources.ts'

export const CLI_PAGE = new URL('../docs/reference/cli.md', import.meta.url)
const WIDTH = 100
const ROOT = new URL('..', import.meta.url).pathname

/** What a person may set; `ssmd` itself sets those that begin with "Set by". */
const VARIABLES: Readonly<Record<string, string>> = {
  SSMD_API_KEY:
    'A key of the data API: commands that ask one send it; `ssmd data-api` accepts it for everything, beside those of its file.',
  SSMD_API_KEYS:
    'The file of keys that `ssmd api-key` writes and `ssmd data-api` reads, as `--api-keys`.',
  SSMD_CACHE_DIR:
    'Folder of the columnar cache; `~/.cache/ssmd/events` without it. Never inside an archive.',
  SSMD_DATA_PATH:
    'The archive that `ssmd data` reads without `--path`, `data` without it; also that of `ssmd data-api`.',
  SSMD_DATA_URL: 'The data API that `ssmd data` asks without `--path` and `--url`.',
  SSMD_LOG_LEVEL:
    'How much the programs log: `trace`, `debug`, `info` (the default), `warn`, `error`, `fatal`.',
  SSMD_NATS_SERVER: 'The nats-server that `ssmd up` runs; without it one is found or built.',
  SSMD_PARENT:
    'Set by `ssmd up` for its programs: they end when the process of this number has ended.',
  SSMD_MODEL: 'The model that `ssmd agent` asks, as `--model`; `claude-sonnet-5-5` without it.',
  SSMD_RUNS:
    'Where `ssmd signal backtest` keeps runs, as `--runs`; `runs` beside the folder `exchanges` without it.',
}

const HEAD = `# Commands

<!-- Generated from cli by .ci/cli.ts: run \`npm run format\` to update it. -->

Every command shows the same with \`--help\`. Exit codes: 0 ok, 1 failed, 2 wrong usage, 3 data or
resources are invalid. Errors and their codes: [errors.md](errors.md).
`

export function renderCommands(program: Command): string {
  const commands = allOf(program)
  return [
    HEAD,
    '| command | does |',
    '|---|---|',
    ...commands.map(
      (one) =>
        `| [${nameOf(one)}](#${nameOf(one).replaceAll(' ', '-')}) | ${cell(plain(shortOf(one)))} |`
    ),
    '',
    ...commands.flatMap(sectionOf),
    '## Environment variables',
    '',
    '| variable | meaning |',
    '|---|---|',
    ...Object.entries(VARIABLES).map(([name, meaning]) => `| \`${name}\` | ${cell(meaning)} |`),
    '',
  ].join('\n')
}

/** Commands that do something, in the order of the help; groups are named by their members. */
const allOf = (program: Command): Command[] =>
  program
    .createHelp()
    .visibleCommands(program)
    .filter((command) => command.name() !== 'help')
    .flatMap((command) => (command.commands.length === 0 ? [command] : allOf(command)))

const nameOf = (command: Command): string =>
  command.parent === null ? command.name() : `${nameOf(command.parent)} ${command.name()}`

const shortOf = (command: Command): string =>
  command.summary() || command.description().split(/(?<=[.]) /)[0] || ''

function sectionOf(command: Command): string[] {
  const options = command.options.filter(({ hidden }) => !hidden)
  const rows = [...command.registeredArguments.map(argumentRow), ...options.map(optionRow)]
  const examples = examplesOf(command)
  return [
    `## ${nameOf(command)}`,
    '',
    ...wrap(plain(command.description()), WIDTH),
    '',
    '```',
    `${nameOf(command)} ${command.usage()}`.trim(),
    '```',
    '',
    ...(rows.length === 0 ? [] : ['| | meaning |', '|---|---|', ...rows, '']),
    ...(examples.length === 0 ? [] : ['```sh', ...examples, '```', '']),
  ]
}

const argumentRow = (argument: Argument): string =>
  row(argument.required ? `<${argument.name()}>` : `[${argument.name()}]`, [
    argument.description,
    ...facts(argument.argChoices, argument.defaultValue),
  ])

const optionRow = (option: Option): string =>
  row(option.flags, [
    option.description,
    ...facts(option.argChoices, option.negate ? undefined : option.defaultValue),
    ...(option.mandatory ? ['required'] : []),
  ])

/** Markdown takes `<name>` for HTML. */
const plain = (text: string): string => text.replaceAll('<', '\\<')

const facts = (choices: readonly string[] | undefined, usual: unknown): string[] => [
  ...(choices === undefined ? [] : [`one of ${choices.join(', ')}`]),
  ...(usual === undefined || Array.isArray(usual) ? [] : [`default ${String(usual)}`]),
]

const row = (name: string, texts: readonly string[]): string =>
  `| \`${cell(name)}\` | ${cell(plain(texts.filter((text) => text !== '').join('; ')))} |`

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ')

/** From the help itself: commander keeps no list of what was added to it. */
function examplesOf(command: Command): string[] {
  let help = ''
  command.configureOutput({
    writeOut: (text) => {
      help += text
    },
  })
  command.outputHelp()
  const [, examples = ''] = help.split('\nExamples:\n')
  const lines = examples.split('\n').map((line) => line.replace(/^ {2}/, ''))
  const end = lines.indexOf('')
  return end < 0 ? lines : lines.slice(0, end)
}

/** Variables that sources read and the table lacks, and the reverse. */
export function variableProblems(
  sources: readonly { readonly path: string; readonly text: string }[],
  table: Readonly<Record<string, string>> = VARIABLES
): string[] {
  const read = new Map<string, string>()
  for (const { path, text } of sources) {
    const ships = /^(cli|operator|workloads|crds)\//.test(path) && !isForTests(path)
    if (!ships) continue
    for (const [name] of text.matchAll(/\bSSMD_(?!E_)[A-Z_]*[A-Z]\b/g))
      if (!read.has(name)) read.set(name, path)
  }
  return [
    ...[...read]
      .filter(([name]) => !Object.hasOwn(table, name))
      .map(([name, path]) => `${path}: ${name} is not explained in .ci/cli.ts`),
    ...Object.keys(table)
      .filter((name) => !read.has(name))
      .map((name) => `.ci/cli.ts: nothing reads ${name}`),
  ]
}

if (import.meta.main) {
  const problems = variableProblems(await readSources(ROOT))
  const wanted = renderCommands(buildProgram([...QUERIES, sql]))
  if (!process.argv.includes('--check')) await writeFile(CLI_PAGE, wanted)
  else if ((await readFile(CLI_PAGE, 'utf8').catch(() => '')) !== wanted)
    problems.push('docs/reference/cli.md is not what the commands say: npm run format')
  for (const problem of problems) console.error(problem)
  if (problems.length > 0) process.exitCode = 1
}
