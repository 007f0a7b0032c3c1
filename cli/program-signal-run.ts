// `ssmd signal run`: the role of a Signal, as the operator and `ssmd up` call it, and as a person may by hand.

import type { Command } from 'commander'
import { collect, examples } from './flags.ts'
import { outliveOutput } from './output.ts'
import { healthOption, natsCredentialsOption } from './program-roles.ts'

export function addSignalRun(signal: Command): void {
  examples(
    signal
      .command('run')
      .summary('role: runs a signal over live events')
      .description(
        'Runs one Signal over what is captured now: its fires are the feed signal-<name>, and go to its sinks. It stores every second ' +
          'where it is, and continues there.'
      )
      .requiredOption('--signal <file>', 'the Signal')
      .requiredOption('--env <file>', 'the Environment')
      .requiredOption('--feed <file>', 'a Feed that it reads; may be given several times', collect)
      .option('--keys <folder>', 'NATS credentials as files: <folder>/<name>/nats.creds')
      .option(
        '--sinks <folder>',
        'Secrets of sinks as files: <folder>/<secret>/<key> (default: /etc/ssmd/sinks)'
      )
      .addOption(natsCredentialsOption())
      .addOption(healthOption()),
    `
  ssmd signal run --signal signal.yaml --env environment.yaml --feed kraken.yaml
  ssmd signal run --signal signal.yaml --env environment.yaml --feed kraken.yaml --feed coinbase.yaml --sinks secrets`
  ).action(async (options: SignalRunFlags) => {
    const { runSignal } = await import('#signals/live/main.ts')
    outliveOutput()
    await runSignal({
      signalFile: options.signal,
      environmentFile: options.env,
      feedFiles: options.feed,
      ...(options.healthAddr === undefined ? {} : { healthAddr: options.healthAddr }),
      ...(options.keys === undefined ? {} : { keysDir: options.keys }),
      ...(options.sinks === undefined ? {} : { sinksDir: options.sinks }),
      ...(options.natsCreds === undefined ? {} : { natsCredentials: options.natsCreds }),
    })
  })
}

type SignalRunFlags = {
  readonly signal: string
  readonly env: string
  readonly feed: readonly string[]
  readonly healthAddr?: string
  readonly keys?: string
  readonly sinks?: string
  readonly natsCreds?: string
}
