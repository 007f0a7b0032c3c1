// The naive way, as its own program: each frame through JSON.parse, a Cap'n Proto message of its own by
// capnp-ts, and one js.publish whose promise is awaited with a bounded number in flight. It drops nothing:
// when too many are in flight it stops reading, so its rate is what it can do.
import { Message } from 'capnp-ts'
import { connect } from 'nats'
import { type RawData, WebSocket } from 'ws'
import { Block } from '#wire/testing/block.capnp.ts'
import { loginToSimulator } from './simulator-login.ts'

const [natsUrl = '', simulatorUrl = '', subject = '', inFlight = '256'] = process.argv.slice(2)
const login = await loginToSimulator(simulatorUrl)

const nc = await connect({ servers: natsUrl })
const js = nc.jetstream()
const socket = new WebSocket(login.url, { perMessageDeflate: false, headers: login.headers })

let n = 0
let acked = 0
let flying = 0
let failed = 0

function encode(recv: bigint, text: string): Uint8Array {
  const frame = JSON.parse(text) as {
    type: string
    sid?: number
    seq?: number
    msg?: { market_ticker?: string }
  }
  const payload = Buffer.from(text)
  const message = new Message()
  const block = message.initRoot(Block)
  block.setEnvironment('bench')
  block.setFeed('naive')
  block.setConnection('naive')
  block.setFirst(BigInt(n))
  const types = block.initTypes(1)
  types.get(0).setName(frame.type)
  types.get(0).setGroup('other')
  block.initSymbols(1).set(0, frame.msg?.market_ticker ?? '')
  const record = block.initRecords(1).get(0)
  record.setRecv(recv)
  record.setNumber(BigInt(n))
  record.setScope(frame.sid ?? 0)
  record.setSequence(BigInt(frame.seq ?? 0))
  record.initPayload(payload.length).copyBuffer(payload)
  return new Uint8Array(message.toArrayBuffer())
}

socket.on('open', () => socket.send(login.subscribe))
async function publish(data: RawData): Promise<void> {
  n++
  flying++
  if (flying >= Number(inFlight)) socket.pause()
  try {
    const ack = await js.publish(subject, encode(BigInt(Date.now()) * 1_000_000n, String(data)), {
      msgID: `naive:${n}`,
      timeout: 30_000,
    })
    if (ack.seq > 0) acked++
  } catch {
    failed++
  }
  flying--
  if (flying < Number(inFlight) / 2) socket.resume()
}
socket.on('message', (data) => void publish(data))
socket.on('error', (error) => {
  process.stderr.write(`${error.message}\n`)
  process.exit(1)
})
setInterval(() => process.stdout.write(`${JSON.stringify({ n, acked, failed })}\n`), 500)
process.on('SIGTERM', () => process.exit(0))
