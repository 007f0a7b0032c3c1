// What each user of this folder's NATS may do and what it may not, tried on the real server.
import { chmodSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { connect, headers, type NatsConnection } from 'nats'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { fileAuthenticator } from '#bus/credentials.ts'
import { type BusRole, inboxPrefix } from '#bus/users.ts'
import { newStreamConfig } from '#crds/streams.ts'
import { within } from '#testing/deadline.ts'
import { startNats } from '#testing/nats.ts'
import { toolPath } from '#tools'
import { layoutOf } from './layout.ts'
import { NatsServer } from './nats.ts'
import { freePort } from './ports.ts'
import { TestFolder } from './testing/folder.ts'
import { ensureUsers, roles, seedFile, usersConfig } from './users.ts'

const MS = 30_000
const STREAM = 'ssmd_lab_made-up'
const DURABLE = 'archive_all'

const test = suite('users')
const folder = new TestFolder()
const layout = layoutOf(folder.data)
const address = { host: '127.0.0.1', port: await freePort() }
const servers = `127.0.0.1:${address.port}`
const open: NatsConnection[] = []
let server: NatsServer
let admin: NatsConnection

const as = async (role: BusRole): Promise<NatsConnection> => {
  const nc = await connect({
    servers,
    authenticator: fileAuthenticator(seedFile(layout, role)),
    inboxPrefix: inboxPrefix(role),
    reconnect: false,
  })
  open.push(nc)
  return nc
}

const config = newStreamConfig({
  name: STREAM,
  subjects: ['lab.made-up.log.>'],
  maxAgeMs: 3_600_000,
  maxBytes: 64 * 1024 * 1024,
  replicas: 1,
  duplicateWindowMs: 120_000,
})

/** The server's answer: `ok`, `refused`, or its own error. */
async function ask(nc: NatsConnection, subject: string, body = ''): Promise<string> {
  try {
    const answer = await nc.request(subject, body, { timeout: MS })
    const { error } = answer.json<{ error?: { description?: string } }>()
    return error?.description ?? 'ok'
  } catch (thrown) {
    return /permissions violation/i.test(String(thrown)) ? 'refused' : String(thrown)
  }
}

/** The same for what is not answered. A ping behind it brings the refusal, where there is one. */
async function tell(nc: NatsConnection, work: (nc: NatsConnection) => void): Promise<string> {
  const refused = (async () => {
    for await (const status of nc.status())
      if (/PERMISSIONS_VIOLATION/.test(String(status.data))) return 'refused'
    return 'closed'
  })()
  work(nc)
  await nc.flush()
  return await Promise.race([refused, nc.flush().then(() => 'ok')])
}

test.before(async () => {
  // What an ssmd up of before has left: a store that was made without users.
  const before = await startNats({ storeDir: layout.nats })
  const nc = await connect({ servers: before.url })
  assert.is(await ask(nc, `$JS.API.STREAM.CREATE.${STREAM}`, JSON.stringify(config)), 'ok')
  assert.is(await ask(nc, 'lab.made-up.log.0', 'block'), 'ok')
  await nc.close()
  await before.stop()
  server = new NatsServer(address, {
    layout,
    env: process.env,
    natsServer: () => toolPath('nats-server'),
    nowMs: () => Date.now(),
    onEvent: () => undefined,
    onChange: () => undefined,
  })
  await within(MS, 'nats-server', server.start(new AbortController().signal))
  admin = await as('admin')
})
test.after(async () => {
  for (const nc of open) await nc.close()
  await server?.stop()
  folder[Symbol.dispose]()
})

test('a folder from before there were users keeps its streams', async () => {
  const info = await admin.request(`$JS.API.STREAM.INFO.${STREAM}`, '', { timeout: MS })
  assert.is(info.json<{ state: { messages: number } }>().state.messages, 1)
})

test('whoever shows no key, or a key of another folder, is refused', async () => {
  const dial = (more: object) =>
    connect({ servers, reconnect: false, ...more }).then(
      async (nc) => {
        await nc.close()
        return 'let in'
      },
      (error: Error) => error.message
    )
  assert.match(await dial({}), /Authorization Violation/i)
  assert.match(await dial({ user: 'connector', pass: 'x' }), /Authorization Violation/i)
  using other = new TestFolder()
  const elsewhere = layoutOf(other.data)
  await ensureUsers(elsewhere)
  const authenticator = fileAuthenticator(seedFile(elsewhere, 'admin'))
  assert.match(await dial({ authenticator }), /Authorization Violation/i)
})

const block = headers()
block.set('Nats-Msg-Id', 'a:1')
const request = (subject: string, body?: object) => (nc: NatsConnection) =>
  ask(nc, subject, body === undefined ? '' : JSON.stringify(body))
const publish = (subject: string) => (nc: NatsConnection) =>
  tell(nc, (client) => client.publish(subject, 'x'))
const subscribe = (subject: string) => (nc: NatsConnection) =>
  tell(nc, (client) => client.subscribe(subject))

const READS = {
  'makes a consumer': request(`$JS.API.CONSUMER.CREATE.${STREAM}.${DURABLE}`, {
    stream_name: STREAM,
    config: { durable_name: DURABLE, ack_policy: 'all' },
    action: '',
  }),
  'reads a message': request(`$JS.API.STREAM.MSG.GET.${STREAM}`, { seq: 1 }),
}
const NEVER = {
  'deletes a stream': request(`$JS.API.STREAM.DELETE.${STREAM}`),
  'deletes a message': request(`$JS.API.STREAM.MSG.DELETE.${STREAM}`, { seq: 1 }),
  'reads past the stream': request(`$JS.API.DIRECT.GET.${STREAM}`, { seq: 1 }),
  'lists streams': request('$JS.API.STREAM.LIST'),
  'takes a snapshot': request(`$JS.API.STREAM.SNAPSHOT.${STREAM}`, { deliver_subject: 'x' }),
  'hears everything': subscribe('>'),
  'hears answers to others': subscribe('_INBOX.>'),
  'hears what another role is sent': subscribe('_INBOX.admin.>'),
  'hears live records': subscribe('lab.made-up.live.>'),
  'asks the system': request('$SYS.REQ.SERVER.PING.CONNZ'),
}
const CAPTURES = {
  'publishes a block': request('lab.made-up.log.0'),
  'sends a live record': publish('lab.made-up.live.trade.S1'),
}
const PURGES = { 'makes room': request(`$JS.API.STREAM.PURGE.${STREAM}`, { seq: 1 }) }
const MAKES = {
  'reads about a stream': request(`$JS.API.STREAM.INFO.${STREAM}`),
  'makes a stream': request(`$JS.API.STREAM.CREATE.${STREAM}`, config),
  'widens a stream': request(`$JS.API.STREAM.UPDATE.${STREAM}`, config),
}
const CONSUMES = {
  'lists consumers': request(`$JS.API.CONSUMER.LIST.${STREAM}`, { offset: 0 }),
  'reads about its consumer': request(`$JS.API.CONSUMER.INFO.${STREAM}.${DURABLE}`),
}
const DELETES = {
  'deletes its consumer': request(`$JS.API.CONSUMER.DELETE.${STREAM}.${DURABLE}`),
}
const reports = (role: string) => ({
  [`reports as ${role}`]: publish(`_ssmd.report.lab.${role}.x`),
})
const LISTENS = { 'hears reports': subscribe('_ssmd.report.>') }
const HEALTH = { 'asks for health': request('$SYS.REQ.SERVER.PING.HEALTHZ', { details: true }) }

type Acts = Readonly<Record<string, (nc: NatsConnection) => Promise<string>>>
const TABLE: readonly [role: BusRole, may: Acts, mayNot: Acts][] = [
  [
    'connector',
    { ...MAKES, ...CAPTURES, ...reports('connector') },
    {
      ...NEVER,
      ...READS,
      ...PURGES,
      ...CONSUMES,
      ...DELETES,
      ...reports('archiver'),
      ...LISTENS,
      ...HEALTH,
    },
  ],
  [
    'archiver',
    { ...MAKES, ...READS, ...CONSUMES, ...PURGES, ...DELETES, ...reports('archiver') },
    { ...NEVER, ...CAPTURES, ...reports('connector'), ...LISTENS, ...HEALTH },
  ],
  [
    'up',
    { ...LISTENS, ...CONSUMES },
    {
      ...NEVER,
      ...MAKES,
      ...READS,
      ...PURGES,
      ...DELETES,
      ...CAPTURES,
      ...reports('archiver'),
      ...HEALTH,
    },
  ],
  [
    'health',
    HEALTH,
    { ...NEVER, ...MAKES, ...READS, ...PURGES, ...DELETES, ...CAPTURES, ...CONSUMES, ...LISTENS },
  ],
]

for (const [role, may, mayNot] of TABLE) {
  for (const [what, act] of Object.entries(may)) {
    if (role === 'up' && what === 'lists consumers') continue
    test(`${role}: ${what}`, async () => {
      // What it looks at is there, whatever the test before has deleted.
      if (!what.startsWith('makes')) await READS['makes a consumer'](admin)
      assert.is(await act(await as(role)), 'ok')
    })
  }
  for (const [what, act] of Object.entries(mayNot)) {
    test(`${role} never ${what}`, async () => {
      assert.is(await act(await as(role)), 'refused')
    })
  }
}

test('seeds are readable by their owner alone, and the configuration holds none', async () => {
  assert.is(statSync(layout.users).mode & 0o777, 0o700)
  const names = readdirSync(layout.users)
  assert.equal(
    names,
    [...roles()].sort().map((role) => `${role}.nk`)
  )
  for (const name of names) assert.is(statSync(join(layout.users, name)).mode & 0o777, 0o600, name)
  assert.not.match(folder.read('data/.ssmd/nats-server.conf'), /\bSU[A-Z2-7]{20}/)
})

test('keys stay from start to start; a torn, empty or open one is put right', async () => {
  using other = new TestFolder()
  const there = layoutOf(other.data)
  const first = await ensureUsers(there)
  chmodSync(seedFile(there, 'up'), 0o644)
  chmodSync(there.users, 0o755)
  assert.equal(await ensureUsers(there), first)
  assert.is(statSync(seedFile(there, 'up')).mode & 0o777, 0o600)
  assert.is(statSync(there.users).mode & 0o777, 0o700)
  writeFileSync(seedFile(there, 'connector'), '')
  writeFileSync(seedFile(there, 'archiver'), 'SUAD')
  const second = await ensureUsers(there)
  for (const role of ['connector', 'archiver'] as const) {
    assert.match(second[role], /^U[A-Z2-7]{55}$/)
    assert.is.not(second[role], first[role])
  }
  assert.is(second.up, first.up)
  assert.match(usersConfig(second), `nkey: ${second.connector},`)
})

test.run()
