// `ssmd init`, `ssmd env`, `ssmd key` and `ssmd archive`: how they are called.
import { type Command, Option } from 'commander'
import { usageError } from '#crds/errors.ts'
import type { ArchiveFlags } from './commands/archives.ts'
import type { ClusterDiffFlags } from './commands/cluster-diff.ts'
import type { AddKeyFlags, EnvFlags } from './commands/environments.ts'
import type { InitFlags } from './commands/init.ts'
import type { CheckFlags } from './commands/keys.ts'
import type { CommitFlags, DiffFlags } from './commands/repository-diff.ts'
import type { ReadFlags } from './commands/shown.ts'
import {
  clusterOptions,
  collect,
  examples,
  outputOption,
  pathOption,
  readOutputOption,
  wholeNumber,
  writeOptions,
} from './flags.ts'

export function addRepository(program: Command): void {
  addInit(program)
  addEnv(program)
  addKey(program)
  addArchive(program)
  addGit(program)
}

function addInit(program: Command): void {
  examples(
    program
      .command('init')
      .summary('create a repository of feeds')
      .description(
        'Creates exchanges/ with a simulated feed, an Environment for this computer and an Archive; overlays for a cluster, ' +
          'with what Argo CD and Flux need; and a workflow that checks pull requests. Files that exist stay as they are.'
      )
      .argument('[folder]', 'the folder of the repository (default: this one)')
      .option('--bare', 'only the folders, without resources')
      .option('--dry-run', 'show what would be written, and write nothing')
      .addOption(outputOption()),
    `
  ssmd init                 in this folder
  ssmd init feeds && cd feeds && ssmd up`
  ).action(async (folder: string | undefined, flags: InitFlags) => {
    const { runInit } = await import('./commands/init.ts')
    await runInit(folder, flags)
  })
}

const readOptions = (command: Command): Command =>
  command.addOption(pathOption()).addOption(readOutputOption())

/** A flag of the original that is another command now. */
const movedOption = (flags: string, message: string, hint: string): Option =>
  new Option(flags).hideHelp().argParser(() => {
    throw usageError(message, hint)
  })

const feedNameOptions = (command: Command): Command =>
  command
    .option(
      '--feed <name>',
      'the feeds, instead of those it has; may be given several times',
      collect
    )
    .option('--add-feed <name>', 'one more feed; may be given several times', collect)
    .option('--remove-feed <name>', 'one feed less; may be given several times', collect)

const environmentOptions = (command: Command): Command =>
  feedNameOptions(command)
    .option(
      '--simulate <feed>',
      'feeds that the simulator plays; may be given several times',
      collect
    )
    .option('--nats-url <url>', 'address of NATS: nats://… or tls://…')
    .addOption(new Option('--transport.url <url>').hideHelp())
    .option('--schema <name:version>', 'wire schema of blocks: block:v1')
    .option('--suspend', 'stop every capture of it')
    .option('--no-suspend', 'capture again')
    .option('--timezone <zone>', 'time zone of its trading day, such as America/New_York')
    .option('--day-start <HH:MM>', 'when that day begins')
    .option('--day-end <HH:MM>', 'when it ends')
    .addOption(
      new Option('--transport.type <type>').hideHelp().argParser((type: string) => {
        if (type !== 'nats')
          throw usageError(
            `--transport.type ${type}: frames travel over NATS alone`,
            'leave it out'
          )
        return type
      })
    )
    .addOption(
      movedOption(
        '--storage.path <folder>',
        'files are the affair of an Archive, not of an Environment',
        'write ssmd archive create <name> --environment <environment> --folder <folder>'
      )
    )
    .addOption(
      movedOption(
        '--storage.type <type>',
        'files are the affair of an Archive, not of an Environment',
        'write ssmd archive create <name> --environment <environment> --folder <folder>'
      )
    )

type EnvironmentOptions = EnvFlags & { readonly 'transport.url'?: string }

/** The original's `--transport.url` is `--nats-url`. */
const namedUrl = (flags: EnvironmentOptions): EnvFlags => {
  const url = flags.natsUrl ?? flags['transport.url']
  return url === undefined ? flags : { ...flags, natsUrl: url }
}

