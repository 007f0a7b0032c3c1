// `npm run bench`: what the README and the design notes claim, measured on this computer. Nothing here is a
// test: rates depend on the machine, so each is printed beside something real in the same run.
//
//   npm run bench                     everything but the cluster, about six minutes
//   npm run bench -- parts            wire, scanner, archive, simulator
//   npm run bench -- data [part…]     the data API on a day of 2.2 million recorded frames, beside DuckDB and grep
//   npm run bench -- market           normalising frames, batches of events, the order book
//   npm run bench -- tables           tables of a segment from its lines, and their files
//   npm run bench -- path [rate] [s]  the whole path at one rate (default 20000 for 60 s)
//   npm run bench -- quiet            what a frame costs at 300/s and 20,000/s, beside a plain Python recorder
//   npm run bench -- limit            the highest rate that holds for 60 s
//   npm run bench -- page             first paint and script per frame in Chromium, about half a minute
//   npm run bench -- operator         the operator at 10,000 resources, beside controller-runtime where Go is
//   npm run bench -- cli              whole commands beside node -e 0, and validate on 5,000 files, about half a minute
//   npm run bench -- naive            JSON.parse, capnp-ts and js.publish for each frame
//   npm run bench -- cluster          install, push, kill and memory on a real node (Linux, root), about eight minutes
import { benchArchive } from '#archive/bench.ts'
import { benchPage } from '#data/page/bench.ts'
import { benchHistory } from '#events/bench.ts'
import { benchWire } from '#wire/bench.ts'
import { benchOperator } from '../../operator/bench/operator.ts'
import { benchConnector } from '../../workloads/connector/bench.ts'
import { benchSimulator } from '../../workloads/simulator/bench.ts'
import { benchCli } from './cli.ts'
import { benchCluster } from './cluster.ts'
import { benchData } from './data/main.ts'
import { endToEnd } from './end-to-end.ts'
import { benchMarket } from './market.ts'
import { naive } from './naive.ts'
import { printRows } from './print.ts'
import { quiet } from './quiet.ts'
import { benchTables } from './tables.ts'

const [what = 'all', ...rest] = process.argv.slice(2)

async function parts(): Promise<void> {
  printRows('Wire: records into blocks', await benchWire())
  printRows('Connector: frames into blocks', await benchConnector())
  printRows('Archive: records into segments', await benchArchive())
  printRows('Simulator: frames out', await benchSimulator())
}

async function path(rate: number, seconds: number): Promise<number> {
  const result = await endToEnd({ offered: rate, seconds })
  printRows(
    `The whole path, ${rate} frames/s offered for ${seconds} s: ${result.held ? 'held, nothing lost' : `did NOT hold: ${result.why}`}`,
    result.rows
  )
  return result.rate
}

// Rises in short steps to the first rate that does not hold, then holds the last good one for a minute.
async function limit(): Promise<void> {
  let good = 0
  for (const rate of [40_000, 60_000, 80_000, 100_000, 120_000]) {
    const result = await endToEnd({ offered: rate, seconds: 12 })
    process.stdout.write(
      `  ${rate} frames/s for 12 s: ${result.held ? 'held' : `did not hold: ${result.why}`} (${Math.round(result.rate)} sent)\n`
    )
    if (!result.held) break
    good = rate
  }
  for (; good > 0; good -= 10_000) {
    const result = await endToEnd({ offered: good, seconds: 60 })
    printRows(
      `Highest rate: ${good} frames/s offered for 60 s: ${result.held ? 'held, nothing lost' : `did not hold: ${result.why}`}`,
      result.rows
    )
    if (result.held) return
  }
}

switch (what) {
  case 'parts':
    await parts()
    break
  case 'market':
    printRows('Market events', await benchMarket())
    printRows('Events of an archive', await benchHistory())
    break
  case 'tables':
    printRows('Tables of a segment', await benchTables())
    break
  case 'data':
    await benchData(rest)
    break
  case 'page':
    printRows('The page in Chromium', await benchPage())
    break
  case 'path':
    await path(Number(rest[0] ?? 20_000), Number(rest[1] ?? 60))
    break
  case 'quiet':
    printRows('What a frame costs', await quiet(rest.length > 0 ? rest.map(Number) : undefined))
    break
  case 'limit':
    await limit()
    break
  case 'operator':
    printRows('The operator against a real API server', await benchOperator())
    break
  case 'cli':
    printRows('Commands, whole processes', await benchCli())
    break
  case 'naive':
    printRows('The naive way', await naive())
    break
  case 'cluster':
    process.exitCode = await benchCluster()
    break
  case 'all': {
    await parts()
    printRows('Market events', await benchMarket())
    const rate = await path(20_000, 60)
    printRows(
      'The naive way: JSON.parse, capnp-ts and js.publish for each frame',
      await naive(rate)
    )
    await limit()
    break
  }
  default:
    process.stderr.write(
      'ssmd bench: parts, market, tables, data [part…], page, path [rate] [seconds], quiet [rate…], limit, operator, cli, naive, cluster or nothing\n'
    )
    process.exitCode = 2
}
