// test: limit 120s
// An operator that meets no kinds yet, or kinds of another version: older ones keep it from leading, and end it while it
// works; later ones do not. With a real API server, and a service account that has the shipped role and no right on CRDs.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { Registry } from 'prom-client'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { parse } from 'yaml'
import type { SsmdError } from '#crds/errors.ts'
import { NEEDS } from '#crds/needs.gen.ts'
import { until, waitOut, within } from '#testing/deadline.ts'
import { skip } from '#testing/skip.ts'
import {
  CUSTOM_RESOURCE_DEFINITIONS,
  DEPLOYMENTS,
  type KubeObject,
  LEASES,
} from '../kube/objects.ts'
import {
  definitionsFit,
  judgeServed,
  missingIn,
  readServed,
  type Served,
  type ServedSchema,
  unknownIn,
} from '../preflight.ts'
import { Manager } from '../runtime/manager.ts'
import { missingTools } from '../testing/cluster.ts'
import {
  declare,
  environment,
  feed,
  type KindsCluster,
  type Space,
  startKinds,
} from '../testing/kinds.ts'
import { testLog } from '../testing/log.ts'
import { freePorts } from '../testing/processes.ts'

const missing = await missingTools()

const test = suite('kinds that are served')
const MS = 30_000
const ROOT = new URL('../../', import.meta.url).pathname
const FILES = ['feed', 'environment', 'archive', 'signal'] as const

type Definition = KubeObject & {
  readonly spec: {
    readonly names: { readonly kind: string }
    readonly versions: readonly { readonly schema: { readonly openAPIV3Schema: ServedSchema } }[]
  }
}

const definition = (file: string, edit: (text: string) => string = (text) => text): Definition =>
  parse(edit(readFileSync(`${ROOT}crds/${file}.yaml`, 'utf8'))) as Definition
const shipped = (): Served =>
  Object.fromEntries(
    FILES.map((file) => {
      const { spec } = definition(file)
      return [spec.names.kind, spec.versions[0]?.schema.openAPIV3Schema ?? {}]
    })
  )
/** A schema of before the field `path` was there, or with another in its place. */
function edited(kind: string, path: readonly string[], value?: unknown): Served {
  const served = structuredClone(shipped()) as Record<string, Record<string, unknown>>
  let at = served[kind] as Record<string, unknown>
  for (const part of path.slice(0, -1)) at = at[part] as Record<string, unknown>
  const last = path.at(-1) ?? ''
  if (value === undefined) delete at[last]
  else at[last] = value
  return served as Served
}

const STATE = ['properties', 'spec', 'properties', 'state']
const GAPS = ['properties', 'status', 'properties', 'gapsToday']

test('the shipped kinds have all that is needed; a field, a value, a type or a kind less is named', () => {
  assert.equal(missingIn(shipped()), [])
  assert.equal(unknownIn(shipped()), [])
  assert.is(judgeServed(shipped()), undefined)
  assert.equal(missingIn(edited('Feed', GAPS)), ['Feed status.gapsToday'])
  assert.equal(missingIn(edited('Feed', [...STATE, 'enum'], ['active', 'disabled'])), [
    'Feed spec.state has no value deprecated',
  ])
  assert.equal(missingIn(edited('Feed', [...STATE, 'type'], 'integer')), [
    'Feed spec.state is integer, not string',
  ])
  const versions = ['properties', 'spec', 'properties', 'versions']
  assert.equal(missingIn(edited('Feed', versions)), ['Feed spec.versions'], 'not all below it')
  const { Archive: _gone, ...two } = shipped()
  assert.equal(missingIn(two), ['kind Archive'])
  const open = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }
  assert.equal(missingIn(edited('Feed', ['properties', 'spec'], open)), [])
})

test('kinds that are not there are not called old; that one of them is gone is said once they were', () => {
  const error = judgeServed({})
  assert.is(error?.code, 'SSMD_E_DEFINITIONS')
  const all = Object.keys(NEEDS).join(', ')
  assert.is(error?.message, `kinds of ssmd.io are not served yet: ${all}`)
  const { Archive: _gone, ...two } = shipped()
  assert.is(judgeServed(two)?.message, 'kinds of ssmd.io are not served yet: Archive')
  assert.is(
    judgeServed(two, 'any more')?.message,
    'kinds of ssmd.io are not served any more: Archive'
  )
  const { Archive: _archive, ...old } = edited('Feed', GAPS)
  assert.match(
    judgeServed(old)?.message ?? '',
    /are older than this operator: they lack .*status\.gapsToday/
  )
})

