// Writes docs/reference/metrics.md from the programs themselves; with --check it only compares.

import { readFile, writeFile } from 'node:fs/promises'
import { type Metric, metricsOfPrograms } from '../charts/testing/programs.ts'

const PAGE = new URL('../docs/reference/metrics.md', import.meta.url)

function renderPage(programs: ReadonlyMap<string, readonly Metric[]>): string {
  const parts = [...programs].flatMap(([program, metrics]) =>
    program === 'all'
      ? []
      : [
          `## ${program}`,
          '',
          '| metric | type | labels | what it is |',
          '|---|---|---|---|',
          ...metrics.map(rowOf),
          '',
        ]
  )
  return [
    '# Metrics',
    '',
    '<!-- Generated from the programs by .ci/metrics.ts: run `npm run format` to update it. -->',
    '',
    'Every program serves Prometheus metrics at `/metrics` of its `--health-addr`; in a cluster that is',
    'the port `health` of each pod, and the chart can make a PodMonitor, alert rules and a dashboard',
    '([monitoring](../../charts/ssmd/README.md#monitoring)). Beside those below each program has the',
    'usual ones of its process and of Node (`process_*`, `nodejs_*`). Names and labels are stable.',
    '',
    ...parts,
  ].join('\n')
}

function rowOf({ name, type, labelNames = [], help }: Metric): string {
  const labels = labelNames.map((label) => `\`${label}\``).join(', ')
  return `| \`${name}\` | ${type} | ${labels} | ${help.replace(/\.?$/, '.')} |`
}

if (import.meta.main) {
  const wanted = renderPage(metricsOfPrograms())
  if (!process.argv.includes('--check')) await writeFile(PAGE, wanted)
  else if ((await readFile(PAGE, 'utf8').catch(() => '')) !== wanted) {
    console.error('docs/reference/metrics.md is not what the programs say: npm run format')
    process.exitCode = 1
  }
  // What measures the process would keep it alive.
  process.exit()
}
