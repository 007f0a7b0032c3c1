// `npm test [-- <file or folder>…]`: every *.test.ts as a process of its own, with the guards that uvu does not have.
// `npm run test:faults [-- …]`: the long loops instead, every *.faults.ts, and all of what tests do a share of otherwise.
// `npm run test:cluster` is the same for *.cluster.ts, each in the namespaces of a node of its own (docs/cluster.md).
// Ends with the line `N passed, N failed`; exit code 1 when anything failed.

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describeError } from '#crds/errors.ts'
import { type ToolName, toolPath } from '#tools'
import { IMAGES_VARIABLE, makeImages } from './node/images.ts'
import { whyNoNode } from './node/requirements.ts'
import { findTestFiles, type TestKind } from './runner/files.ts'
import { neededTools } from './runner/needed-tools.ts'
import { runAll } from './runner/run-all.ts'
import { readSources } from './sources.ts'
import { argoFiles } from './tools/argocd-files.ts'
import { TOOLS } from './tools/specs.ts'

const root = new URL('..', import.meta.url).pathname
const kind: TestKind = process.argv.includes('--cluster')
  ? 'cluster'
  : process.argv.includes('--faults')
    ? 'faults'
    : 'test'
const filters = process.argv.slice(2).filter((argument) => !/^--(cluster|faults)$/.test(argument))
const stop = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    process.exitCode = 130
    stop.abort()
  })
}

const { FORCE_COLOR: _force, NO_COLOR: _no, ...env } = process.env
const totals = await runAll({
  root,
  filters,
  kind,
  env: {
    ...env,
    FORCE_COLOR: '0',
    ...(kind === 'faults' ? { SSMD_FAULTS: 'all' } : {}),
    ...(await preparedTools()),
    ...(await preparedImages()),
  },
  signal: stop.signal,
  write: (line) => console.log(line),
})
if (totals.failed > 0) process.exitCode ??= 1

/** Gets the real programs before the clock of the first test runs. What is missing is said; the tests then skip or fail. */
async function preparedTools(): Promise<NodeJS.ProcessEnv> {
  const tests = (await findTestFiles(root, { filters, kind })).map(({ path }) => path)
  const texts = new Map((await readSources(root)).map(({ path, text }) => [path, text]))
  const { imports } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
    imports: Record<string, string>
  }
  const names = new Set(neededTools(tests, texts, imports).filter((name) => name in TOOLS))
  // Tests of programs start them as processes, where no import shows what they need.
  if (tests.some((path) => !/^(crds|\.ci)\//.test(path))) names.add('nats-server')
  const env: NodeJS.ProcessEnv = {}
  for (const name of [...names] as ToolName[]) {
    try {
      env[TOOLS[name].variable] = await toolPath(name)
      if (name === 'argocd') await argoFiles()
    } catch (error) {
      console.log(`tests that need ${name} cannot run: ${describeError(error)}`)
    }
  }
  return env
}

/** Inside there is no way to get them. Kept, so that a test can be run again by hand. */
async function preparedImages(): Promise<NodeJS.ProcessEnv> {
  if (kind !== 'cluster' || (await whyNoNode()) !== undefined) return {}
  const images = await makeImages(join(root, '.image'), (line) => console.log(line))
  return { [IMAGES_VARIABLE]: JSON.stringify(images) }
}
