// The command line: commands, options and exit codes. The code of a command is loaded when it runs, so that help and the
// archive commands do not wait for the rest.
import { Command, CommanderError, Option } from 'commander'
import { exitCodeOf, usageError } from '#crds/errors.ts'
import { nearest } from '#crds/suggest.ts'
import type { Query } from '#data/model/query.ts'
import type { ValidateOptions } from './commands/validate.ts'
import { readVersion } from './commands/version.ts'
import { collect, examples, outputOption } from './flags.ts'
import { endWithOutput, flush, type Output, printError } from './output.ts'
import { addAgent, addMcp } from './program-agent.ts'
import { addApiKeys } from './program-api-key.ts'
import { addData } from './program-data.ts'
import { addFeed } from './program-feed.ts'
import { addHelp } from './program-help.ts'
import { addImport } from './program-import.ts'
import { addLooking } from './program-look.ts'
import { addOperator } from './program-operator.ts'
import { addRepository } from './program-repository.ts'
import { addRoles } from './program-roles.ts'
import { addSchema } from './program-schema.ts'
import { addSignals } from './program-signal.ts'
import { addSteering } from './program-steer.ts'

const WELCOME = `ssmd captures market data that you declare in YAML, and proves it on disk.

  npx ssmd up               run all of it here and watch data arrive; Ctrl-C stops it
  npx ssmd validate         check the YAML in exchanges/
  npx ssmd data list        the days in the archive
  npx ssmd data sample kalshi today --limit 3
  npx ssmd data verify      prove that the files hold what their manifests say

  npx ssmd help <command>   flags and examples of one command
`

const EXIT_CODES = `
ssmd alone says how to begin, ssmd help <command> what a command takes.
Exit codes: 0 ok, 1 failed, 2 wrong usage, 3 data or resources are invalid.`

/** Runs one command line and sets the exit code. */
export async function runCommandLine(args: readonly string[]): Promise<void> {
  endWithOutput()
  const program = buildProgram(await queriesFor(args), args)
  try {
    if (args.length === 0) process.stdout.write(WELCOME)
    else await program.parseAsync(helpFor(program, args), { from: 'user' })
  } catch (thrown) {
    process.exitCode = finish(thrown)
    await flush()
    process.exit()
  }
}

/** What the data commands are made from; no other command waits for it. */
async function queriesFor(args: readonly string[]): Promise<readonly Query[]> {
  // Also behind `help`, and behind `complete --`.
  if (!args.slice(0, 3).includes('data')) return []
  const [{ QUERIES }, { query }] = await Promise.all([
    import('#data/queries/index.ts'),
    import('#data/sql/query.ts'),
  ])
  return [...QUERIES, query]
}

/** `ssmd help data sample` as well as `ssmd help data`: commander alone supports only one level, and takes any word. */
function helpFor(program: Command, args: readonly string[]): string[] {
  const [first, ...rest] = args
  if (first !== 'help' || rest.length === 0) return [...args]
  const { command, words } = commandOf(program, rest)
  const unknown = rest[words.length]
  if (unknown === undefined || unknown === 'help' || unknown.startsWith('-'))
    return [...words, '--help']
  const names = command.commands.map((one) => one.name())
  const near = nearest(unknown, names)
  throw usageError(
    `unknown command '${[...words, unknown].join(' ')}'`,
    near === undefined ? 'run ssmd help for the list of commands' : `Did you mean ${near}?`
  )
}

function finish(thrown: unknown): number {
  if (!(thrown instanceof CommanderError)) {
    printError(thrown)
    return exitCodeOf(thrown)
  }
  // Help and version have already been printed.
  return thrown.exitCode === 0 || thrown.code === 'commander.help' ? 0 : 2
}

type Group = {
  readonly title: string
  /** The commands that it adds. */
  readonly names: readonly string[]
  readonly add: (program: Command, queries: readonly Query[]) => void
}

