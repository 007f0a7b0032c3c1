// `ssmd signal deploy`, `list`, `logs` and `stop`: how they are called.
import { type Command, Option } from 'commander'
import type { LogsFlags } from './commands/logs.ts'
import type { ReadFlags } from './commands/shown.ts'
import type { DeployFlags } from './commands/signal-deploy.ts'
import type { WriteFlags } from './commands/written.ts'
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

export function addLive(signal: Command): void {
  addDeploy(signal)
  examples(
    signal
      .command('list')
      .summary('the signals of the repository')
      .description(
        'Lists the Signals that are declared, and whether the program beside each is the one that it runs.'
      )
      .addOption(pathOption())
      .addOption(readOutputOption()),
    `
  ssmd signal list
  ssmd signal list --output json`
  ).action(async (flags: ReadFlags) => {
    const { runSignalList } = await import('./commands/signal-list.ts')
    await runSignalList(flags)
  })
  examples(
    clusterOptions(
      signal
        .command('logs')
        .summary('what a signal says')
        .description('Shows the log of the runner of a signal: of ssmd up, or of a cluster.')
        .argument('<name>', 'the signal')
        .option('-f, --follow', 'continue with what it writes next')
        .addOption(
          new Option('--tail <n>', 'how many lines to begin with')
            .default(200)
            .argParser(wholeNumber(0, 1_000_000))
        )
        .option('--data <folder>', 'the data folder of ssmd up', './data')
        .addOption(outputOption())
    ),
    `
  ssmd signal logs my-spread --follow
  ssmd signal logs my-spread -n capture --context prod`
  ).action(async (name: string, flags: LogsFlags) => {
    const { runLogs } = await import('./commands/logs.ts')
    await runLogs(name, flags, ['signal'])
  })
  examples(
    writeOptions(
      signal
        .command('stop')
        .summary('stop a signal')
        .description(
          'Sets spec.suspend of the Signal. Its fires, and what it knows, stay; ssmd signal deploy runs it again.'
        )
        .argument('<name>', 'the signal')
    ),
    `
  ssmd signal stop my-spread
  ssmd signal stop my-spread --dry-run`
  ).action(async (name: string, flags: WriteFlags) => {
    const { runSignalStop } = await import('./commands/signal-list.ts')
    await runSignalStop(name, flags)
  })
}

function addDeploy(signal: Command): void {
  const deploy = signal
    .command('deploy')
    .summary('make a signal run live')
    .description(
      'Checks the program, runs its guards over an archive, writes its text into spec.source of <name>.yaml beside it and commits the ' +
        'two. Argo CD, Flux or ssmd up then runs it. Ends with 3 if the program is refused or fails a guard.'
    )
    .argument('<file>', 'the program, such as exchanges/signals/my-spread.ts')
    .option('--feed <name>', 'a feed that it reads; may be given several times', collect)
    .option('--symbol <name>', 'only this instrument; may be given several times', collect)
    .option('--environment <name>', 'the Environment (default: the only one)')
    .option('--param <name=value>', 'instead of the default; may be given several times', collect)
    .option(
      '--sink <name=address>',
      'where fires are sent: hook=https://…, phone=ntfy+https://<server>/<topic>, chat=slack:<secret>/<key>, ' +
        'mail=mailto:<to>?from=<from>&secret=<secret>/<key>; may be given several times',
      collect
    )
    .addOption(
      new Option(
        '--mode <mode>',
        'how it reads: nothing is lost (log), or least delay (fast)'
      ).choices(['log', 'fast'])
    )
    .option('-m, --message <text>', 'of the commit')
    .option('--push', 'also push the commit')
    .option('--apply', 'also apply the Signal to the cluster')
    .option('--dry-run', 'check and guard, and write nothing')
    .option('--no-guards', 'deploy without guards')
    .option(
      '-p, --path <folder>',
      'root of the archive that guards run over, or <name>=<folder>; may be given several times',
      collect
    )
    .option('--from <time>', 'of the guards: from this day or time on (default: the newest day)')
    .option('--to <time>', 'of the guards: before this day or time')
    .option(
      '--cache-dir <folder>',
      'where tables of events are kept (default: SSMD_CACHE_DIR, or ~/.cache/ssmd/events)'
    )
    .addOption(
      new Option('-o, --output <form>', 'how to print the result')
        .choices(['text', 'json'])
        .default('text')
    )
  examples(
    clusterOptions(deploy),
    `
  ssmd signal deploy exchanges/signals/my-spread.ts --feed kraken
  ssmd signal deploy exchanges/signals/my-spread.ts --sink hook=https://hooks.example.com/fires --push`
  ).action(async (file: string, flags: DeployFlags) => {
    const { runSignalDeploy } = await import('./commands/signal-deploy.ts')
    await runSignalDeploy(file, flags)
  })
}
