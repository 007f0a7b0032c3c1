// `ssmd feed`: how its commands are called.
import type { Command } from 'commander'
import { Option } from 'commander'
import { examples, outputOption, wholeNumber } from './flags.ts'
import type { Output } from './output.ts'
import { addFeedFiles } from './program-feed-files.ts'

type TestFlags = {
  readonly path: string
  readonly environment?: string
  readonly seconds: number
  readonly output: Output
}

export function addFeed(program: Command): void {
  const feed = examples(
    program
      .command('feed')
      .summary('the feeds of the repository')
      .description('Shows, writes and tries Feeds: what there is to capture.'),
    `
  ssmd feed list             the feeds of the repository
  ssmd feed create kraken    write feeds/kraken.yaml
  ssmd feed test kraken      what arrives, what is understood, what can be proven`
  )
  addFeedFiles(feed)
  examples(
    feed
      .command('test')
      .summary('connect, and show what arrives')
      .description(
        'Connects to the exchange as the Feed says and shows for each message type what arrives, what is understood, ' +
          'what its frames become, and what can be proven; the rate; and what the exchange refuses, in its own words. ' +
          'Writes nothing and needs no NATS. ' +
          'Exits with 3 if no market data was understood, or the exchange cannot be reached.'
      )
      .argument('<feed>', 'name of the Feed')
      .option('-p, --path <path>', 'file or folder of resources', 'exchanges')
      .option('--environment <name>', 'use the keys, or the simulator, of this Environment')
      .addOption(
        new Option('--seconds <n>', 'how long, from the first connection on')
          .default(10)
          .argParser(wholeNumber(1, 3600))
      )
      .addOption(outputOption()),
    `
  ssmd feed test kraken
  ssmd feed test kalshi --environment local           its simulator, while ssmd up runs
  ssmd feed test mine --path feeds/mine.yaml --seconds 60
  ssmd feed test kraken --output json | jq '.types[] | select(.understood < .frames)'`
  ).action(async (name: string, flags: TestFlags) => {
    const { runFeedTest } = await import('./commands/feed-test.ts')
    const { path, environment, seconds, output } = flags
    await runFeedTest({ feed: name, path, environment, seconds, output })
  })
}
