// The configuration of the chart's NATS, given to the real server: what it makes of it, what its probes are answered, and
// how it ends.

import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { until, within } from '#testing/deadline.ts'
import { skip } from '#testing/skip.ts'
import { toolPath } from '#testing/tools.ts'
import { natsConfig } from '../operator/local/nats-config.ts'
import { missingTools } from '../operator/testing/cluster.ts'
import { freePorts, type Running, startProcess } from '../operator/testing/processes.ts'
import { at, find, type Helm, missingHelm, openHelm, render } from './testing/helm.ts'

const missing = (await missingHelm()) ?? (await missingTools(() => toolPath('nats-server')))
const test = suite("the chart's NATS")
const real = (name: string, body: () => Promise<void>) =>
  test(name, missing === undefined ? body : () => skip(missing))

const GIB = 1024 ** 3
let helm: Helm
let folder: string
const servers: Running[] = []
test.before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ssmd-chart-nats-'))
  if (missing === undefined) helm = await openHelm()
})
test.after(async () => {
  for (const server of servers) await server.stop()
  await helm?.close()
  await rm(folder, { recursive: true, force: true })
})

real('takes its configuration, and is what the probes and the streams need', async () => {
  const objects = await render(helm, '--set', 'nats.storage.size=30Gi')
  const data = at(find(objects, 'ConfigMap', 'ssmd-nats'), 'data') as Record<string, string>
  const text = data['nats.conf'] ?? ''
  const ports = await freePorts('client', 'monitor')
  // The pod's ports and folder are this test's; all else is as it stands.
  const here = text
    .replace('port: 4222', `host: "127.0.0.1"\nport: ${ports.client}`)
    .replace('http_port: 8222', `http: "127.0.0.1:${ports.monitor}"`)
    .replace('store_dir: /data', `store_dir: ${JSON.stringify(join(folder, 'store'))}`)
  assert.is(here.match(/127\.0\.0\.1/g)?.length, 2)
  const file = join(folder, 'nats.conf')
  await writeFile(file, here)
  const server = startProcess('nats-server', await toolPath('nats-server'), ['--config', file])
  servers.push(server)

  const container = at(find(objects, 'StatefulSet', 'ssmd-nats'), 'spec.template.spec.containers.0')
  const get = (path: string) => fetch(`http://127.0.0.1:${ports.monitor}${path}`)
  for (const probe of ['startupProbe', 'livenessProbe', 'readinessProbe']) {
    const path = String(at(container, `${probe}.httpGet.path`))
    await until(20_000, `${probe}: ${path}\n${server.lastWords()}`, () =>
      get(path).then(
        ({ ok }) => ok,
        () => false
      )
    )
  }
  const varz = (await (await get('/varz')).json()) as Record<string, unknown>
  const jetstream = at(varz, 'jetstream.config') as Record<string, unknown>
  assert.is(varz.server_name, 'ssmd-nats')
  assert.is(varz.max_payload, 8 * 1024 ** 2)
  assert.is(jetstream.sync_always, true, 'an acknowledged block is on the disk')
  assert.is(jetstream.max_storage, 27 * GIB, 'nine tenths of the volume')

  server.child.kill('SIGTERM')
  const [code] = await within(20_000, 'the end', once(server.child, 'exit'))
  assert.is(code, 0, 'SIGTERM is an orderly end')
})

real('takes blocks as large, and is as careful, as the one of ssmd up', async () => {
  const { data } = find(await render(helm), 'ConfigMap', 'ssmd-nats') as { data?: unknown }
  const here = (data as Record<string, string>)['nats.conf'] ?? ''
  const local = natsConfig(
    { host: '127.0.0.1', port: 4222 },
    { config: '', log: '', pid: '', store: '' },
    []
  )
  for (const setting of ['max_payload', 'sync_interval', 'max_memory_store']) {
    const line = new RegExp(`^ *${setting}: .*$`, 'm')
    assert.ok(line.test(local), setting)
    assert.is(line.exec(here)?.[0], line.exec(local)?.[0])
  }
})

test.run()