function addEnv(program: Command): void {
  const env = examples(
    program
      .command('env')
      .summary('the environments of the repository')
      .description('Shows and writes Environments: where and how feeds run.'),
    `
  ssmd env list
  ssmd env create local --feed kraken
  ssmd env update local --add-feed coinbase`
  )
  const load = () => import('./commands/environments.ts')
  readOptions(env.command('list').description('Shows the Environments of the repository.')).action(
    async (flags: ReadFlags) => (await load()).runEnvList(flags)
  )
  readOptions(
    env.command('show').description('Shows one Environment.').argument('<name>', 'the environment')
  ).action(async (name: string, flags: ReadFlags) => (await load()).runEnvShow(name, flags))
  examples(
    writeOptions(
      environmentOptions(
        env
          .command('create')
          .description('Writes environments/<name>.yaml.')
          .argument('<name>', 'the environment')
      )
    ),
    `
  ssmd env create local --feed kraken --feed kalshi --simulate kalshi
  ssmd env create prod --feed kraken --nats-url tls://nats.example.com:4222`
  ).action(async (name: string, flags: EnvironmentOptions) =>
    (await load()).runEnvCreate(name, namedUrl(flags))
  )
  examples(
    writeOptions(
      environmentOptions(
        env
          .command('update')
          .description('Changes an Environment in its file; comments and everything else stay.')
          .argument('<name>', 'the environment')
      )
    ),
    `
  ssmd env update local --add-feed coinbase
  ssmd env update local --suspend`
  ).action(async (name: string, flags: EnvironmentOptions) =>
    (await load()).runEnvUpdate(name, namedUrl(flags))
  )
  examples(
    writeOptions(
      env
        .command('add-key')
        .description('Declares a key and where it is read. The key itself never goes into a file.')
        .argument('<env>', 'the environment')
        .argument('<key>', 'name of the key: that of the feed, or of its exchange')
        .addOption(
          new Option('--type <type>', 'type of the credential')
            .choices(['apiKey', 'api_key'])
            .argParser(() => 'apiKey')
            .default('apiKey')
        )
        .requiredOption('--fields <names>', 'its fields, with commas between')
        .requiredOption(
          '--source <source>',
          'env:VARIABLE,VARIABLE (one for each field), or secret:<name>'
        )
        .addOption(new Option('--required').hideHelp())
    ),
    `
  ssmd env add-key local kalshi --fields apiKey,privateKey --source env:KALSHI_API_KEY,KALSHI_PRIVATE_KEY
  ssmd env add-key prod kalshi --fields apiKey,privateKey --source secret:kalshi`
  ).action(async (name: string, key: string, flags: AddKeyFlags) =>
    (await load()).runEnvAddKey(name, key, flags)
  )
}

function addKey(program: Command): void {
  const key = examples(
    program
      .command('key')
      .summary('keys of exchanges, and whether they can be read')
      .description('Shows what an Environment says of its keys. No value of a key is printed.'),
    `
  ssmd key list local
  ssmd key verify local`
  )
  const load = () => import('./commands/keys.ts')
  const ofEnvironment = (name: string, text: string): Command =>
    readOptions(key.command(name).description(text).argument('<env>', 'the environment'))
  ofEnvironment('list', 'Shows the keys of an Environment.').action(
    async (name: string, flags: ReadFlags) => (await load()).runKeyList(name, flags)
  )
  readOptions(
    key
      .command('show')
      .description('Shows one key: its fields and where they are read.')
      .argument('<env>', 'the environment')
      .argument('<key>', 'the key')
  ).action(async (name: string, one: string, flags: ReadFlags) =>
    (await load()).runKeyShow(name, one, flags)
  )
  ofEnvironment('check', 'Shows for each field whether it is set in this shell.')
    .option('--key <name>', 'only this key')
    .action(async (name: string, flags: CheckFlags) =>
      (await load()).runKeyCheck(name, flags, false)
    )
  ofEnvironment('verify', 'The same, and fails if one is missing.')
    .option('--key <name>', 'only this key')
    .action(async (name: string, flags: CheckFlags) =>
      (await load()).runKeyCheck(name, flags, true)
    )
}

const archiveOptions = (command: Command): Command =>
  feedNameOptions(command)
    .option('--environment <name>', 'the Environment whose feeds it keeps')
    .option('--folder <path>', 'keep the files in this folder')
    .option(
      '--claim-size <size>',
      'in a cluster: keep them in a new claim of this size, such as 100Gi'
    )
    .option('--claim <name>', 'in a cluster: keep them in this claim')
    .option('--max-age <duration>', 'a new file after this time, such as 1h')
    .option('--max-bytes <size>', 'or when its lines reach this size, such as 256Mi')
    .option('--commit-interval <duration>', 'how often records are committed to disk')
    .addOption(
      new Option('--retention-days <n>', 'remove days older than this').argParser(
        wholeNumber(1, 36_500)
      )
    )

