// The commands that read an archive, as they are called.
import { type Command, Option } from 'commander'
import type { Query } from '#data/model/query.ts'
import { collect, examples, outputOption, wholeNumber, wideOutputOption } from './flags.ts'
import type { Output, WideOutput } from './output.ts'
import { addQueries } from './query-commands.ts'

/** The first value takes the place of the default. */
const collectPaths = (value: string, before: readonly string[]): readonly string[] =>
  before === DEFAULT_PATHS ? [value] : [...before, value]

const DEFAULT_PATHS: readonly string[] = ['data']

/** `queries`: those that become commands beside the others. */
export function addData(program: Command, queries: readonly Query[]): void {
  const data = examples(
    program
      .command('data')
      .summary('read an archive')
      .description('Reads the committed data of an archive, also while an archiver writes it.'),
    `
  ssmd data list                              feeds and days
  ssmd data sample kalshi today --type trade  some lines
  ssmd data verify                            prove every file against its manifest
  ssmd data bars kalshi --interval 1m         bars of every instrument
  ssmd data gaps kalshi                       what is missing, and why`
  )
  const pathOption = () =>
    new Option(
      '-p, --path <folder>',
      'root of an archive, or <name>=<folder>; may be given several times'
    )
      .env('SSMD_DATA_PATH')
      .argParser(collectPaths)
      .default(DEFAULT_PATHS, 'data')

  examples(
    data
      .command('list')
      .summary('feeds and days')
      .description('Shows the days of each feed, with records, size, gaps and condition.')
      .argument('[feed]', 'only this feed')
      .addOption(pathOption())
      .addOption(wideOutputOption()),
    `
  ssmd data list
  ssmd data list --output wide    with the exchange, and what its protocol can prove
  ssmd data list kalshi --path /mnt/ssmd
  ssmd data list --path data --path live=data/live    the feeds of the second are live.<feed>
  ssmd data list --output json | jq '.days[] | select(.gaps > 0)'`
  ).action(
    async (feed: string | undefined, options: { path: readonly string[]; output: WideOutput }) => {
      const { runDataList } = await import('./commands/data-list.ts')
      await runDataList({ feed, ...options })
    }
  )

  examples(
    data
      .command('sample')
      .summary('some lines of a day')
      .description('Prints records of a day in the order in which they were received.')
      .argument('<feed>', 'the feed')
      .argument('<day>', 'YYYY-MM-DD, today, or latest (the last day archived), in UTC')
      .option('--type <name>', 'only this message type; may be given several times', collect)
      .option('--symbol <name>', 'only this symbol; may be given several times', collect)
      .option('--from <time>', 'from this time: 15:04, 15:04:05 or RFC 3339, in UTC')
      .option('--to <time>', 'before this time')
      .addOption(
        new Option('--limit <n>', 'maximum number of lines')
          .default(10)
          .argParser(wholeNumber(1, 1_000_000_000))
      )
      .addOption(pathOption())
      .addOption(outputOption()),
    `
  ssmd data sample kalshi today --limit 3
  ssmd data sample kalshi latest --type trade --symbol KXGOLD15M-26AUG101800-00
  ssmd data sample kalshi 2026-11-24 --from 15:00 --to 15:05 --limit 1000 | jq .frame`
  ).action(
    async (
      feed: string,
      day: string,
      options: {
        type?: readonly string[]
        symbol?: readonly string[]
        from?: string
        to?: string
        limit: number
        path: readonly string[]
        output: Output
      }
    ) => {
      const { runDataSample } = await import('./commands/data-sample.ts')
      await runDataSample({ feed, day, ...options })
    }
  )

  examples(
    data
      .command('verify')
      .summary('prove files against manifests')
      .description(
        'Reads every segment and compares it with its manifest: checksums, counts, order, numbers, gaps. ' +
          'Exits with 3 if anything differs from the manifest or cannot be read. ' +
          'Bytes that a running archiver has not covered by a manifest yet are reported as a note.'
      )
      .argument('[feed]', 'only this feed')
      .argument('[day]', 'only this day: YYYY-MM-DD, today or latest')
      .option(
        '--schema [name:version]',
        'hold the frames of feeds of exchange generic against a JSON Schema: this one, or the one that each Feed has'
      )
      .option(
        '--resources <folder>',
        'with --schema: the folder of Feeds and schemas (default: the nearest exchanges)'
      )
      .addOption(pathOption())
      .addOption(outputOption()),
    `
  ssmd data verify
  ssmd data verify kalshi 2026-11-24
  ssmd data verify okx latest --schema ticks:v1
  ssmd data verify --path /mnt/ssmd --output json`
  ).action(
    async (
      feed: string | undefined,
      day: string | undefined,
      options: {
        path: readonly string[]
        output: Output
        schema?: string | true
        resources?: string
      }
    ) => {
      const { runDataVerify } = await import('./commands/data-verify.ts')
      await runDataVerify({ feed, day, ...options })
    }
  )
  addQueries(data, queries)
}
