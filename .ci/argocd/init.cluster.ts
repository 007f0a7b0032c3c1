// test: alone, limit 600s
// The repository that `ssmd init` writes, under a real Argo CD: with the address of the repository in its Application, its overlay for a
// cluster becomes Healthy, and a feed that the command adds arrives with the next push.

import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { parse } from 'yaml'
import { skip } from '#testing/skip.ts'
import { CLAIMS, DEPLOYMENTS, type KubeObject } from '../../operator/kube/objects.ts'
import { ENVIRONMENTS } from '../../operator/reconcile/kinds.ts'
import {
  declareApplication,
  exists,
  isHealthy,
  refresh,
  untilApplication,
  untilSettled,
} from './applications.ts'
import { healthChecks } from './health-checks.ts'
import {
  missingTestbed,
  NAMESPACE,
  said,
  startTestbed,
  stepsPrinted,
  type Testbed,
} from './testbed.ts'

const missing = await missingTestbed()
const test = suite("ssmd init's repository under Argo CD")
const MS = 180_000
const ENTRY = new URL('../../cli/main.ts', import.meta.url).pathname
const root = mkdtempSync(join(tmpdir(), 'ssmd-init-'))

let bed: Testbed
test.before(
  said(async () => {
    if (missing !== undefined) return
    bed = await startTestbed({ config: await healthChecks(), step: stepsPrinted })
    await bed.operator.up()
  })
)
test.after(async () => {
  rmSync(root, { recursive: true })
  await bed?.stop()
})

const ssmd = (...args: string[]) =>
  promisify(execFile)(process.execPath, [ENTRY, ...args], { cwd: root })

/** Every file of the folder, for a push. */
const files = (): Record<string, string> =>
  Object.fromEntries(
    readdirSync(root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [path.slice(root.length + 1), readFileSync(path, 'utf8')])
  )

const named = (name: string) => `${NAMESPACE}/${name}`

test('it is Healthy as it was written, and so is a feed that is added to it', async () => {
  if (missing !== undefined) return skip(missing)
  const { repository, argo } = bed
  const { client } = argo
  await ssmd('init')
  const first = await repository.push('first', files())
  const written = readFileSync(join(root, 'argocd/application.yaml'), 'utf8')
  // Argo CD polls in minutes; the test tells it.
  const application = parse(
    written.replace(/repoURL: .*/, `repoURL: ${repository.url}`)
  ) as KubeObject
  await declareApplication(client, application)
  await untilSettled(client, 'ssmd-feeds', first, MS)
  const app = await untilApplication(client, 'ssmd-feeds', 'healthy', isHealthy, MS)
  assert.equal(app.status?.resources?.map(({ kind, name }) => `${kind} ${name}`).sort(), [
    'Archive local',
    'Environment local',
    'Feed kalshi',
  ])
  for (const name of ['connector-local-kalshi', 'simulator-local-kalshi', 'archiver-local'])
    assert.ok(await exists(client, DEPLOYMENTS, named(name)), name)
  const { spec } = await client.get(ENVIRONMENTS, named('local'))
  assert.is((spec as { transport: { url: string } }).transport.url, 'nats://ssmd-nats:4222')
  assert.ok(await exists(client, CLAIMS, named('archiver-local')))

  await ssmd('feed', 'create', 'kraken')
  await ssmd('env', 'update', 'local', '--add-feed', 'kraken')
  const second = await repository.push('second', files())
  await refresh(client, 'ssmd-feeds')
  await untilSettled(client, 'ssmd-feeds', second, MS)
  await untilApplication(client, 'ssmd-feeds', 'healthy', isHealthy, MS)
  assert.ok(await exists(client, DEPLOYMENTS, named('connector-local-kraken')))
})

test.run()