function addArchive(program: Command): void {
  const archive = examples(
    program
      .command('archive')
      .summary('the archives of the repository')
      .description('Shows and writes Archives: which feeds to keep, where, and how long.'),
    `
  ssmd archive list
  ssmd archive create local --environment local --folder data`
  )
  const load = () => import('./commands/archives.ts')
  readOptions(archive.command('list').description('Shows the Archives of the repository.')).action(
    async (flags: ReadFlags) => (await load()).runArchiveList(flags)
  )
  readOptions(
    archive.command('show').description('Shows one Archive.').argument('<name>', 'the archive')
  ).action(async (name: string, flags: ReadFlags) => (await load()).runArchiveShow(name, flags))
  examples(
    writeOptions(
      archiveOptions(
        archive
          .command('create')
          .description('Writes archives/<name>.yaml.')
          .argument('<name>', 'the archive')
      )
    ),
    `
  ssmd archive create local --environment local
  ssmd archive create prod --environment prod --feed kraken --claim-size 200Gi --retention-days 365`
  ).action(async (name: string, flags: ArchiveFlags) =>
    (await load()).runArchiveCreate(name, flags)
  )
  examples(
    writeOptions(
      archiveOptions(
        archive
          .command('update')
          .description('Changes an Archive in its file; comments and everything else stay.')
          .argument('<name>', 'the archive')
      )
    ),
    `
  ssmd archive update local --add-feed coinbase
  ssmd archive update local --retention-days 90`
  ).action(async (name: string, flags: ArchiveFlags) =>
    (await load()).runArchiveUpdate(name, flags)
  )
}

function addGit(program: Command): void {
  const load = () => import('./commands/repository-diff.ts')
  examples(
    clusterOptions(
      program
        .command('diff')
        .summary('what differs from the last commit, or from a cluster')
        .description(
          'Shows in words what the resources say else than at the last commit of git. With --cluster: what server-side apply would change in ' +
            'a cluster, and which captures would restart, and why. It changes nothing.'
        )
        .addOption(pathOption())
        .option('--against <folder>', 'compare with another folder of resources, without git')
        .option('--exit-code', 'exit with 1 if anything differs')
        .option('--cluster', 'compare with a cluster')
        .option(
          '--field-manager <name>',
          'with --cluster: who would apply, server-side (default: as it was applied before)'
        )
        .option(
          '--prune',
          'with --cluster: resources that the repository does not have are removed, as Argo CD and Flux do'
        )
    ).addOption(outputOption()),
    `
  ssmd diff
  ssmd diff --against ../production/exchanges
  ssmd diff --exit-code || echo "something changed"
  ssmd diff --cluster --context prod -n capture
  ssmd diff --cluster --prune -n ssmd`
  ).action(async (flags: DiffFlags & ClusterDiffFlags & { readonly cluster?: boolean }) => {
    if (!flags.cluster) {
      const alone = ['namespace', 'context', 'kubeconfig', 'fieldManager', 'prune'] as const
      if (alone.some((name) => flags[name] !== undefined))
        throw usageError('a cluster is named, and nothing is asked of it', 'add --cluster')
      return (await load()).runDiff(flags)
    }
    if (flags.against !== undefined)
      throw usageError('--cluster and --against are two things to compare with', 'give one of them')
    const { runClusterDiff } = await import('./commands/cluster-diff.ts')
    return runClusterDiff(flags)
  })
  examples(
    program
      .command('commit')
      .summary('validate and commit the resources')
      .description(
        'Validates, shows what changed, and commits the changed files of the resources alone: whatever else is staged stays staged. ' +
          'It never pushes.'
      )
      .requiredOption('-m, --message <text>', 'message of the commit')
      .option('--no-validate', 'commit also what is not valid')
      .option('--dry-run', 'show what would be committed')
      .addOption(pathOption())
      .addOption(outputOption()),
    `
  ssmd commit -m 'Capture Kraken'`
  ).action(async (flags: CommitFlags) => (await load()).runCommit(flags))
}