/** In the order of the help, under their titles. */
export const GROUPS: readonly Group[] = [
  { title: 'Start:', names: ['up'], add: addUp },
  { title: 'Start:', names: ['validate'], add: addValidate },
  {
    title: 'Declare:',
    names: ['init', 'env', 'key', 'archive', 'diff', 'commit'],
    add: addRepository,
  },
  { title: 'Declare:', names: ['feed'], add: addFeed },
  { title: 'Declare:', names: ['schema'], add: addSchema },
  { title: 'Declare:', names: ['import'], add: addImport },
  { title: 'Read and compute:', names: ['data'], add: addData },
  { title: 'Read and compute:', names: ['signal'], add: addSignals },
  { title: 'Read and compute:', names: ['agent'], add: addAgent },
  { title: 'Read and compute:', names: ['mcp'], add: addMcp },
  { title: 'Read and compute:', names: ['api-key'], add: addApiKeys },
  {
    title: 'Look:',
    names: ['doctor', 'plan', 'status', 'top', 'logs', 'events'],
    add: addLooking,
  },
  { title: 'Steer a cluster:', names: ['rollout', 'pause', 'resume'], add: addSteering },
  {
    title: 'Programs, which up and the operator start:',
    names: ['connector', 'archiver', 'data-api', 'simulator'],
    add: addRoles,
  },
  {
    title: 'Programs, which up and the operator start:',
    names: ['operator'],
    add: addOperator,
  },
  { title: 'Help:', names: ['explain', 'completion', 'complete'], add: addHelp },
  { title: 'Help:', names: ['version'], add: addVersion },
]

/** What speaks of all commands. */
const NEED_ALL = ['complete', 'completion']

/** The command line for these arguments: all of it, unless they name a command, which then waits for no other. */
export function buildProgram(queries: readonly Query[], args: readonly string[] = []): Command {
  const program: Command = new Command('ssmd')
    .description('Market data capture that you declare in git and can prove on disk')
    .addHelpCommand(
      new Command('help')
        .argument('[command]')
        .description('flags and examples of a command')
        .helpOption(false)
        .helpGroup('Help:')
    )
    .helpOption('-h, --help', 'show this')
    .version(`ssmd ${readVersion()}`, '-V, --version', 'show the version')
    // `feed show --version v2` is a flag of that command.
    .enablePositionalOptions()
    .showSuggestionAfterError(true)
    .exitOverride()
    .configureOutput({ outputError: (text, print) => print(usageText(text, program, args)) })
    .configureHelp({ showGlobalOptions: false, subcommandTerm: termOf })
  program.addHelpText('after', EXIT_CODES)
  const [asked = ''] = args
  const named = GROUPS.filter(({ names }) => names.includes(asked) && !NEED_ALL.includes(asked))
  for (const { add, title } of named.length > 0 ? named : GROUPS) {
    const known = new Set(program.commands)
    add(program, queries)
    for (const command of program.commands) if (!known.has(command)) command.helpGroup(title)
  }
  return program
}

/** Without `[options]`, which nearly every command has: the lines are shorter. */
const termOf = (command: Command): string =>
  [
    command.name(),
    ...command.registeredArguments.map((argument) => {
      const name = `${argument.name()}${argument.variadic ? '...' : ''}`
      return argument.required ? `<${name}>` : `[${name}]`
    }),
  ].join(' ')

function addVersion(program: Command): void {
  program
    .command('version')
    .description('show the version of ssmd and of Node')
    .action(async () => {
      const { runVersion } = await import('./commands/version.ts')
      await runVersion()
    })
}

