import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { connectBus } from '#bus/connect.ts'
import { reportSubject } from '#bus/names.ts'
import type { Report } from '#bus/report.ts'
import { until } from '#testing/deadline.ts'
import { toolPath } from '#testing/tools.ts'
import { freePorts, startProcess } from '../testing/processes.ts'
import { ReportListener } from './reports.ts'

const MS = 30_000
const REPORT = { version: 1, name: 'a', feed: 'f', role: 'connector' } as Report

const test = suite('reports')

test('reports arrive over every URL that programs accept: a list, and a password in it', async () => {
  const { nats: port, none } = await freePorts('nats', 'none')
  const server = startProcess('nats-server', await toolPath('nats-server'), [
    ...['-a', '127.0.0.1', '-p', String(port), '--user', 'me', '--pass', 'secret'],
  ])
  const url = `nats://me:secret@127.0.0.1:${none},nats://127.0.0.1:${port}`
  const { signal } = new AbortController()
  const sender = await connectBus({ url, name: 'sender', signal })
  const listener = new ReportListener(() => undefined)
  listener.follow([{ url, credentialsFile: undefined }])
  await until(MS, 'a report', () => {
    sender.publish(reportSubject('lab', 'connector', 'a'), JSON.stringify(REPORT))
    return listener.list().length === 1
  })
  assert.equal(listener.list(), [REPORT])
  await listener.close()
  await sender.close()
  await server.stop('SIGTERM')
})

test('a URL that no program can use is no error of the listener', async () => {
  const listener = new ReportListener(() => undefined)
  listener.follow([{ url: 'nats://me:secret@', credentialsFile: undefined }])
  assert.equal(listener.list(), [])
  await listener.close()
})

test.run()
