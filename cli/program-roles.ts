// The commands of the roles, as the operator and `ssmd up` call them, and as a person may by hand.
import { type Command, Option } from 'commander'
import { usageError } from '#crds/errors.ts'
import { readVersion } from './commands/version.ts'
import { collect, examples, wholeNumber } from './flags.ts'
import { outliveOutput } from './output.ts'

export const healthOption = (): Option =>
  new Option(
    '--health-addr <host:port>',
    'serve /livez, /readyz and /metrics there; port 0 takes a free one'
  )

export const natsCredentialsOption = (): Option =>
  new Option(
    '--nats-creds <file>',
    'NATS credentials: a .creds file or an NKey seed; with ssmd up: data/.ssmd/users/<deployment>.nk'
  )

export function addRoles(program: Command): void {
  examples(
    program
      .command('connector')
      .summary('role: captures a feed from its exchange to NATS')
      .description("Captures one Feed: reads the exchange's frames and publishes them to NATS.")
      .requiredOption('--feed <file>', 'the Feed')
      .requiredOption('--env <file>', 'the Environment')
      .option(
        '--shard <k>',
        'which of the connectors of spec.connector.shards it is, from 0 (default: 0)',
        wholeNumber(0, 63)
      )
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
      ...(options.shard === undefined ? {} : { shard: options.shard }),
      ...(options.healthAddr === undefined ? {} : { healthAddr: options.healthAddr }),
      ...(options.keys === undefined ? {} : { keysDir: options.keys }),
      ...(options.natsCreds === undefined ? {} : { natsCredentials: options.natsCreds }),
    })
  })

  examples(
    program
      .command('archiver')
      .summary('role: archives from NATS to files')
      .description(
        'Writes one Archive: reads what connectors published to NATS and commits it to files.'
      )
      .requiredOption('--archive <file>', 'the Archive')
      .requiredOption('--env <file>', 'the Environment')
      .option('--data <folder>', 'root of the archive, instead of spec.storage of the Archive')
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

  addDataApi(program)

  examples(
    program
      .command('simulator')
      .summary('role: simulates exchanges on this computer')
      .description(
        "Speaks an exchange's protocol on this computer: a generated market, or recordings. What it sends is no market data."
      )
      .argument('<exchange...>', 'exchanges to simulate, on one port')
      .option(
        '--replay <path...>',
        'play these recordings (files or folders) instead of a generated market'
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
      .option('--faults <file>', 'YAML list of faults to inject')
      .option('--env <file>', 'take options not given here from spec.simulator of this Environment')
      .option(
        '--feed <file>',
        'simulate what this Feed describes (for an exchange without an adapter)'
      )
      .option('--journal <file>', 'log every data frame that is sent to this file, one line each')
      .addOption(healthOption()),
    `
  ssmd simulator kalshi
  ssmd simulator kalshi --port 9000 --seed 7 --rate 1000
  ssmd simulator kalshi --replay recordings/ --speed max`
  ).action(async (exchanges: string[], options: SimulatorFlags) => {
    if (options.speed !== undefined && !/^(max|\d{1,6}(\.\d{1,3})?)$/.test(options.speed))
      throw usageError(`--speed ${options.speed}: expected a number or max`)
    const { env, faults, feed, ...rest } = options
    const { runSimulator } = await import('../workloads/simulator/main.ts')
    outliveOutput()
    await runSimulator({
      exchanges,
      ...rest,
      ...(env === undefined ? {} : { environmentFile: env }),
      ...(faults === undefined ? {} : { faultsFile: faults }),
      ...(feed === undefined ? {} : { feedFile: feed }),
    })
  })
}

function addDataApi(program: Command): void {
  examples(
    program
      .command('data-api')
      .summary('role: serves archives over HTTP, and the page')
      .description('Answers queries over archives, and shows them on a page.')
      .addOption(
        new Option(
          '-p, --path <folder>',
          'root of an archive, or <name>=<folder>; may be given several times (default: SSMD_DATA_PATH)'
        ).argParser(collect)
      )
      .option(
        '--demo',
        'serve the recordings that come with ssmd; beside other archives as the feeds demo.…'
      )
      .addOption(
        new Option(
          '--listen <host:port>',
          'address of the API; other than loopback only with keys; port 0 takes a free one'
        ).default('127.0.0.1:8080')
      )
      .addOption(
        new Option(
          '--api-keys <folder>',
          'keys that ssmd api-key made, without which no request is answered; SSMD_API_KEY is one more, for everything'
        ).env('SSMD_API_KEYS')
      )
      .addOption(
        new Option(
          '--cache-dir <folder>',
          'folder of the columnar cache, never inside an archive (default: SSMD_CACHE_DIR, or ~/.cache/ssmd/events)'
        )
      )
      .addOption(
        new Option(
          '--env <file>',
          'what is captured now: an Environment with the Feeds that it names, a file or a folder; may be given several times'
        ).argParser(collect)
      )
      .option('--keys <folder>', 'NATS credentials as files: <folder>/<name>/nats.creds')
      .addOption(natsCredentialsOption())
      .addOption(healthOption()),
    `
  ssmd data-api --path data
  ssmd data-api --demo
  ssmd data-api --path data --path live=data/live --listen 127.0.0.1:0
  ssmd data-api --path data --env exchanges
  ssmd data-api --path data --api-keys data/.ssmd/api-keys --listen 0.0.0.0:8080
  SSMD_API_KEY=… ssmd data-api --path data --listen 0.0.0.0:8080`
  ).action(async (options: DataApiFlags) => {
    const { SSMD_DATA_PATH, SSMD_API_KEY } = process.env
    const { runDataApi } = await import('#data/main.ts')
    outliveOutput()
    await runDataApi({
      paths: options.path ?? (SSMD_DATA_PATH && !options.demo ? [SSMD_DATA_PATH] : []),
      ...(options.demo ? { demo: true } : {}),
      listen: options.listen,
      version: readVersion(),
      ...(SSMD_API_KEY ? { apiKey: SSMD_API_KEY } : {}),
      ...(options.apiKeys === undefined ? {} : { apiKeys: options.apiKeys }),
      ...(options.cacheDir === undefined ? {} : { cacheDir: options.cacheDir }),
      ...(options.env === undefined ? {} : { environmentFiles: options.env }),
      ...(options.keys === undefined ? {} : { keysDir: options.keys }),
      ...(options.natsCreds === undefined ? {} : { natsCredentials: options.natsCreds }),
      ...(options.healthAddr === undefined ? {} : { healthAddr: options.healthAddr }),
    })
  })
}

type DataApiFlags = {
  readonly demo?: boolean
  readonly path?: readonly string[]
  readonly listen: string
  readonly apiKeys?: string
  readonly cacheDir?: string
  readonly env?: readonly string[]
  readonly keys?: string
  readonly natsCreds?: string
  readonly healthAddr?: string
}
type RoleFlags = {
  readonly env: string
  readonly keys?: string
  readonly natsCreds?: string
  readonly healthAddr?: string
}
type ConnectorFlags = RoleFlags & { readonly feed: string; readonly shard?: number }
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
  readonly feed?: string
  readonly env?: string
  readonly journal?: string
  readonly healthAddr?: string
}
