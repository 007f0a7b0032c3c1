// The command line: commands, options and exit codes. The code of a command is loaded when it runs, so that help and the
// archive commands do not wait for the rest.
import { Command, CommanderError, Option } from 'commander'
import { exitCodeOf } from '#crds/errors.ts'
import type { Query } from '#data/model/query.ts'
import type { ValidateOptions } from './commands/validate.ts'
import { readVersion } from './commands/version.ts'
import { collect, examples, outputOption } from './flags.ts'
import { endWithOutput, flush, type Output, printError } from './output.ts'
import { addAgent } from './program-agent.ts'
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
Exit codes: 0 ok, 1 failed, 2 wrong usage, 3 data or resources are invalid.`

/** Runs one command line and sets the exit code. */
export async function runCommandLine(args: readonly string[]): Promise<void> {
  endWithOutput()
  const program = buildProgram(await queriesFor(args))
  try {
    if (args.length === 0) process.stdout.write(WELCOME)
    else await program.parseAsync(helpFor(args), { from: 'user' })
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

/** `ssmd help data sample` as well as `ssmd help data`: commander alone supports only one level. */
function helpFor(args: readonly string[]): string[] {
  const [first, ...rest] = args
  return first === 'help' && rest.length > 1 ? [...rest, '--help'] : [...args]
}

function finish(thrown: unknown): number {
  if (!(thrown instanceof CommanderError)) {
    printError(thrown)
    return exitCodeOf(thrown)
  }
  // Help and version have already been printed.
  return thrown.exitCode === 0 || thrown.code === 'commander.help' ? 0 : 2
}

export function buildProgram(queries: readonly Query[]): Command {
  const program = new Command('ssmd')
    .description('Market data capture that you declare in git and can prove on disk')
    .helpCommand('help [command]', 'flags and examples of a command')
    .helpOption('-h, --help', 'show this')
    .version(`ssmd ${readVersion()}`, '-V, --version', 'show the version')
    // `feed show --version v2` is a flag of that command.
    .enablePositionalOptions()
    .showSuggestionAfterError(true)
    .exitOverride()
    .configureOutput({ outputError: (text, print) => print(usageText(text)) })
    .configureHelp({ showGlobalOptions: false })
  program.addHelpText('after', EXIT_CODES)
  addUp(program)
  addValidate(program)
  addRepository(program)
  addImport(program)
  addFeed(program)
  addSchema(program)
  addData(program, queries)
  addSignals(program)
  addAgent(program)
  addApiKeys(program)
  addLooking(program)
  addRoles(program)
  addOperator(program)
  addSteering(program)
  addHelp(program)
  program
    .command('version')
    .description('show the version of ssmd and of Node')
    .action(async () => {
      const { runVersion } = await import('./commands/version.ts')
      await runVersion()
    })
  return program
}

/** Commander's own messages in our form: `ssmd: …`, what to do below, and the code. */
function usageText(text: string): string {
  const [first = '', ...rest] = text
    .trim()
    .replace(/^error: /, '')
    .split('\n')
  const hint = rest.join(' ').replace(/^\(|\)$/g, '')
  return `ssmd: ${first} (SSMD_E_USAGE)\n  ${hint || 'run ssmd help for the list of commands'}\n`
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
        'Checks Feeds, Environments and Archives in *.yaml, *.yml and *.json, and the references between them. ' +
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
