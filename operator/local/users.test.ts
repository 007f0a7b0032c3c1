// What each user of this folder's NATS may do and what it may not, tried on the real server.
import { chmodSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { connect, type NatsConnection } from 'nats'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { fileAuthenticator } from '#bus/credentials.ts'
import { newStreamConfig } from '#bus/stream-config.ts'
import { type TailBlock, tailStream } from '#bus/tail.ts'
import { busUser, inboxPrefix } from '#bus/users.ts'
import { within } from '#testing/deadline.ts'
import { startNats } from '#testing/nats.ts'
import { toolPath } from '#testing/tools.ts'
import { layoutOf } from './layout.ts'
import { NatsServer } from './nats.ts'
import { freePort } from './ports.ts'
import { TestFolder } from './testing/folder.ts'
import { PAGE, seedFile, usersConfig, withKeys } from './users.ts'

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

const SCOPE = { environment: 'lab', feeds: ['made-up'] }
const USERS = [
  busUser('up'),
  busUser('health'),
  busUser('admin'),
  busUser('connector', 'connector-lab-made-up', SCOPE),
  busUser('archiver', 'archiver-all', SCOPE),
  busUser('reader', PAGE, SCOPE),
]
const NAMES = { connector: 'connector-lab-made-up', archiver: 'archiver-all', reader: PAGE }

const as = async (role: string): Promise<NatsConnection> => {
  const name = NAMES[role as keyof typeof NAMES] ?? role
  const nc = await connect({
    servers,
    authenticator: fileAuthenticator(seedFile(layout, name)),
    inboxPrefix: inboxPrefix(name),
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
  await server.letIn(USERS)
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
  await withKeys(elsewhere, USERS)
  const authenticator = fileAuthenticator(seedFile(elsewhere, 'admin'))
  assert.match(await dial({ authenticator }), /Authorization Violation/i)
})

const request = (subject: string, body?: object) => (nc: NatsConnection) =>
  ask(nc, subject, body === undefined ? '' : JSON.stringify(body))
const publish = (subject: string) => (nc: NatsConnection) =>
  tell(nc, (client) => client.publish(subject, 'x'))
const subscribe = (subject: string) => (nc: NatsConnection) =>
  tell(nc, (client) => client.subscribe(subject))

/** What can be done to a feed, its stream and its consumer. */
function actsOn(feed: string) {
  const stream = `ssmd_lab_${feed}`
  const api = (verb: string, body?: object) => request(`$JS.API.${verb}`, body)
  return {
    'makes a stream': api(`STREAM.CREATE.${stream}`, config),
    'widens a stream': api(`STREAM.UPDATE.${stream}`, config),
    'reads about a stream': api(`STREAM.INFO.${stream}`),
    'publishes a block': request(`lab.${feed}.log.0`),
    'sends a live record': publish(`lab.${feed}.live.trade.S1`),
    'reads a message': api(`STREAM.MSG.GET.${stream}`, { last_by_subj: 'lab.made-up.log.0' }),
    'makes a consumer': api(`CONSUMER.CREATE.${stream}.${DURABLE}`, {
      stream_name: stream,
      config: { durable_name: DURABLE, ack_policy: 'all' },
      action: '',
    }),
    'reads about a consumer': api(`CONSUMER.INFO.${stream}.${DURABLE}`),
    'asks for messages': publish(`$JS.API.CONSUMER.MSG.NEXT.${stream}.${DURABLE}`),
    'acknowledges a message': publish(`$JS.ACK.${stream}.${DURABLE}.1.1.1.1.0`),
    'lists consumers': api(`CONSUMER.LIST.${stream}`, { offset: 0 }),
    'deletes a consumer': api(`CONSUMER.DELETE.${stream}.${DURABLE}`),
    'makes room': api(`STREAM.PURGE.${stream}`, { seq: 1 }),
    'deletes a stream': api(`STREAM.DELETE.${stream}`),
    'deletes a message': api(`STREAM.MSG.DELETE.${stream}`, { seq: 1 }),
    'reads past the API': api(`DIRECT.GET.${stream}`, { seq: 1 }),
    'takes a snapshot': api(`STREAM.SNAPSHOT.${stream}`, { deliver_subject: 'x' }),
    'hears blocks': subscribe(`lab.${feed}.log.>`),
    'hears live records': subscribe(`lab.${feed}.live.>`),
    'says up to when all is known': publish(`lab.${feed}.time`),
    'hears up to when all is known': subscribe(`lab.${feed}.time`),
    'asks up to when all is known': publish(`lab.${feed}.time.ask`),
    'hears who asks': subscribe(`lab.${feed}.time.ask`),
  }
}
type Act = keyof ReturnType<typeof actsOn>

const ELSE = {
  'reports as the connector': publish('_ssmd.report.lab.connector.connector-lab-made-up'),
  'reports as the archiver': publish('_ssmd.report.lab.archiver.archiver-all'),
  'reports as another': publish('_ssmd.report.lab.connector.connector-lab-other'),
  'hears reports': subscribe('_ssmd.report.>'),
  'hears reports of its Environment': subscribe('_ssmd.report.lab.>'),
  'hears reports of another Environment': subscribe('_ssmd.report.other.>'),
  'reports as the reader': publish(`_ssmd.report.lab.reader.${PAGE}`),
  'asks for health': request('$SYS.REQ.SERVER.PING.HEALTHZ', { details: true }),
  'asks who is connected': request('$SYS.REQ.SERVER.PING.CONNZ'),
  'lists streams': request('$JS.API.STREAM.LIST'),
  'hears everything': subscribe('>'),
  'hears answers to all': subscribe('_INBOX.>'),
  'hears answers to another': subscribe('_INBOX.connector-lab-other.>'),
}
type Other = keyof typeof ELSE

/** Of its own feed, of another feed, and beside feeds. All else is refused. */
const MAY: Readonly<
  Record<string, readonly [own: readonly Act[], other: readonly Act[], beside: readonly Other[]]>
> = {
  connector: [
    [
      'makes a stream',
      'widens a stream',
      'reads about a stream',
      'publishes a block',
      'sends a live record',
      'reads a message',
      'says up to when all is known',
      'hears who asks',
    ],
    [],
    ['reports as the connector'],
  ],
  archiver: [
    [
      'makes a stream',
      'widens a stream',
      'reads about a stream',
      'reads a message',
      'makes a consumer',
      'reads about a consumer',
      'asks for messages',
      'acknowledges a message',
      'lists consumers',
      'deletes a consumer',
      'makes room',
    ],
    [],
    ['reports as the archiver'],
  ],
  reader: [
    [
      'reads about a stream',
      // Of its own, which the server forgets; NATS cannot tell it from another by name.
      'makes a consumer',
      'reads about a consumer',
      'asks for messages',
      'deletes a consumer',
      'hears live records',
      'hears up to when all is known',
      'asks up to when all is known',
    ],
    [],
    ['hears reports of its Environment'],
  ],
  up: [
    ['reads about a consumer'],
    ['reads about a consumer'],
    ['hears reports', 'hears reports of its Environment', 'hears reports of another Environment'],
  ],
  health: [[], [], ['asks for health']],
}

for (const [role, [own, other, beside]] of Object.entries(MAY)) {
  const cases = [
    ...Object.entries(actsOn('made-up')).map(([what, act]) => ({
      what,
      act,
      may: own.includes(what as Act),
    })),
    ...Object.entries(actsOn('other'))
      .filter(([what]) => !other.includes(what as Act))
      .map(([what, act]) => ({ what: `${what} of another feed`, act, may: false })),
    ...Object.entries(ELSE).map(([what, act]) => ({
      what,
      act,
      may: beside.includes(what as Other),
    })),
  ]
  for (const { what, act, may } of cases) {
    test(`${role} ${may ? '' : 'never '}${what}`, async () => {
      // What it looks at is there, whatever the test before has deleted.
      if (may && !what.startsWith('makes')) await actsOn('made-up')['makes a consumer'](admin)
      assert.is(await act(await as(role)), may ? 'ok' : 'refused')
    })
  }
}

test('a reader follows the stream of its feed with no more than its rights', async () => {
  const reader = await as('reader')
  const refusals: string[] = []
  void (async () => {
    for await (const { data } of reader.status())
      if (/PERMISSIONS/.test(String(data))) refusals.push(String(data))
  })()
  const stop = new AbortController()
  const { blocks } = await tailStream(reader, {
    stream: STREAM,
    from: 'new',
    maxBytes: 1024 * 1024,
    signal: stop.signal,
  })
  assert.is(await ask(admin, 'lab.made-up.log.0', 'a later block'), 'ok')
  const iterator = blocks[Symbol.asyncIterator]()
  const { value } = await within(MS, 'the block', iterator.next())
  assert.is(Buffer.from((value as TailBlock).data).toString(), 'a later block')
  stop.abort()
  await within(MS, 'the end', iterator.next())
  assert.equal(refusals, [])
})

test('a feed that is added while the server runs is let in, and disconnects nobody', async () => {
  const archiver = await as('archiver')
  let changes = 0
  void (async () => {
    for await (const _ of archiver.status()) changes++
  })()
  const late = { environment: 'lab', feeds: ['late'] }
  await within(MS, 'new user', server.letIn([busUser('connector', 'connector-lab-late', late)]))
  const connector = await as('connector-lab-late')
  assert.match(await ask(connector, '$JS.API.STREAM.INFO.ssmd_lab_late'), /stream not found/)
  assert.is(await ask(archiver, `$JS.API.STREAM.INFO.${STREAM}`), 'ok')
  assert.is(changes, 0)
  // A user that may do more keeps what it could do.
  const both = { environment: 'lab', feeds: ['late'] }
  await within(MS, 'wider user', server.letIn([busUser('archiver', 'archiver-all', both)]))
  const wider = await as('archiver')
  assert.match(await ask(wider, '$JS.API.STREAM.INFO.ssmd_lab_late'), /stream not found/)
  assert.is(await ask(wider, `$JS.API.STREAM.INFO.${STREAM}`), 'ok')
})

test('seeds are readable by their owner alone, and the configuration holds none', async () => {
  assert.is(statSync(layout.users).mode & 0o777, 0o700)
  const names = readdirSync(layout.users)
  const known = ['connector-lab-late', ...USERS.map(({ name }) => name)]
  assert.equal(
    names,
    known.sort().map((name) => `${name}.nk`)
  )
  for (const name of names) assert.is(statSync(join(layout.users, name)).mode & 0o777, 0o600, name)
  assert.not.match(folder.read('data/.ssmd/nats-server.conf'), /\bSU[A-Z2-7]{20}/)
})

test('keys stay from start to start; a torn, empty or open one is put right', async () => {
  using other = new TestFolder()
  const there = layoutOf(other.data)
  const keys = async () =>
    Object.fromEntries((await withKeys(there, USERS)).map((user) => [user.name, user.publicKey]))
  const first = await keys()
  chmodSync(seedFile(there, 'up'), 0o644)
  chmodSync(there.users, 0o755)
  assert.equal(await keys(), first)
  assert.is(statSync(seedFile(there, 'up')).mode & 0o777, 0o600)
  assert.is(statSync(there.users).mode & 0o777, 0o700)
  writeFileSync(seedFile(there, 'health'), '')
  writeFileSync(seedFile(there, 'archiver-all'), 'SUAD')
  const second = await keys()
  for (const name of ['health', 'archiver-all']) {
    assert.match(second[name] ?? '', /^U[A-Z2-7]{55}$/)
    assert.is.not(second[name], first[name])
  }
  assert.is(second.up, first.up)
  assert.match(usersConfig(await withKeys(there, USERS)), `nkey: ${second.health},`)
})

test.run()
