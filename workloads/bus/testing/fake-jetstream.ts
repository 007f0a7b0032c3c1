// A NATS server with a JetStream that lies on demand, for what the real one does only in bad hours: lost and repeated
// deliveries, silence, changes of leadership. It answers the few requests of a consumer and counts the consumers made.

import { createServer, type Socket } from 'node:net'

export type FakeJetStream = {
  readonly url: string
  /** Start sequence of each consumer made. */
  readonly made: number[]
  /** Requests for blocks, as they came. */
  readonly pulls: { readonly max_bytes: number; readonly expires: number }[]
  /** Acknowledgements: subject and payload. They are confirmed only where `confirms` is true. */
  readonly acks: string[]
  confirms: boolean
  /** Sends a block to the last who pulled; the payload is the sequence as text. */
  deliver(sequence: number, consumerSequence: number, deliveries?: number): void
  /** Sends a status, as JetStream does at the end of a request. */
  status(code: number, description: string, pendingBytes?: number): void
  /** Sends what `work` sends in one piece. */
  atOnce(work: () => void): void
  close(): Promise<void>
}

const STREAM = {
  created: '2026-11-24T00:00:00Z',
  config: {},
  state: { first_seq: 1, last_seq: 1_000 },
}
const NO_CONSUMER = '{"error":{"code":404,"err_code":10014,"description":"consumer not found"}}'
const INFO = { server_id: 'fake', version: '2.15.2', proto: 1, headers: true, max_payload: 1048576 }

export async function startFakeJetStream(): Promise<FakeJetStream> {
  const made: number[] = []
  const pulls: { max_bytes: number; expires: number }[] = []
  const acks: string[] = []
  const subscriptions = new Map<string, string>()
  let socket: Socket | undefined
  let puller = ''

  const sidOf = (subject: string): string | undefined =>
    [...subscriptions].find(([, pattern]) =>
      pattern.endsWith('*') ? subject.startsWith(pattern.slice(0, -1)) : subject === pattern
    )?.[0]
  const send = (to: string, payload: string, more: { reply?: string; header?: string } = {}) => {
    const { reply = '', header } = more
    const sid = sidOf(to)
    if (sid === undefined) return
    const sizes = header === undefined ? '' : `${header.length} `
    const body = `${header ?? ''}${payload}`
    const verb = header === undefined ? 'MSG' : 'HMSG'
    socket?.write(`${verb} ${to} ${sid} ${reply ? `${reply} ` : ''}${sizes}${body.length}\r\n`)
    socket?.write(`${body}\r\n`)
  }
  const fake: FakeJetStream = {
    url: '',
    made,
    pulls,
    acks,
    confirms: true,
    deliver(sequence, consumerSequence, deliveries = 1) {
      const reply = `$JS.ACK.s.d.${deliveries}.${sequence}.${consumerSequence}.1.0`
      send(puller, `${sequence}`, { reply })
    },
    status(code, description, pendingBytes) {
      const left = pendingBytes === undefined ? '' : `Nats-Pending-Bytes: ${pendingBytes}\r\n`
      send(puller, '', { header: `NATS/1.0 ${code} ${description}\r\n${left}\r\n` })
    },
    atOnce(work) {
      socket?.cork()
      work()
      socket?.uncork()
    },
    close: () =>
      new Promise((resolve) => {
        socket?.destroy()
        server.close(() => resolve())
      }),
  }
  const onPublish = (subject: string, reply: string, payload: string): void => {
    if (subject.startsWith('$JS.API.STREAM.INFO')) send(reply, JSON.stringify(STREAM))
    else if (subject.startsWith('$JS.API.CONSUMER.INFO')) send(reply, NO_CONSUMER)
    else if (subject.startsWith('$JS.API.CONSUMER.DELETE')) send(reply, '{"success":true}')
    else if (subject.startsWith('$JS.API.CONSUMER.CREATE')) {
      made.push((JSON.parse(payload) as { config: { opt_start_seq: number } }).config.opt_start_seq)
      send(reply, '{"num_pending":0}')
    } else if (subject.startsWith('$JS.API.CONSUMER.MSG.NEXT')) {
      puller = reply
      pulls.push(JSON.parse(payload))
    } else if (subject.startsWith('$JS.ACK')) {
      acks.push(`${subject} ${payload}`)
      if (fake.confirms) send(reply, '')
    }
  }
  const onLine = (line: string, payload: string): void => {
    const [verb = '', ...words] = line.split(' ')
    if (verb === 'PING') socket?.write('PONG\r\n')
    else if (verb === 'SUB') subscriptions.set(words.at(-1) ?? '', words[0] ?? '')
    else if (verb === 'UNSUB') subscriptions.delete(words[0] ?? '')
    else if (verb === 'PUB') onPublish(words[0] ?? '', words.length > 2 ? words[1]! : '', payload)
  }
  const server = createServer((client) => {
    socket = client
    client.on('error', () => undefined)
    client.write(`INFO ${JSON.stringify(INFO)}\r\n`)
    readCommands(client, onLine)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : 0
  return Object.assign(fake, { url: `nats://127.0.0.1:${port}` })
}

/** Cuts what a client sends into its lines, those of PUB with their payload. */
function readCommands(client: Socket, onLine: (line: string, payload: string) => void): void {
  let rest = ''
  client.setEncoding('latin1')
  client.on('data', (chunk) => {
    rest += chunk
    for (let end = rest.indexOf('\r\n'); end >= 0; end = rest.indexOf('\r\n')) {
      const line = rest.slice(0, end)
      const size = line.startsWith('PUB ') ? Number(line.split(' ').at(-1)) + 2 : 0
      if (rest.length < end + 2 + size) return
      onLine(line, rest.slice(end + 2, end + 2 + Math.max(0, size - 2)))
      rest = rest.slice(end + 2 + size)
    }
  })
}
