// Writes docs/runbook/README.md, the index of the runbook, from the table of reasons; with --check it only compares. The pages
// themselves are written by people.

import { readFile, writeFile } from 'node:fs/promises'
import { REASONS } from '../operator/status/reasons.ts'

export const RUNBOOK = new URL('../docs/runbook/', import.meta.url)
const INDEX = new URL('README.md', RUNBOOK)

export function renderIndex(reasons: Readonly<Record<string, string>>): string {
  const rows = Object.entries(reasons).map(
    ([reason, todo]) => `| [${reason}](${reason}.md) | ${todo === '' ? 'no action needed' : todo} |`
  )
  return [
    '# Runbook',
    '',
    '<!-- Generated from operator/status/reasons.ts by .ci/runbook.ts: run `npm run format` to update it. -->',
    '',
    'A page for each reason that a condition of a Feed, an Environment or an Archive gives.',
    '`kubectl describe` shows the conditions: `Ready` is the summary. `Reconciling` is True while the',
    'operator recovers without you, `Stalled` while it needs a change. `DataFlowing` says whether frames',
    'arrive. The message says what was found and ends with what to do, as listed here.',
    '',
    '| reason | what to do |',
    '|---|---|',
    ...rows,
    '',
  ].join('\n')
}

if (import.meta.main) {
  const wanted = renderIndex(REASONS)
  if (!process.argv.includes('--check')) await writeFile(INDEX, wanted)
  else if ((await readFile(INDEX, 'utf8').catch(() => '')) !== wanted) {
    console.error(
      'docs/runbook/README.md is not what operator/status/reasons.ts says: npm run format'
    )
    process.exitCode = 1
  }
}