test('an operator that has seen the kinds says that they are gone, another one that they are not there yet', async () => {
  const gvk = (kind: string) => [{ group: 'ssmd.io', version: 'v1alpha1', kind }]
  const published = (served: Served) => ({
    components: {
      schemas: Object.fromEntries(
        Object.entries(served).map(([kind, schema]) => [
          kind,
          { ...schema, 'x-kubernetes-group-version-kind': gvk(kind) },
        ])
      ),
    },
  })
  let served: Served = {}
  const transport = { request: async () => ({ body: published(served) }) }
  const client = { transport } as unknown as Parameters<typeof definitionsFit>[0]
  const { check } = definitionsFit(client, testLog().log)
  const said = async () => (await check(new AbortController().signal))?.message ?? 'fit'
  assert.match(await said(), /are not served yet: /)
  served = shipped()
  assert.is(await said(), 'fit')
  served = {}
  assert.match(await said(), /are not served any more: /)
})

test('a later version is told by what it has more', () => {
  const later = edited('Feed', ['properties', 'spec', 'properties', 'fresh'], { type: 'string' })
  assert.equal(missingIn(later), [])
  assert.equal(unknownIn(later), ['Feed spec.fresh'])
  assert.ok(Object.keys(NEEDS.Feed ?? {}).length > 20)
})

let kinds: KindsCluster
const gone: (() => void)[] = []
test.before(async () => {
  if (!missing) kinds = await startKinds()
})
test.after(async () => {
  for (const end of gone) end()
  await kinds?.stop()
})
const real = (name: string, body: () => Promise<void>) =>
  test(name, missing === undefined ? body : () => skip(missing))

async function serve(object: KubeObject): Promise<void> {
  await kinds.client.apply(CUSTOM_RESOURCE_DEFINITIONS, object, { manager: 'test', force: true })
}
/** A Feed of before there were gaps to count. */
const older = () => {
  const object = structuredClone(definition('feed'))
  for (const { schema } of object.spec.versions) {
    const status = schema.openAPIV3Schema.properties?.status as {
      properties: Record<string, unknown>
    }
    assert.ok(status.properties.gapsToday)
    delete status.properties.gapsToday
  }
  return object
}

const isAnswer = (answered: unknown): boolean => answered instanceof Response

function startProgram(space: Space, port: number) {
  const config = join(kinds.cluster.folder, `${space.name}.json`)
  const cluster = {
    server: kinds.cluster.server,
    'certificate-authority-data': kinds.cluster.ca.toString('base64'),
  }
  const kubeconfig = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'c', cluster }],
    users: [{ name: 'u', user: { token: space.token } }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u', namespace: space.name } }],
    'current-context': 'x',
  }
  writeFileSync(config, JSON.stringify(kubeconfig))
  const args = [
    ...[`${ROOT}cli/main.ts`, 'operator', '--kubeconfig', config],
    ...['--health-addr', `127.0.0.1:${port}`, '--image', 'ssmd:test'],
  ]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  gone.push(() => child.kill('SIGKILL'))
  const lines: Record<string, unknown>[] = []
  createInterface({ input: child.stdout }).on('line', (line) =>
    lines.push(JSON.parse(line) as Record<string, unknown>)
  )
  return { child, lines, exited: once(child, 'exit') }
}

