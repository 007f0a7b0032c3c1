// `ssmd signal`: how its commands are called.
import { type Command, Option } from 'commander'
import type { SignalOutput } from './commands/signal-source.ts'
import { examples } from './flags.ts'
import { addBacktest } from './program-signal-backtest.ts'
import { addLive } from './program-signal-live.ts'
import { addSignalRun } from './program-signal-run.ts'
import { addRuns } from './program-signal-runs.ts'

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
  addRuns(signal)
  addLive(signal)
  addSignalRun(signal)
}
