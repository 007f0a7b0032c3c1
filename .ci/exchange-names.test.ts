// No file outside of the index and the exchanges' own folders knows an exchange by name: a new exchange is a folder and an
// entry, and nothing else has to be found and changed. Comments may give examples; so may what is listed here.

import { readdirSync, readFileSync } from 'node:fs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { EXCHANGES } from '#crds/exchanges.gen.ts'
import { isForTests } from './arrows.ts'
import { readSources } from './sources.ts'

const test = suite('exchange names')
const ROOT = new URL('..', import.meta.url)
const FOLDER = 'workloads/exchanges/'

/** What may know exchanges by name: the index, what is generated, and texts for people. */
const ALLOWED: Readonly<Record<string, RegExp>> = {
  'workloads/exchanges/index.ts': /./,
  // Words for the patterns of the CRDs, by their text; and an example of a variable.
  'crds/expectations.ts': /synthetic:\/\/|KALSHI_API_KEY/,
  // Examples in help.
  'cli/program.ts': /^\s+(npx )?ssmd /,
  'cli/program-data.ts': /^\s+(npx )?ssmd /,
  'cli/program-feed.ts': /^\s+ssmd /,
  'cli/program-roles.ts': /^\s+ssmd /,
  'cli/program-api-key.ts': /^\s+ssmd |such as/,
  'cli/program-feed-files.ts': /^\s+ssmd /,
  'cli/program-repository.ts': /^\s+ssmd /,
  'cli/program-look.ts': /^\s+ssmd /,
  'cli/program-signal.ts': /^\s+ssmd /,
  'cli/program-signal-live.ts': /^\s+ssmd /,
  'cli/program-signal-run.ts': /^\s+ssmd /,
  'cli/program-signal-backtest.ts': /^\s+ssmd /,
  // What the original wrote, and what that is called here.
  'cli/import/environment.ts': /kalshi: \{ apiKey/,
  'cli/import/feed.ts': /^const (NAMED|SUBSCRIBED|UNREAD)/,
  'cli/query-examples.ts': /ssmd data /,
  // Hints and documentation of parameters, with an example.
  'cli/commands/api-key.ts': /write kalshi/,
  'cli/commands/feeds.ts': /ssmd feed create kraken/,
  'workloads/data/api/sql-route.ts': /hint:/,
  'workloads/data/page/app.mjs': /A link here looks like/,
  'workloads/data/queries/common.ts': /description:|examples:/,
  'workloads/market/builders/book-definitions.ts': /says:/,
  'workloads/market/builders/trade-definitions.ts': /says:|RangeError/,
  // What a new repository captures, simulated.
  'cli/commands/init.ts': /ssmd feed create kraken|^const FIRST = /,
  'cli/program-steer.ts': /^\s+ssmd /,
}

/** Comments, as far as they stand alone or behind code. */
const withoutComments = (text: string): string =>
  text
    .replaceAll(/\/\*[\s\S]*?\*\//g, (comment) => comment.replaceAll(/[^\n]/g, ''))
    .replaceAll(/(^|\s)\/\/ .*$/gm, '$1')

const ships = (path: string): boolean =>
  /^(workloads|cli|operator|crds)\//.test(path) &&
  !isForTests(path) &&
  !/\/(testdata|e2e|recordings)\/|\.gen\.m?[jt]s$/.test(path) &&
  !(
    path.startsWith(FOLDER) &&
    Object.keys(EXCHANGES).some((name) => path.startsWith(`${FOLDER}${name}/`))
  )

/** Lines of what ships that name an exchange, as `path:line: text`. */
function namesIn(path: string, text: string, names: readonly string[]): string[] {
  const word = new RegExp(names.join('|'), 'i')
  return withoutComments(text)
    .split('\n')
    .flatMap((line, i) =>
      word.test(line) && !ALLOWED[path]?.test(line) ? [`${path}:${i + 1}: ${line.trim()}`] : []
    )
}

test('the folders of exchanges are those of the generated table', () => {
  const folders = readdirSync(new URL(FOLDER, ROOT), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .filter((name) => name !== 'protocol' && name !== 'simulation')
  assert.equal(folders.sort(), Object.keys(EXCHANGES).sort())
})

test('no file outside of the index and the exchanges knows an exchange by name', async () => {
  // `generic` is a word of the language as well.
  const names = Object.keys(EXCHANGES).filter((name) => name !== 'generic')
  const sources = (await readSources(ROOT.pathname)).filter(({ path }) => ships(path))
  assert.ok(sources.length > 300, `${sources.length} sources`)
  assert.equal(
    sources.flatMap(({ path, text }) => namesIn(path, text, names)),
    []
  )
})

test('a name in code is found, one in a comment is not', () => {
  const text = "// as Kalshi does\nconst a = 'kalshi' // why\n/* kalshi */ const KALSHI_B = 1\n"
  assert.equal(namesIn('workloads/bus/a.ts', text, ['kalshi']), [
    "workloads/bus/a.ts:2: const a = 'kalshi'",
    'workloads/bus/a.ts:3: const KALSHI_B = 1',
  ])
  assert.equal(namesIn('cli/program.ts', '  ssmd up kalshi', ['kalshi']), [])
})

test('what is allowed is still needed', () => {
  for (const path of Object.keys(ALLOWED)) {
    const text = withoutComments(readFileSync(new URL(path, ROOT), 'utf8'))
    assert.match(text, new RegExp(Object.keys(EXCHANGES).join('|'), 'i'), path)
  }
})

test.run()