real(
  '`ssmd operator` waits for kinds of its version: not ready, no lease, nothing made',
  async () => {
    const space = await kinds.space()
    await serve(older())
    // Not a moment before, when nothing is published yet, and then the shipped kind for a while.
    await until(MS, 'the older kind is served', async () => {
      const served = await readServed(kinds.client)
      return served !== 'forbidden' && missingIn(served).join() === 'Feed status.gapsToday'
    })
    const { health: port } = await freePorts('health')
    const { child, lines, exited } = startProgram(space, port)
    await until(MS, 'it says so', () => lines.some(({ code }) => code === 'SSMD_E_DEFINITIONS'))
    const [line] = lines.filter(({ code }) => code === 'SSMD_E_DEFINITIONS')
    assert.match(String(line?.msg), /they lack Feed status\.gapsToday$/)
    assert.match(String(line?.hint), /crds\/feed\.yaml/)
    const ready = async () => {
      await until(MS, 'it answers', () =>
        fetch(`http://127.0.0.1:${port}/livez`).then(isAnswer, isAnswer)
      )
      const answer = await fetch(`http://127.0.0.1:${port}/readyz`)
      return `${answer.status} ${await answer.text()}`
    }
    assert.match(await ready(), /^503 \[-\]precondition failed: the kinds of ssmd\.io are older/)
    assert.is(
      (await fetch(`http://127.0.0.1:${port}/livez`)).status,
      200,
      'a restart heals nothing'
    )
    await declare(kinds.client, environment(space, 'prod', ['a']))
    await declare(kinds.client, feed(space, 'a'))
    const leases = await kinds.client.list(LEASES, { namespace: space.name })
    assert.equal(leases.items, [])
    assert.not(lines.some(({ msg }) => msg === 'working'))
    await serve(definition('feed'))
    await until(MS, 'it works', () => lines.some(({ msg }) => msg === 'working'))
    assert.match(await ready(), /^200 /)
    await until(MS, 'the connector', async () => {
      const { items } = await kinds.client.list(DEPLOYMENTS, { namespace: space.name })
      return items.length === 1
    })
    child.kill('SIGTERM')
    assert.equal(await within(MS, 'the end', exited), [0, null])
  }
)

real(
  'kinds that become older end an operator that works, and it gives the lease free',
  async () => {
    const space = await kinds.space()
    await serve(definition('feed'))
    await until(MS, 'the shipped kind is served', async () => {
      const served = await readServed(kinds.client)
      return served !== 'forbidden' && missingIn(served).length === 0
    })
    const { log } = testLog()
    const manager = new Manager({
      connection: space.connection,
      log,
      registry: new Registry(),
      userAgent: 'ssmd-operator/test',
      name: 'ssmd-operator',
      hashAnnotation: 'ssmd.io/applied-hash',
      reportingController: 'ssmd.io/operator',
      lease: { namespace: space.name, name: 'ssmd-operator' },
      precondition: (client) => ({ ...definitionsFit(client, log), watchMs: 200 }),
    })
    const stop = new AbortController()
    const running = manager.run(stop.signal).then(
      () => undefined,
      (thrown) => thrown as SsmdError
    )
    await until(MS, 'it leads', () => manager.phase === 'leading')
    const fresh = structuredClone(definition('feed'))
    const spec = fresh.spec.versions[0]?.schema.openAPIV3Schema.properties?.spec
    ;(spec?.properties as Record<string, unknown>).later = { type: 'string' }
    await serve(fresh)
    await until(MS, 'a later one is served', async () => {
      const served = await readServed(kinds.client)
      return served !== 'forbidden' && unknownIn(served).length > 0
    })
    await waitOut(600, 'some looks at the kinds served, after which it must still lead')
    assert.is(manager.phase, 'leading', 'a later one only knows more')
    await serve(older())
    assert.is((await within(MS, 'its end', running))?.code, 'SSMD_E_DEFINITIONS')
    const lease = await kinds.client.get(LEASES, `${space.name}/ssmd-operator`)
    assert.is((lease.spec as { holderIdentity?: string }).holderIdentity ?? '', '')
  }
)

real('a first install: the kinds come after the operator, and are not called old', async () => {
  const space = await kinds.space()
  for (const file of FILES) {
    const { name } = definition(file).metadata
    const { uid = '' } = (await kinds.client.get(CUSTOM_RESOURCE_DEFINITIONS, name)).metadata
    await kinds.client.delete(CUSTOM_RESOURCE_DEFINITIONS, name, { uid })
  }
  await until(MS, 'no kind is served', async () => {
    const served = await readServed(kinds.client)
    return served !== 'forbidden' && Object.keys(served).length === 0
  })
  const { health: port } = await freePorts('health')
  const { child, lines, exited } = startProgram(space, port)
  await until(MS, 'it says so', () => lines.some(({ code }) => code === 'SSMD_E_DEFINITIONS'))
  const [line] = lines.filter(({ code }) => code === 'SSMD_E_DEFINITIONS')
  assert.match(String(line?.msg), /^kinds of ssmd\.io are not served yet: \w+(, \w+){3}$/)
  for (const file of FILES) await serve(definition(file))
  await until(MS, 'it works', () => lines.some(({ msg }) => msg === 'working'))
  assert.not(lines.some(({ msg }) => /older/.test(String(msg))))
  child.kill('SIGTERM')
  assert.equal(await within(MS, 'the end', exited), [0, null])
})

test.run()
