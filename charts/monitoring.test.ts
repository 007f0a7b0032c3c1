// test: limit 240s
// Dashboard and alerts: real series in every expression, read by Prometheus's own tool, fired and kept silent by made series,
// and a page of the runbook behind each alert.

import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { parse } from 'yaml'
import { patience } from '#testing/deadline.ts'
import { skip } from '#testing/skip.ts'
import { toolPath } from '#testing/tools.ts'
import { REASONS } from '../operator/status/reasons.ts'
import { TROUBLE_KINDS } from '../operator/status/troubles.ts'
import { missingTools } from '../operator/testing/cluster.ts'
import { at, CHART, find, type Helm, missingHelm, openHelm, render } from './testing/helm.ts'
import { seriesOf } from './testing/made-series.ts'
import { type Metric, metricsOfPrograms } from './testing/programs.ts'

const ALERTS = join(CHART, 'monitoring/alerts.yaml')
const DASHBOARD = join(CHART, 'monitoring/dashboard.json')
const RUNBOOK = new URL('../docs/runbook/', import.meta.url)

const noHelm = await missingHelm()
const noPromtool = await missingTools(() => toolPath('promtool'))
const test = suite('dashboard and alerts')
const real = (missing: typeof noHelm, name: string, body: () => Promise<void>) =>
  test(name, missing === undefined ? body : () => skip(missing))

type Rule = {
  readonly alert: string
  readonly expr: string
  readonly for?: string
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
}
type Panel = {
  readonly id: number
  readonly title: string
  readonly description?: string
  readonly gridPos: {
    readonly x: number
    readonly y: number
    readonly w: number
    readonly h: number
  }
  readonly targets?: readonly { readonly expr: string }[]
}
const { groups } = parse(await readFile(ALERTS, 'utf8')) as { groups: { rules: Rule[] }[] }
const rules = groups.flatMap((group) => group.rules)
const { panels } = JSON.parse(await readFile(DASHBOARD, 'utf8')) as { panels: Panel[] }
const expressions = [
  ...rules.map(({ expr }) => expr),
  ...panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr)),
]

let helm: Helm | undefined
let folder: string
test.before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ssmd-alerts-'))
  if (noHelm === undefined) helm = await openHelm()
})
test.after(async () => {
  await helm?.close()
  await rm(folder, { recursive: true, force: true })
})

/** Every metric of the programs, by name. */
const programs = (): ReadonlyMap<string, Metric> =>
  new Map([...metricsOfPrograms().values()].flat().map((metric) => [metric.name, metric] as const))

const SERIES =
  /\b(ssmd|process|nodejs|controller_runtime|leader_election|workqueue|rest_client)_\w+/g

test('every series in the dashboard and in the alerts is one of the programs’, with labels that it has', () => {
  const known = programs()
  assert.ok(known.size > 80, `${known.size}`)
  const used = new Set<string>()
  for (const expr of expressions) {
    const names = [...expr.matchAll(SERIES)].map(([name]) => name)
    assert.ok(names.length > 0, `${expr} names no series`)
    for (const name of names) {
      const base = [name, name.replace(/_(bucket|sum|count)$/, '')].find((one) => known.has(one))
      assert.ok(base, `no program has ${name}: ${expr}`)
      used.add(base!)
    }
    for (const [, name = '', matchers = ''] of expr.matchAll(/(\w+)\{([^}]*)\}/g))
      for (const [, label = ''] of matchers.matchAll(/(\w+)\s*[=!]/g))
        assert.ok(
          known.get(name.replace(/_(bucket|sum|count)$/, ''))?.labelNames?.includes(label),
          `${name} has no ${label}`
        )
  }
  const roles = ['connector', 'archiver', 'signal', 'simulator', 'operator', 'data']
  for (const role of roles)
    assert.ok(
      [...used].some((name) => name.startsWith(`ssmd_${role}_`)),
      `nothing shows the ${role}`
    )
})

test('names say the role and the unit', () => {
  for (const name of programs().keys()) {
    if (!name.startsWith('ssmd_')) continue
    assert.match(
      name,
      /^ssmd_(connector|archiver|signal|simulator|operator|data|informer|events|event_loop)_[a-z_]+$/
    )
    assert.not.match(name, /_(ms|millis|mb|kb)$/)
  }
})

