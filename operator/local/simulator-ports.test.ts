import { once } from 'node:events'
import { createServer } from 'node:net'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { parseResources } from '#crds/resources.ts'
import { type Declared, declaredOf } from '../desired.ts'
import { SIMULATOR_PORT } from '../environment/desired.ts'
import { freePort } from './ports.ts'
import { SimulatorPorts } from './simulator-ports.ts'

const DATE = '2026-11-24'

/** Environments that each simulate the one feed. */
function declared(...environments: string[]): Declared {
  const feed = `apiVersion: ssmd.io/v1alpha1
kind: Feed
metadata: { name: kalshi }
spec:
  exchange: kalshi
  versions: [{ name: v2, effectiveFrom: "2025-01-01", endpoint: "wss://ws.example.com/x" }]
  channels: [trade]
`
  const text = environments.map(
    (name) => `kind: Environment
metadata: { name: ${name} }
spec: { feeds: [kalshi], transport: { url: "nats://127.0.0.1:4222" }, simulator: { feeds: [kalshi] } }
`
  )
  const found = parseResources([feed, ...text].join('---\n'), 'x.yaml')
  assert.equal(found.problems, [])
  return declaredOf(found)
}

const listenOn = async (port: number) => {
  const server = createServer().listen(port, '127.0.0.1')
  await once(server, 'listening')
  return server
}

const test = suite('simulator ports')

test('a simulator keeps its port while it is wanted, although it listens there itself', async () => {
  const ports = new SimulatorPorts()
  await ports.choose(declared('a'), DATE)
  const port = ports.get('simulator-a-kalshi') ?? 0
  const simulator = await listenOn(port)
  try {
    await ports.choose(declared('a', 'b'), DATE)
    assert.is(ports.get('simulator-a-kalshi'), port)
    assert.ok(ports.get('simulator-b-kalshi'))
    assert.is.not(ports.get('simulator-b-kalshi'), port)
    await ports.choose(declared('b'), DATE)
    assert.is(ports.get('simulator-a-kalshi'), undefined)
  } finally {
    simulator.close()
  }
})

test('takes the port that people know while it is free, else another one', async () => {
  // Something else on this computer may have it; then there is nothing to compare.
  const wasFree = (await freePort([SIMULATOR_PORT])) === SIMULATOR_PORT
  const first = new SimulatorPorts()
  await first.choose(declared('a'), DATE)
  if (!wasFree) return
  assert.is(first.get('simulator-a-kalshi'), SIMULATOR_PORT)
  const other = await listenOn(SIMULATOR_PORT)
  try {
    const second = new SimulatorPorts()
    await second.choose(declared('a'), DATE)
    assert.is.not(second.get('simulator-a-kalshi'), SIMULATOR_PORT)
  } finally {
    other.close()
  }
})

test.run()