/** Commander's own messages in our form: `ssmd: …`, what to do below, and the code. */
function usageText(text: string, program: Command, args: readonly string[]): string {
  const [first = '', ...rest] = text
    .trim()
    .replace(/^error: /, '')
    .replace('command-argument value', 'the value')
    .split('\n')
  const hint = rest.join(' ').replace(/^\(|\)$/g, '') || nearestChoice(first)
  const { words } = commandOf(program, args)
  const where =
    words.length === 0 ? 'ssmd help for the list of commands' : `ssmd ${words.join(' ')} --help`
  return `ssmd: ${first} (SSMD_E_USAGE)\n  ${hint || `run ${where}`}\n`
}

/** Of `'bsh' is invalid … Allowed choices are bash, zsh.` the one that was probably meant. */
function nearestChoice(message: string): string | undefined {
  const [, value = '', choices = ''] =
    /'([^']*)' is invalid.* Allowed choices are (.*)[.]$/.exec(message) ?? []
  if (choices === '') return undefined
  const near = nearest(value, choices.split(', '))
  return near === undefined ? undefined : `Did you mean ${near}?`
}

/** The command that the words lead to, and those words; what is no command ends them. */
function commandOf(program: Command, args: readonly string[]) {
  const words: string[] = []
  let command = program
  for (const word of args) {
    const next = command.commands.find((one) => one.name() === word)
    if (next === undefined) break
    words.push(word)
    command = next
  }
  return { command, words }
}

function addUp(program: Command): void {
  examples(
    program
      .command('up')
      .summary('run all feeds of a folder on this computer')
      .description(
        'Runs what a folder of resources declares on this computer: NATS, simulators, connectors and archivers. ' +
          'It restarts processes that die and applies edits of the YAML. Ctrl-C stops it in order; nothing captured is lost.'
      )
      .argument('[path]', 'file or folder of resources', 'exchanges')
      .option('--data <folder>', 'where archives, streams and logs are kept', './data')
      .option(
        '--environment <name>',
        'only this Environment, suspended or not; may be given several times',
        collect
      )
      .addOption(new Option('--env <name>').argParser(collect).hideHelp())
      .addOption(outputOption()),
    `
  ssmd up                          run everything declared in exchanges/, data in ./data
  ssmd up --data /mnt/ssmd         keep the data elsewhere
  ssmd up --environment live       run this Environment only, also if it is suspended
  ssmd up | tee ssmd.log           plain lines instead of the live table
  ssmd up --output json            one JSON object a line, for a program to read`
  ).action(async (path: string, { data, environment = [], env = [], output }: UpFlags) => {
    const { runUp } = await import('./commands/up.ts')
    await runUp({ path, data, environments: [...environment, ...env], output })
  })
}

type UpFlags = {
  readonly data: string
  readonly environment?: readonly string[]
  /** The former name of `environment`. */
  readonly env?: readonly string[]
  readonly output: Output
}

function addValidate(program: Command): void {
  examples(
    program
      .command('validate')
      .summary('check resource files')
      .description(
        'Checks resources in *.yaml, *.yml and *.json as an API server would, and what it cannot: references, addresses, ' +
          'days without a version, sizes that do not fit, archives in one folder, schemas, and secrets in any file. ' +
          'Kustomizations in overlays/ are rendered and checked too. ' +
          'Refuses what kubectl would read differently, such as an unquoted NO or 1_000.'
      )
      .argument('[path]', 'file or folder of resources (default: the nearest folder exchanges)')
      .option('--check-keys', 'also whether the variables of keys are set in this shell')
      .addOption(
        new Option('-o, --output <form>', 'how to print the result')
          .choices(['table', 'json', 'sarif', 'github'])
          .default('table')
      ),
    `
  ssmd validate                              the nearest folder exchanges
  ssmd validate exchanges/feeds/kalshi.yaml  one file
  ssmd validate --check-keys                 also the keys, before ssmd up
  ssmd validate --output github              annotations in a workflow`
  ).action(async (path: string | undefined, options: ValidateFlags) => {
    const { runValidate } = await import('./commands/validate.ts')
    await runValidate({ path, ...options })
  })
}

type ValidateFlags = Omit<ValidateOptions, 'path'>
