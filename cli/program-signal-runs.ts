// `ssmd signal runs`, `show`, `compare` and `reproduce`: how they are called.
import { type Command, Option } from 'commander'
import type { SignalReproduceFlags } from './commands/signal-reproduce.ts'
import type { RunsFlags } from './commands/signal-runs.ts'
import type { SignalOutput } from './commands/signal-source.ts'
import { collect, examples } from './flags.ts'

const runsOption = (): Option =>
  new Option(
    '--runs <folder>',
    'where runs are kept (default: SSMD_RUNS, or runs beside the nearest folder exchanges)'
  )

const outputOption = (...forms: readonly string[]): Option =>
  new Option('-o, --output <form>', 'how to print the result').choices(forms).default('text')

export function addRuns(signal: Command): void {
  examples(
    signal
      .command('runs')
      .summary('list the runs that are kept')
      .description('Shows every run, by signal and time; of one signal if it is named.')
      .argument('[signal]', 'the id of a signal')
      .addOption(runsOption())
      .addOption(outputOption('text', 'json')),
    `
  ssmd signal runs
  ssmd signal runs my-spread --output json`
  ).action(async (signal: string | undefined, flags: RunsFlags<SignalOutput>) => {
    const { runSignalRuns } = await import('./commands/signal-runs.ts')
    await runSignalRuns(signal, flags)
  })
  examples(
    signal
      .command('show')
      .summary('show the card of a run')
      .description('Prints the card of a run again. The id may be cut to its last characters.')
      .argument('<run>', 'the id of a run')
      .addOption(runsOption())
      .addOption(outputOption('text', 'json', 'html')),
    `
  ssmd signal show 20261124T120000Z-0a1b2c3d
  ssmd signal show 0a1b2c3d -o html > card.html`
  ).action(async (run: string, flags: RunsFlags<SignalOutput | 'html'>) => {
    const { runSignalShow } = await import('./commands/signal-runs.ts')
    await runSignalShow(run, flags)
  })
  examples(
    signal
      .command('compare')
      .summary('show two runs side by side')
      .description(
        'Shows what two runs were made of and came to, where they differ, and which fires only one of them has.'
      )
      .argument('<a>', 'the id of a run')
      .argument('<b>', 'the id of another')
      .addOption(runsOption())
      .addOption(outputOption('text', 'json')),
    `
  ssmd signal compare 0a1b2c3d 4e5f6071`
  ).action(async (a: string, b: string, flags: RunsFlags<SignalOutput>) => {
    const { runSignalCompare } = await import('./commands/signal-compare.ts')
    await runSignalCompare(a, b, flags)
  })
  addReproduce(signal)
}

function addReproduce(signal: Command): void {
  examples(
    signal
      .command('reproduce')
      .summary('run a kept run again')
      .description(
        'Runs the signal of a run again over an archive, and compares the fires by their hash. Names days that are missing or differ. ' +
          'Ends with 0 if the fires are the same, else with 3. Nothing is kept: it is no trial.'
      )
      .argument('<file>', 'run.json of a run; its source is beside it')
      .option(
        '-p, --path <folder>',
        'root of an archive, or <name>=<folder>; may be given several times',
        collect
      )
      .option(
        '--cache-dir <folder>',
        'where tables of events are kept (default: SSMD_CACHE_DIR, or ~/.cache/ssmd/events)'
      )
      .addOption(outputOption('text', 'json')),
    `
  ssmd signal reproduce runs/my-spread/20261124T120000Z-0a1b2c3d/run.json
  ssmd signal reproduce run.json --path /mnt/copy`
  ).action(async (file: string, flags: SignalReproduceFlags) => {
    const { runSignalReproduce } = await import('./commands/signal-reproduce.ts')
    await runSignalReproduce(file, flags)
  })
}
