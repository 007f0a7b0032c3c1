// `ssmd feed list|show|create|update|add-version|add-location`: how they are called.
import { type Command, Option } from 'commander'
import { EXCHANGES } from '#crds/exchanges.gen.ts'
import type {
  AddLocationFlags,
  AddVersionFlags,
  CreateFlags,
  UpdateFlags,
} from './commands/feeds.ts'
import type { ReadFlags } from './commands/shown.ts'
import {
  collect,
  examples,
  pathOption,
  readOutputOption,
  wholeNumber,
  writeOptions,
} from './flags.ts'

const STATES = ['active', 'deprecated', 'disabled'] as const
type State = (typeof STATES)[number]

const load = () => import('./commands/feeds.ts')

const stateOption = (text: string) => [
  new Option('--state <state>', text).choices(STATES),
  // The original's word for it.
  new Option('--status <state>').choices(STATES).hideHelp(),
]

/** What can be said of a version. */
const versionOptions = (command: Command): Command =>
  command
    .option('--endpoint <url>', 'the WebSocket: wss://…')
    .option('--rest-endpoint <url>', 'base address of its REST interface: https://…')
    .addOption(
      new Option('--auth-method <method>', 'how to authenticate')
        .choices(['none', 'apiKey', 'api_key'])
        .argParser((text: string) => (text === 'api_key' ? 'apiKey' : text))
    )
    .addOption(
      new Option('--rate-limit <n>', 'requests a second that the exchange allows').argParser(
        wholeNumber(1, 100_000)
      )
    )

const contentOptions = (command: Command): Command =>
  command
    .option('--display-name <text>', 'name shown in tables and on the page')
    .option('--channel <name>', 'a channel; may be given several times', collect)
    .option('--symbol <name>', 'a symbol or a pattern; may be given several times', collect)

export function addFeedFiles(feed: Command): void {
  const [state, status] = stateOption('only feeds of this state')
  examples(
    feed
      .command('list')
      .summary('the feeds of the repository')
      .description('Shows the Feeds of the repository, with the version that is in force today.')
      .addOption(state as Option)
      .addOption(status as Option)
      .addOption(pathOption())
      .addOption(readOutputOption()),
    `
  ssmd feed list
  ssmd feed list --state disabled
  ssmd feed list --output json | jq -r '.feeds[].metadata.name'`
  ).action(async (flags: ReadFlags & { state?: State; status?: State }) => {
    const { runFeedList } = await load()
    const wanted = flags.state ?? flags.status
    await runFeedList({ ...flags, ...(wanted === undefined ? {} : { state: wanted }) })
  })

  examples(
    feed
      .command('show')
      .summary('one feed, with its versions')
      .description('Shows a Feed: its channels and symbols, its versions, and which is in force.')
      .argument('<name>', 'the feed')
      .option('--version <name>', 'only this version')
      .addOption(pathOption())
      .addOption(readOutputOption()),
    `
  ssmd feed show kraken
  ssmd feed show kalshi --version v2
  ssmd feed show kalshi --output yaml`
  ).action(async (name: string, flags: ReadFlags & { version?: string }) => {
    const { runFeedShow } = await load()
    await runFeedShow(name, flags)
  })

  addCreate(feed)
  addUpdate(feed)
  addVersion(feed)
  addLocation(feed)
}

const FRAME_SCHEMA =
  'exchange generic: the JSON Schema that its frames have to fit, copied from the folder schemas'

function addCreate(feed: Command): void {
  const command = feed
    .command('create')
    .summary('write a new feed')
    .description(
      'Writes feeds/<name>.yaml, with comments. Without --exchange it is the exchange of that name; if ssmd knows none, ' +
        'a Feed of exchange generic that you complete.'
    )
    .argument('<name>', 'name of the feed, and of its folder in an archive')
    .addOption(new Option('--exchange <name>', `one of ${Object.keys(EXCHANGES).join(', ')}`))
    .addOption(
      new Option('--type <type>', 'transport of the exchange').choices(['websocket']).hideHelp()
    )
    .option('--effective-from <day>', 'first UTC day of its version: YYYY-MM-DD (default: today)')
    .option('--schema <name:version>', FRAME_SCHEMA)
  examples(
    writeOptions(contentOptions(versionOptions(command))),
    `
  ssmd feed create kraken
  ssmd feed create gold --exchange kalshi --symbol 'KXGOLD*'
  ssmd feed create mine --endpoint wss://ws.example.com/    an exchange that the Feed describes
  ssmd feed create kraken --dry-run --output yaml           only show the file`
  ).action(async (name: string, flags: CreateFlags) => {
    const { runFeedCreate } = await load()
    await runFeedCreate(name, flags)
  })
}

function addUpdate(feed: Command): void {
  const command = feed
    .command('update')
    .summary('change a feed in place')
    .description(
      'Changes fields of a Feed in its file; comments and everything else stay. Without --version fields of a version are ' +
        'those of the one in force.'
    )
    .argument('<name>', 'the feed')
    .option('--version <name>', 'the version whose fields change')
    .option('--schema <name:version>', FRAME_SCHEMA)
  const [state, status] = stateOption('whether it is captured')
  command.addOption(state as Option).addOption(status as Option)
  examples(
    writeOptions(contentOptions(versionOptions(command))),
    `
  ssmd feed update kraken --symbol BTC/USD --symbol ETH/USD
  ssmd feed update kalshi --state disabled
  ssmd feed update kalshi --version v2 --rate-limit 10 --dry-run
  ssmd feed update mine --schema ticks:v1`
  ).action(async (name: string, flags: UpdateFlags & { status?: State }) => {
    const { runFeedUpdate } = await load()
    const wanted = flags.state ?? flags.status
    await runFeedUpdate(name, { ...flags, ...(wanted === undefined ? {} : { state: wanted }) })
  })
}

function addVersion(feed: Command): void {
  const command = feed
    .command('add-version')
    .summary('declare a change of the exchange in advance')
    .description(
      'Adds a version that is in force from a day on. What is not given is copied from the latest version.'
    )
    .argument('<name>', 'the feed')
    .requiredOption('--effective-from <day>', 'first UTC day: YYYY-MM-DD')
    .option('--effective-to <day>', 'last UTC day, if it is known')
    .option('--copy-from <version>', 'the version to copy from (default: the latest)')
    .option('--name <name>', 'its name (default: the next of v1, v2, …)')
  examples(
    writeOptions(versionOptions(command)),
    `
  ssmd feed add-version kalshi --effective-from 2027-01-01 --endpoint wss://new.example.com/ws`
  ).action(async (name: string, flags: AddVersionFlags) => {
    const { runFeedAddVersion } = await load()
    await runFeedAddVersion(name, flags)
  })
}

function addLocation(feed: Command): void {
  const command = feed
    .command('add-location')
    .summary('note where a feed is captured')
    .description('Adds a place to captureLocations, which only people read.')
    .argument('<name>', 'the feed')
    .requiredOption('--site <name>', 'name of the place')
    .addOption(
      new Option('--type <type>', 'type of the place')
        .choices(['cloud', 'colo', 'onPrem', 'on_prem'])
        .argParser((text: string) => (text === 'on_prem' ? 'onPrem' : text))
        .makeOptionMandatory()
    )
    .option('--provider <name>', 'its provider')
    .option('--region <name>', 'region of the provider')
  examples(
    writeOptions(command),
    `
  ssmd feed add-location kalshi --site nyc1 --type colo --provider equinix`
  ).action(async (name: string, flags: AddLocationFlags) => {
    const { runFeedAddLocation } = await load()
    await runFeedAddLocation(name, flags)
  })
}
