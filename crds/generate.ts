// `npm run generate`: writes everything that follows from the CRDs (types, validators, field tables, the reference
// page), from the facts of the exchanges, the chart's copies of what stands here, and Argo CD's settings. With `--check` it writes nothing, and fails where a file is not what
// it would write.

import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { renderArgoSettings } from './generator/argocd.ts'
import {
  CHART_POLICIES,
  renderChartCrd,
  renderChartPolicy,
  renderChartRoles,
} from './generator/chart.ts'
import { withValueTable } from './generator/chart-values.ts'
import { readFacts, renderExchanges } from './generator/exchanges.ts'
import { renderFields } from './generator/fields.ts'
import { renderNeeds } from './generator/needs.ts'
import { renderReference } from './generator/reference.ts'
import { renderRules } from './generator/rules.ts'
import { CRD_FILES, readCrd } from './generator/schema.ts'
import { renderTypes } from './generator/types.ts'
import { renderValidators, renderValidatorTypes } from './generator/validators.ts'
import { API_GROUP } from './kinds.ts'

const CRDS = fileURLToPath(new URL('.', import.meta.url))
const EXCHANGES = fileURLToPath(new URL('../workloads/exchanges', import.meta.url))

/** What should stand in each generated file, by its path from the root of the repository. */
export async function renderAll(): Promise<ReadonlyMap<string, string>> {
  const crds = await Promise.all(CRD_FILES.map((file) => readCrd(CRDS, file)))
  return new Map([
    ...crds.map(
      (crd) => [`crds/${crd.file.replace('.yaml', '.gen.ts')}`, renderTypes(crd)] as const
    ),
    ['crds/exchanges.gen.ts', renderExchanges(await readFacts(EXCHANGES))],
    ['crds/fields.gen.ts', renderFields(crds)],
    ['crds/needs.gen.ts', renderNeeds(crds)],
    ['crds/rules.gen.ts', renderRules(crds)],
    ['crds/validators.gen.mjs', renderValidators(crds)],
    ['crds/validators.gen.d.mts', renderValidatorTypes(crds)],
    ['docs/reference/resources.md', renderReference(crds, await readExamples())],
    ...(await renderChart()),
    ['charts/argocd/argocd-cm.yaml', await renderArgo(crds.map(({ kind }) => kind))],
  ])
}

const CHART = 'charts/ssmd'

async function renderChart(): Promise<[string, string][]> {
  const read = (file: string) => readFile(`${CRDS}${file}`, 'utf8')
  const templates = `${CHART}/templates`
  const crds = CRD_FILES.map(
    async (file): Promise<[string, string]> => [
      `${templates}/crds/${file}`,
      renderChartCrd(file, await read(file)),
    ]
  )
  const policies = CHART_POLICIES.map(
    async (policy): Promise<[string, string]> => [
      `${templates}/policies/${policy.file}`,
      renderChartPolicy(policy, await read(`policy/${policy.file}`)),
    ]
  )
  const roles = renderChartRoles(
    await read('roles/namespaced.yaml'),
    await read('roles/cluster-wide.yaml')
  )
  const readme = withValueTable(
    await read(`../${CHART}/README.md`),
    await read(`../${CHART}/values.yaml`)
  )
  return [
    ...(await Promise.all([...crds, ...policies])),
    [`${templates}/operator/roles.yaml`, roles],
    [`${CHART}/README.md`, readme],
  ]
}

async function renderArgo(kinds: readonly string[]): Promise<string> {
  const read = (file: string) => readFile(`${CRDS}../charts/argocd/${file}`, 'utf8')
  return renderArgoSettings(API_GROUP, kinds, {
    health: await read('health.lua'),
    discovery: await read('actions/discovery.lua'),
    actions: {
      pause: await read('actions/pause.lua'),
      resume: await read('actions/resume.lua'),
      'roll-out': await read('actions/roll-out.lua'),
    },
  })
}

/** The documents of the example file, by kind, without the comment above the first. */
async function readExamples(): Promise<Record<string, string>> {
  const text = await readFile(`${CRDS}testdata/design.yaml`, 'utf8')
  const examples: Record<string, string> = {}
  for (const document of text.split(/^---\n/m)) {
    const kind = /^kind: (\w+)$/m.exec(document)?.[1]
    if (kind) examples[kind] = document.replace(/^(#.*\n)+/, '')
  }
  return examples
}

async function main(isCheck: boolean): Promise<void> {
  const stale: string[] = []
  for (const [path, text] of await renderAll()) {
    const file = `${CRDS}../${path}`
    const present = await readFile(file, 'utf8').catch(() => '')
    if (present === text) continue
    stale.push(path)
    if (isCheck) continue
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, text)
  }
  if (stale.length === 0) console.log('generated files: up to date')
  else if (isCheck) {
    console.error(`not up to date: ${stale.join(', ')} (run npm run generate)`)
    process.exitCode = 1
  } else console.log(`wrote ${stale.join(', ')}`)
}

if (import.meta.main) await main(process.argv.includes('--check'))
