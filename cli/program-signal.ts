// `ssmd signal`: how its commands are called.
import { type Command, Option } from 'commander'
import type { SignalBacktestFlags } from './commands/signal-backtest.ts'
import type { SignalOutput } from './commands/signal-source.ts'
import { collect, examples } from './flags.ts'
import { addLive } from './program-signal-live.ts'
import { addSignalRun } from './program-signal-run.ts'

const outputOption = (): Option =>
  new Option('-o, --output <form>', 'how to print the result')
    .choices(['text', 'json'] satisfies SignalOutput[])
    .default('text')

export function addSignals(program: Command): void {
  const signal = examples(
    program
      .command('signal')
      .summary('write signals, and run them over archives')
      .description(
        'A signal is one TypeScript file that is shown market events in order and fires. It runs in a sandbox.'
      ),
    `
  ssmd signal new my-spread
  ssmd signal check exchanges/signals/my-spread.ts
  ssmd signal backtest exchanges/signals/my-spread.ts --feed kraken --from 2026-11-24`
  )
  examples(
    signal
      .command('new')
      .summary('write a signal to begin with')
      .description('Writes <name>.ts, and the types that an editor shows beside it.')
      .argument('<name>', 'its id: lower-case letters, digits and hyphens')
      .option('--dir <folder>', 'where it is written', 'exchanges/signals'),
    `
  ssmd signal new my-spread
  ssmd signal new my-spread --dir research`
  ).action(async (name: string, { dir }: { dir: string }) => {
    const { runSignalNew } = await import('./commands/signal-new.ts')
    await runSignalNew(name, dir)
  })
  examples(
    signal
      .command('check')
      .summary('check the source of a signal')
      .description(
        'Checks what the source says, and loads it in the sandbox. Ends with 3 if it is refused, with identifier and line.'
      )
      .argument('<file>', 'the source')
      .addOption(outputOption()),
    `
  ssmd signal check exchanges/signals/my-spread.ts
  ssmd signal check exchanges/signals/my-spread.ts --output json`
  ).action(async (file: string, { output }: { output: SignalOutput }) => {
    const { runSignalCheck } = await import('./commands/signal-check.ts')
    await runSignalCheck(file, output)
  })
  addBacktest(signal)
  addLive(signal)
  addSignalRun(signal)
}

function addBacktest(signal: Command): void {
  examples(
    signal
      .command('backtest')
      .summary('run a signal over archives')
      .description(
        'Shows the signal every event of the feeds in the order in which it was received, and keeps its fires and a manifest of the ' +
          'run. Ends with 0 if it ran, 3 if it was refused or stopped, or failed the prefix test.'
      )
      .argument('<file>', 'the source')
      .option('--feed <name>', 'a feed; may be given several times', collect)
      .option(
        '--from <time>',
        'from this day or time on, in UTC: 2026-11-24 or 2026-11-24T15:30:00Z'
      )
      .option('--to <time>', 'before this day or time (default: to the end of the archive)')
      .option('--symbol <name>', 'only this instrument; may be given several times', collect)
      .option('--param <name=value>', 'instead of the default; may be given several times', collect)
      .option('--guard', 'also run the prefix test: no fire may depend on a later event')
      .option(
        '-p, --path <folder>',
        'root of an archive, or <name>=<folder>; may be given several times',
        collect
      )
      .option(
        '--runs <folder>',
        'where runs are kept (default: SSMD_RUNS, or runs beside the folder exchanges)'
      )
      .option(
        '--cache-dir <folder>',
        'where tables of events are kept (default: SSMD_CACHE_DIR, or ~/.cache/ssmd/events)'
      )
      .addOption(outputOption()),
    `
  ssmd signal backtest exchanges/signals/spread-monitor.ts --feed kraken --from 2026-11-24
  ssmd signal backtest my.ts --feed kraken --from 2026-11-24 --to 2026-11-25 --guard
  ssmd signal backtest my.ts --feed kalshi --from 2026-11-24 --param threshold=3 -o json | jq .firesHash`
  ).action(async (file: string, flags: SignalBacktestFlags) => {
    const { runSignalBacktest } = await import('./commands/signal-backtest.ts')
    await runSignalBacktest(file, flags)
  })
}
