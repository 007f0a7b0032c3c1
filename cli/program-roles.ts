// The roles, as the operator and `ssmd up` call them, and as anybody can by hand.
import { type Command, Option } from 'commander'
import { examples, wholeNumber } from './flags.ts'
import { outliveOutput, usageError } from './output.ts'

const healthOption = (): Option =>
  new Option(
    '--health-addr <host:port>',
    'serve /livez, /readyz and /metrics there; port 0 takes a free one'
  )

const natsCredentialsOption = (): Option =>
  new Option(
    '--nats-creds <file>',
    'who it is on NATS: credentials or an NKey seed; beside ssmd up: data/.ssmd/users/<deployment>.nk'
  )

export function addRoles(program: Command): void {
  examples(
    program
      .command('connector')
      .summary('role: from an exchange to NATS')
      .description("Captures one Feed: reads the exchange's frames and publishes them to NATS.")
      .requiredOption('--feed <file>', 'the Feed')
      .requiredOption('--env <file>', 'the Environment')
      .option(
        '--keys <folder>',
        'keys and NATS credentials as files: <folder>/<name>/<field> (default: /etc/ssmd/keys)'
      )
      .addOption(natsCredentialsOption())
      .addOption(healthOption()),
    `
  ssmd connector --feed exchanges/feeds/kalshi.yaml --env exchanges/environments/local.yaml
  ssmd connector --feed feed.yaml --env environment.yaml --health-addr 127.0.0.1:8080`
  ).action(async (options: ConnectorFlags) => {
    const { runConnector } = await import('../workloads/connector/main.ts')
    outliveOutput()
    await runConnector({
      feedFile: options.feed,
      environmentFile: options.env,
      ...(options.healthAddr === undefined ? {} : { healthAddr: options.healthAddr }),
      ...(options.keys === undefined ? {} : { keysDir: options.keys }),
      ...(options.natsCreds === undefined ? {} : { natsCredentials: options.natsCreds }),
    })
  })

  examples(
    program
      .command('archiver')
      .summary('role: from NATS to files')
      .description(
        'Writes one Archive: takes what connectors published from NATS and commits it to files.'
      )
      .requiredOption('--archive <file>', 'the Archive')
      .requiredOption('--env <file>', 'the Environment')
      .option('--data <folder>', 'root of the archive, in place of spec.storage of the Archive')
      .option('--keys <folder>', 'NATS credentials as files: <folder>/<name>/nats.creds')
      .addOption(natsCredentialsOption())
      .addOption(healthOption()),
    `
  ssmd archiver --archive exchanges/archives/kalshi-local.yaml --env exchanges/environments/local.yaml`
  ).action(async (options: ArchiverFlags) => {
    const { runArchiver } = await import('../workloads/archiver/main.ts')
    outliveOutput()
    await runArchiver({
      archiveFile: options.archive,
      environmentFile: options.env,
      ...(options.healthAddr === undefined ? {} : { healthAddr: options.healthAddr }),
      ...(options.data === undefined ? {} : { data: options.data }),
      ...(options.keys === undefined ? {} : { keysDir: options.keys }),
      ...(options.natsCreds === undefined ? {} : { natsCredentials: options.natsCreds }),
    })
  })

  examples(
    program
      .command('simulator')
      .summary('role: an exchange that runs here')
      .description(
        "Speaks an exchange's protocol on this computer: a generated market, or recordings. What it sends is no market data."
      )
      .argument('<exchange>', 'kalshi')
      .option(
        '--replay <path...>',
        'play these recordings (files or folders) in place of a generated market'
      )
      .option('--speed <x>', '1 as recorded, N times as fast, or max')
      .option('--host <address>', 'address to listen on (default: 127.0.0.1)')
      .addOption(
        new Option('--port <n>', 'port to listen on; 0 takes a free one (default: 8980)').argParser(
          wholeNumber(0, 65_535)
        )
      )
      .addOption(
        new Option('--seed <n>', 'same seed, same market').argParser(wholeNumber(0, 4_294_967_295))
      )
      .addOption(
        new Option('--rate <n>', 'frames a second of the generated market').argParser(
          wholeNumber(1, 10_000_000)
        )
      )
      .addOption(
        new Option('--markets <n>', 'open markets of the generated market').argParser(
          wholeNumber(1, 100_000)
        )
      )
      .option('--faults <file>', 'YAML list of faults: what goes wrong, and when')
      .option('--env <file>', 'take what is not given here from spec.simulator of this Environment')
      .option('--journal <file>', 'write down every data frame as it is sent, a line each')
      .addOption(healthOption()),
    `
  ssmd simulator kalshi
  ssmd simulator kalshi --port 9000 --seed 7 --rate 1000
  ssmd simulator kalshi --replay recordings/ --speed max`
  ).action(async (exchange: string, options: SimulatorFlags) => {
    if (options.speed !== undefined && !/^(max|\d{1,6}(\.\d{1,3})?)$/.test(options.speed))
      throw usageError(`--speed ${options.speed}: expected a number or max`)
    const { env, faults, ...rest } = options
    const { runSimulator } = await import('../workloads/simulator/main.ts')
    outliveOutput()
    await runSimulator({
      exchange,
      ...rest,
      ...(env === undefined ? {} : { environmentFile: env }),
      ...(faults === undefined ? {} : { faultsFile: faults }),
    })
  })
}

type RoleFlags = {
  readonly env: string
  readonly keys?: string
  readonly natsCreds?: string
  readonly healthAddr?: string
}
type ConnectorFlags = RoleFlags & { readonly feed: string }
type ArchiverFlags = RoleFlags & { readonly archive: string; readonly data?: string }

type SimulatorFlags = {
  readonly replay?: string[]
  readonly speed?: string
  readonly host?: string
  readonly port?: number
  readonly seed?: number
  readonly rate?: number
  readonly markets?: number
  readonly faults?: string
  readonly env?: string
  readonly journal?: string
  readonly healthAddr?: string
}
