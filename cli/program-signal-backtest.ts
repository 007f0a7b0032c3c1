// `ssmd signal backtest` and `sweep`: how they are called. Both take the same archives, time and model of fills.
import { type Command, InvalidArgumentError, Option } from 'commander'
import type { SignalBacktestFlags } from './commands/signal-backtest.ts'
import type { SignalSweepFlags } from './commands/signal-sweep.ts'
import { collect, examples, wholeNumber } from './flags.ts'

const positive = (text: string): number => {
  const value = Number(text)
  if (Number.isFinite(value) && value > 0) return value
  throw new InvalidArgumentError('Expected a number above 0.')
}

/** Which events are read. */
const scopeOptions = (command: Command): Command =>
  command
    .option('--feed <name>', 'a feed; may be given several times', collect)
    .option('--from <time>', 'from this day or time on, in UTC: 2026-11-24 or 2026-11-24T15:30:00Z')
    .option('--to <time>', 'before this day or time (default: to the end of the archive)')
    .option('--symbol <name>', 'only this instrument; may be given several times', collect)

/** How fires are traded on the card. */
const modelOptions = (command: Command): Command =>
  command
    .option('--latency <duration>', 'a fire trades at the quote so much later', '100ms')
    .option('--hold <duration>', 'how long a position is held, or settlement', '5m')
    .addOption(new Option('--size <n>', 'units of a position').default(1).argParser(positive))
    .addOption(
      new Option('--entry <kind>', 'take the quote, or wait at the own side for a trade beyond it')
        .choices(['taker', 'maker'])
        .default('taker')
    )
    .option(
      '--fee <rates>',
      'share of the value of a trade: 0.001, or taker=0.001,maker=0.0002 (default: what the exchange charges, if it is known)'
    )
    .addOption(
      new Option('--seed <n>', 'of the random moments that fires are compared with')
        .default(1)
        .argParser(wholeNumber(0, 2 ** 31))
    )

/** Where things are. */
const placeOptions = (command: Command): Command =>
  command
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

export function addBacktest(signal: Command): void {
  const backtest = signal
    .command('backtest')
    .summary('run a signal over archives')
    .description(
      'Shows the signal every event of the feeds in the order in which it was received, and keeps its fires, a card of what they were ' +
        'worth and a manifest of the run. Ends with 0 if it ran, 3 if it was refused or stopped, or failed a guard.'
    )
    .argument('<file>', 'the source')
  scopeOptions(backtest)
    .option('--param <name=value>', 'instead of the default; may be given several times', collect)
    .option(
      '--guard',
      'also run the guards: no fire may depend on a later event, or on how it is run'
    )
    .addOption(
      new Option('--require <what>', 'refuse a window with a gap or without a day').choices([
        'complete',
      ])
    )
  modelOptions(backtest)
  placeOptions(backtest).addOption(
    new Option('-o, --output <form>', 'how to print the result; html: the card as one file')
      .choices(['text', 'json', 'html'])
      .default('text')
  )
  examples(
    backtest,
    `
  ssmd signal backtest exchanges/signals/spread-monitor.ts --feed kraken --from 2026-11-24
  ssmd signal backtest my.ts --feed kraken --from 2026-11-24 --to 2026-11-25 --guard
  ssmd signal backtest my.ts --feed kalshi --from 2026-11-24 --hold settlement -o html > card.html
  ssmd signal backtest my.ts --feed kalshi --from 2026-11-24 --param threshold=3 -o json | jq .firesHash`
  ).action(async (file: string, flags: SignalBacktestFlags) => {
    const { runSignalBacktest } = await import('./commands/signal-backtest.ts')
    await runSignalBacktest(file, flags)
  })
  addSweep(signal)
}

function addSweep(signal: Command): void {
  const sweep = signal
    .command('sweep')
    .summary('run a signal with many parameters')
    .description(
      'Runs the signal once for each combination of parameters, on all cores, and shows the best first. Each is a trial: the deflated ' +
        'Sharpe ratio of all of them counts with the number of trials. With --folds it chooses the best on a part of the time and tries ' +
        'it on the part behind, several times.'
    )
    .argument('<file>', 'the source')
  scopeOptions(sweep).option(
    '--param <name=values>',
    'values a,b,c or from:to:step; may be given several times',
    collect
  )
  modelOptions(sweep)
    .addOption(
      new Option('--by <measure>', 'what the best is')
        .choices(['sharpe', 'net', 'profit-factor', 'fires'])
        .default('sharpe')
    )
    .addOption(
      new Option('--folds <n>', 'number of folds of a walk forward').argParser(wholeNumber(1, 1000))
    )
    .option('--train <duration>', 'of a fold: where parameters are chosen, such as 7d')
    .option('--test <duration>', 'of a fold: where the best of them are tried, such as 1d')
    .option('--embargo <duration>', 'between the two, so that no position spans both', '0s')
    .addOption(
      new Option('--jobs <n>', 'runs at a time (default: one for each core)').argParser(
        wholeNumber(1, 256)
      )
    )
  placeOptions(sweep).addOption(
    new Option('-o, --output <form>', 'how to print the result')
      .choices(['text', 'json'])
      .default('text')
  )
  examples(
    sweep,
    `
  ssmd signal sweep my.ts --feed kraken --from 2026-11-24 --param threshold=0.02,0.05,0.1
  ssmd signal sweep my.ts --feed kraken --from 2026-11-24 --param threshold=1:5:0.5 --param window=10,60 --by net
  ssmd signal sweep my.ts --feed kraken --from 2026-11-01 --to 2026-11-30 --param threshold=1:5:1 --folds 4 --train 7d --test 2d --embargo 1h`
  ).action(async (file: string, flags: SignalSweepFlags) => {
    const { runSignalSweep } = await import('./commands/signal-sweep.ts')
    await runSignalSweep(file, flags)
  })
}
