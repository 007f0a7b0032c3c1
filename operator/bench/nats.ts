// NATS for the benchmark: a real server, and the JetStream API answered by a table in this process, for ten thousand
// streams on a disk would be what is measured. Workloads' reports are published as the workloads do.

import { connect, type NatsConnection } from 'nats'
import { reportSubject } from '#bus/names.ts'
import type { ConnectorReport } from '#bus/report.ts'
import { toolPath } from '#testing/tools.ts'
import { freePorts, startProcess } from '../testing/processes.ts'
import { deploymentName, feedName, placeOf } from './load.ts'

export type BenchNats = {
  readonly url: string
  /** Questions about streams that were answered. */
  readonly asked: () => number
  /** Every connector reports every two seconds, with other figures each time, until the signal aborts. */
  report(objects: number, signal: AbortSignal): Promise<void>
  stop(): Promise<void>
}

const STREAM_NOT_FOUND = 10_059
const CREATED = '2026-11-24T12:00:00Z'
/** As the server's. */
const PAGE = 1024
const REPORT_MS = 2000
const SLICES = 40

export async function startBenchNats(): Promise<BenchNats> {
  const program = await toolPath('nats-server')
  const { nats: port } = await freePorts('nats')
  const server = startProcess('nats-server', program, ['-a', '127.0.0.1', '-p', String(port)])
  const nc = await connect({ servers: `127.0.0.1:${port}`, waitOnFirstConnect: true })
  const configs = new Map<string, unknown>()
  let asked = 0
  nc.subscribe('$JS.API.STREAM.*.*', {
    callback: (error, message) => {
      if (error) return
      const [, , , verb, name = ''] = message.subject.split('.')
      asked++
      if (verb === 'CREATE') configs.set(name, message.json())
      const config = configs.get(name)
      message.respond(
        JSON.stringify(
          config === undefined
            ? { error: { err_code: STREAM_NOT_FOUND, description: 'stream not found' } }
            : { config, created: CREATED, state: { messages: 0, first_seq: 0, last_seq: 0 } }
        )
      )
    },
  })
  nc.subscribe('$JS.API.STREAM.NAMES', {
    callback: (error, message) => {
      if (error) return
      asked++
      const { subject, offset } = message.json<{ subject: string; offset: number }>()
      const prefix = `ssmd_${subject.split('.')[0]}_`
      const names = [...configs.keys()].filter((name) => name.startsWith(prefix))
      const streams = names.slice(offset, offset + PAGE)
      message.respond(JSON.stringify({ total: names.length, offset, limit: PAGE, streams }))
    },
  })
  return {
    url: `nats://127.0.0.1:${port}`,
    asked: () => asked,
    report: (objects, signal) => reportAll(nc, objects, signal),
    async stop() {
      await nc.close()
      await server.stop('SIGTERM')
    },
  }
}

async function reportAll(nc: NatsConnection, objects: number, signal: AbortSignal): Promise<void> {
  for (let slice = 0; !signal.aborted; slice = (slice + 1) % SLICES) {
    for (let i = slice; i < objects; i += SLICES) {
      const { environment } = placeOf(i, objects)
      const name = deploymentName(i, objects)
      nc.publish(
        reportSubject(environment, 'connector', name),
        JSON.stringify(reportOf(i, objects))
      )
    }
    await new Promise((resolve) => setTimeout(resolve, REPORT_MS / SLICES))
  }
}

const reportOf = (i: number, objects: number): ConnectorReport => ({
  version: 1,
  environment: placeOf(i, objects).environment,
  feed: feedName(i),
  name: deploymentName(i, objects),
  at: Date.now(),
  simulated: true,
  state: 'capturing',
  message: '',
  role: 'connector',
  ...{ connections: 1, connected: 1, symbols: 5, gaps: 0, dropped: 0, pendingBytes: 0 },
  frames: Math.round(performance.now()),
  framesPerSecond: 200 + Math.random() * 50,
  bytes: Math.round(performance.now() * 100),
  lastFrameAt: Date.now(),
  lastDataAt: Date.now(),
})
