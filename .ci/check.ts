// `npm run check`: types, format, lint, floating promises, arrows, generated files, English, and the rules of the house.
// All steps run, even when one fails; exit code 1 when any did. `--fix` formats and generates, and checks nothing.

import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from '../operator/local/nats-server/run.ts'
import { checkArrows } from './arrows.ts'
import {
  checkColumns,
  checkDialling,
  checkLength,
  checkPatterns,
  checkSuites,
  checkTopLevel,
} from './house.ts'
import { readSource } from './imports.ts'
import { isTest } from './runner/files.ts'
import { readSources } from './sources.ts'

/** What is wrong, in lines for a person; empty when nothing is. */
type Step = { readonly name: string; readonly check: () => Promise<readonly string[]> }

const root = new URL('..', import.meta.url).pathname
const bin = (name: string) => join(root, 'node_modules', '.bin', name)
const ROOMS = ['crds', 'operator', 'workloads', 'cli', 'charts', '.ci']

/** A program that fails has said why. */
const program = async (file: string, ...args: string[]): Promise<string[]> => {
  const done = await run(file, args, { cwd: root, limitMs: 300_000 })
  return done.code === 0 ? [] : [done.output.trim() || `${file} ended with ${done.code}`]
}
const script = (path: string, ...args: string[]) => program(process.execPath, path, ...args)

const steps: readonly Step[] = [
  { name: 'types', check: () => program(bin('tsc'), '-p', '.') },
  { name: 'types of the page', check: () => program(bin('tsc'), '-p', 'workloads/data/page') },
  {
    name: 'format and lint',
    check: () =>
      program(
        bin('biome'),
        'ci',
        '--colors=off',
        '--diagnostic-level=warn',
        '--error-on-warnings',
        '.'
      ),
  },
  {
    name: 'promises',
    check: () => program(bin('oxlint'), '--type-aware', '-c', '.ci/oxlint.json', ...ROOMS),
  },
  { name: 'arrows', check: arrows },
  { name: 'generated resources', check: () => script('crds/generate.ts', '--check') },
  { name: 'generated errors', check: () => script('.ci/generate-errors.ts', '--check') },
  { name: 'generated queries', check: () => script('.ci/data-api.ts', '--check') },
  { name: 'generated commands', check: () => script('.ci/cli.ts', '--check') },
  { name: 'generated runbook', check: () => script('.ci/runbook.ts', '--check') },
  { name: 'generated metrics', check: () => script('.ci/metrics.ts', '--check') },
  { name: 'architecture', check: () => script('.ci/architecture.ts', '--check') },
  { name: 'English', check: () => script('.ci/english-texts.ts') },
  { name: 'columns of documents', check: columns },
  { name: 'top level', check: topLevel },
  { name: 'file length', check: () => overSources(() => true, checkLength) },
  { name: 'dialling NATS', check: () => overSources(() => true, checkDialling) },
  { name: 'patterns', check: () => overSources(() => true, checkPatterns) },
  {
    name: 'uvu suites',
    check: () => overSources(isTest, checkSuites),
  },
]

process.exitCode = process.argv.includes('--fix') ? await fix() : await checkAll()

async function checkAll(): Promise<number> {
  let failed = 0
  for (const step of steps) {
    const start = performance.now()
    const problems = await step.check().catch((error: unknown) => [String(error)])
    const time = `${((performance.now() - start) / 1000).toFixed(1)} s`
    console.log(`${problems.length > 0 ? 'FAIL' : 'ok  '}  ${step.name}, ${time}`)
    for (const problem of problems) console.log(problem.replaceAll(/^/gm, '    '))
    if (problems.length > 0) failed++
  }
  console.log(`\nchecks: ${steps.length - failed} passed, ${failed} failed`)
  return failed > 0 ? 1 : 0
}

async function fix(): Promise<number> {
  const problems = [
    ...(await script('crds/generate.ts')),
    ...(await script('.ci/generate-errors.ts')),
    ...(await script('.ci/data-api.ts')),
    ...(await script('.ci/cli.ts')),
    ...(await script('.ci/runbook.ts')),
    ...(await script('.ci/metrics.ts')),
    ...(await script('.ci/architecture.ts')),
    ...(await program(bin('biome'), 'check', '--write', '--colors=off', '.')),
  ]
  for (const problem of problems) console.log(problem)
  return problems.length > 0 ? 1 : 0
}

async function arrows(): Promise<string[]> {
  const text = await readFile(join(root, 'package.json'), 'utf8')
  const { imports, dependencies, devDependencies } = JSON.parse(text) as {
    imports: Record<string, string>
    dependencies: Record<string, string>
    devDependencies: Record<string, string>
  }
  const files = (await readSources(root)).map(({ path, text }) => readSource(path, text))
  return checkArrows(files, {
    aliases: imports,
    dependencies: Object.keys(dependencies),
    devDependencies: Object.keys(devDependencies),
  })
}

async function topLevel(): Promise<string[]> {
  const entries = await readdir(root, { withFileTypes: true })
  return checkTopLevel(entries.map((entry) => entry.name + (entry.isDirectory() ? '/' : '')))
}

async function columns(): Promise<string[]> {
  const below = async (folder: string) =>
    (await readdir(join(root, folder), { recursive: true })).map((name) => join(folder, name))
  const paths = [await readdir(root), await below('docs'), await below('charts')].flat()
  const problems = paths
    .filter((path) => path.endsWith('.md'))
    .map(async (path) => checkColumns(path, await readFile(join(root, path), 'utf8')))
  return (await Promise.all(problems)).flat()
}

async function overSources(
  wanted: (path: string) => boolean,
  check: (path: string, text: string) => string[]
): Promise<string[]> {
  const sources = await readSources(root)
  return sources.filter(({ path }) => wanted(path)).flatMap(({ path, text }) => check(path, text))
}
