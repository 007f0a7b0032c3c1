// Writes docs/runbook/README.md, the index of the runbook, from the table of reasons and the alerts of the chart; with --check it only compares. The pages
// themselves are written by people.

import { readFile, writeFile } from 'node:fs/promises'
import { parse } from 'yaml'
import { REASONS } from '../operator/status/reasons.ts'

export const RUNBOOK = new URL('../docs/runbook/', import.meta.url)
const INDEX = new URL('README.md', RUNBOOK)
const ALERTS = new URL('../charts/ssmd/monitoring/alerts.yaml', import.meta.url)

/** Of the chart; `page` is the name of its page, or undefined where a label of the alert names it. */
export type Alert = {
  readonly name: string
  readonly page: string | undefined
}

export async function readAlerts(): Promise<Alert[]> {
  const { groups } = parse(await readFile(ALERTS, 'utf8')) as {
    groups: { rules: { alert: string; annotations: Record<string, string> }[] }[]
  }
  return groups
    .flatMap(({ rules }) => rules)
    .map(({ alert, annotations: { runbook_url = '' } }) => ({
      name: alert,
      page: /^RUNBOOK\/(\w+)\.md$/.exec(runbook_url)?.[1],
    }))
}

export function renderIndex(
  reasons: Readonly<Record<string, string>>,
  alerts: readonly Alert[]
): string {
  const rows = Object.entries(reasons).map(
    ([reason, todo]) => `| [${reason}](${reason}.md) | ${todo === '' ? 'no action needed' : todo} |`
  )
  return [
    '# Runbook',
    '',
    '<!-- Generated from operator/status/reasons.ts and charts/ssmd/monitoring/alerts.yaml by .ci/runbook.ts: run `npm run format` to update it. -->',
    '',
    'A page for each reason that a condition of a Feed, an Environment, an Archive or a Signal gives.',
    '`kubectl describe` shows the conditions: `Ready` is the summary. `Reconciling` is True while the',
    'operator recovers without you, `Stalled` while it needs a change. `DataFlowing` says whether frames',
    'arrive. The message says what was found and ends with what to do, as listed here.',
    '',
    '| reason | what to do |',
    '|---|---|',
    ...rows,
    '',
    '## Alerts',
    '',
    'The alerts of the chart (`monitoring.prometheusRule`, `monitoring.configMaps`), each with its page. An',
    'alert about a condition or a trouble leads to the page of its reason.',
    '',
    '| alert | page |',
    '|---|---|',
    ...alerts.map(
      ({ name, page }) =>
        `| ${name} | ${page === undefined ? 'that of the reason it names' : `[${page}](${page}.md)`} |`
    ),
    '',
  ].join('\n')
}

if (import.meta.main) {
  const wanted = renderIndex(REASONS, await readAlerts())
  if (!process.argv.includes('--check')) await writeFile(INDEX, wanted)
  else if ((await readFile(INDEX, 'utf8').catch(() => '')) !== wanted) {
    console.error(
      'docs/runbook/README.md is not what the reasons and the alerts say: npm run format'
    )
    process.exitCode = 1
  }
}