test('every alert says what is wrong, and leads to a page of the runbook that exists', () => {
  const values: Readonly<Record<string, readonly string[]>> = {
    reason: Object.keys(REASONS),
    kind: TROUBLE_KINDS,
  }
  assert.is(new Set(rules.map(({ alert }) => alert)).size, rules.length)
  for (const { alert, labels, annotations } of rules) {
    assert.match(alert, /^Ssmd[A-Z]\w+$/)
    assert.ok(['warning', 'critical'].includes(labels.severity ?? ''), alert)
    assert.ok(
      (annotations.summary ?? '').length > 10 && (annotations.description ?? '').length > 10
    )
    const [, page = ''] = /^RUNBOOK\/(.+)\.md$/.exec(annotations.runbook_url ?? '') ?? []
    const [, label] = /^\{\{ \$labels\.(\w+) \}\}$/.exec(page) ?? []
    for (const name of label === undefined ? [page] : values[label]!)
      assert.ok(existsSync(new URL(`${name}.md`, RUNBOOK)), `${alert}: docs/runbook/${name}.md`)
  }
})

test('panels have a name, a word of explanation and a place of their own', () => {
  assert.is(new Set(panels.map(({ id }) => id)).size, panels.length)
  const taken = new Map<string, string>()
  for (const { title, description, targets, gridPos } of panels) {
    const { x, y, w, h } = gridPos
    assert.ok(x + w <= 24, title)
    if (targets) assert.ok((description ?? '').length > 5, title)
    for (let i = x; i < x + w; i++)
      for (let j = y; j < y + h; j++) {
        assert.is(taken.get(`${i} ${j}`), undefined, title)
        taken.set(`${i} ${j}`, title)
      }
  }
})

const promtool = async (...args: readonly string[]): Promise<string> => {
  const run = promisify(execFile)(await toolPath('promtool'), args, {
    cwd: folder,
    timeout: patience(60_000),
  })
  return run.then(
    ({ stdout }) => stdout,
    ({ stdout, stderr }: { stdout: string; stderr: string }) =>
      assert.unreachable(stdout + stderr) as never
  )
}

real(
  noPromtool,
  'Prometheus reads the alerts, and each fires on its trouble and on nothing else',
  async () => {
    await copyFile(ALERTS, join(folder, 'alerts.yaml'))
    await copyFile(join(CHART, '../testdata/alerts-test.yaml'), join(folder, 'alerts-test.yaml'))
    assert.match(
      await promtool('check', 'rules', '--lint=all', '--lint-fatal', 'alerts.yaml'),
      `${rules.length} rules found`
    )
    await promtool('test', 'rules', 'alerts-test.yaml')
    // None is left out of the made series.
    const made = await readFile(join(folder, 'alerts-test.yaml'), 'utf8')
    for (const { alert } of rules) assert.match(made, `alertname="${alert}"`)
  }
)

real(noPromtool, 'every panel shows something of a running system', async () => {
  const shown = panels.flatMap(({ title, targets = [] }) =>
    // Grafana's own: four times the interval at which Prometheus scrapes.
    targets.map(({ expr }) => ({ title, expr: expr.replaceAll('$__rate_interval', '4m') }))
  )
  const file = {
    evaluation_interval: '1m',
    tests: shown.map(({ title, expr }) => ({
      name: title,
      interval: '1m',
      input_series: [...programs().values()].flatMap(seriesOf),
      promql_expr_test: [
        {
          expr: `count(${expr}) > bool 0`,
          eval_time: '30m',
          exp_samples: [{ labels: '{}', value: 1 }],
        },
      ],
    })),
  }
  await writeFile(join(folder, 'dashboard-test.yaml'), JSON.stringify(file))
  await promtool('test', 'rules', 'dashboard-test.yaml')
})

real(
  noHelm,
  'the chart hands on rules and dashboard unchanged, with the address of the runbook',
  async () => {
    const everything = join(CHART, 'ci/everything-values.yaml')
    const objects = await render(helm!, '--values', everything)
    const address = 'https://git.example.com/ssmd/docs/runbook/'
    const text = (await readFile(ALERTS, 'utf8')).replaceAll('RUNBOOK/', address)
    assert.equal(at(find(objects, 'PrometheusRule', 'ssmd'), 'spec'), parse(text))
    const alerts = find(objects, 'ConfigMap', 'ssmd-alerts').data as Record<string, string>
    assert.equal(parse(alerts['ssmd.yaml'] ?? ''), parse(text))
    const board = find(objects, 'ConfigMap', 'ssmd-dashboard')
    const { 'ssmd.json': json = '' } = board.data as Record<string, string>
    assert.equal(JSON.parse(json), JSON.parse(await readFile(DASHBOARD, 'utf8')))
    assert.is(board.metadata.labels?.grafana_dashboard, '1')
    for (const [kind, name] of [
      ['PrometheusRule', 'ssmd'],
      ['PodMonitor', 'ssmd'],
      ['ConfigMap', 'ssmd-alerts'],
    ] as const)
      assert.is(find(objects, kind, name).metadata.labels?.release, 'prometheus')
    const none = await render(helm!)
    assert.not.ok(none.some(({ apiVersion }) => apiVersion.startsWith('monitoring.')))
  }
)

test.run()
