// How fast the simulator sends, and at what price: generated and recorded frames to a reader that only counts
// bytes, over a real socket. The reader's own work is measured apart and taken off the CPU time.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { createInterface } from 'node:readline'
import {
  httpOf,
  register,
  signedHeaders,
  testKey,
} from '#exchanges/kalshi/simulator/testing/dial.ts'
import type { Row } from '#testing/row.ts'

const PROGRAM = new URL('./testing/program.ts', import.meta.url).pathname
const SECONDS = 4

type Started = { readonly url: string; readonly pid: number; stop(): Promise<void> }

async function start(options: object): Promise<Started> {
  const child = fork(PROGRAM, [JSON.stringify({ exchanges: ['kalshi'], port: 0, ...options })], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  })
  const url = await new Promise<string>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the simulator ended with ${code}`)))
    createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
      const { msg, url: at } = JSON.parse(line) as { msg: string; url?: string }
      if (msg === 'ready' && at) resolve(at)
    })
  })
  return {
    url,
    pid: child.pid as number,
    async stop() {
      child.kill('SIGTERM')
      await once(child, 'exit')
    },
  }
}

/** CPU seconds and resident bytes of another process. */
async function usage(pid: number): Promise<{ cpuSeconds: number; bytes: number }> {
  const { readFile } = await import('node:fs/promises')
  const [stat, statm] = await Promise.all([
    readFile(`/proc/${pid}/stat`, 'utf8'),
    readFile(`/proc/${pid}/statm`, 'utf8'),
  ])
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  // Fields 14 and 15 of proc(5), in hundredths of a second; memory in pages of 4 kB.
  return {
    cpuSeconds: (Number(fields[11]) + Number(fields[12])) / 100,
    bytes: Number(statm.split(' ')[1]) * 4096,
  }
}

/** A WebSocket by hand: the handshake, one command, and then nothing but counting. */
async function rawReader(url: string, command: string): Promise<{ end(): void }> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  await once(socket, 'connect')
  const headers = Object.entries(signedHeaders(testKey())).map(
    ([name, value]) => `${name}: ${value}\r\n`
  )
  socket.write(
    `GET /trade-api/ws/v2 HTTP/1.1\r\nHost: ${hostname}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: c3NtZCBiZW5jaG1hcms5MQ==\r\nSec-WebSocket-Version: 13\r\n${headers.join('')}\r\n`
  )
  await once(socket, 'readable')
  socket.on('data', () => {})
  const body = Buffer.from(command)
  const head = Buffer.alloc(8)
  head.writeUInt8(0x81, 0)
  head.writeUInt8(0x80 | 126, 1)
  head.writeUInt16BE(body.length, 2)
  // A mask of zeros is a mask.
  socket.write(Buffer.concat([head, body]))
  return { end: () => socket.destroy() }
}

type Told = { framesSent: number; replay: { done: boolean } | null }
const told = async (url: string): Promise<Told> =>
  (await (await fetch(`${httpOf(url)}/simulator`)).json()) as Told

async function measure(name: string, options: object): Promise<Row[]> {
  const simulator = await start(options)
  try {
    const { url, pid } = simulator
    await register(url, testKey())
    const response = await fetch(`${httpOf(url)}/trade-api/v2/markets?status=open&limit=200`)
    const { markets } = (await response.json()) as { markets: { ticker: string }[] }
    const command = JSON.stringify({
      id: 1,
      cmd: 'subscribe',
      params: {
        channels: ['orderbook_delta', 'trade', 'ticker'],
        market_tickers: markets.map(({ ticker }) => ticker),
      },
    })
    const before = await usage(pid)
    const from = performance.now()
    const reader = await rawReader(url, command)
    let state = await told(url)
    while (performance.now() - from < SECONDS * 1000 && state.replay?.done !== true) {
      await new Promise((resolve) => setTimeout(resolve, 20))
      state = await told(url)
    }
    const seconds = (performance.now() - from) / 1000
    const after = await usage(pid)
    reader.end()
    const cpu = after.cpuSeconds - before.cpuSeconds
    return [
      {
        name: `simulator ${name}: frames sent`,
        value: Math.round(state.framesSent / seconds),
        unit: '/s',
      },
      { name: `simulator ${name}: CPU`, value: (cpu / state.framesSent) * 1e6, unit: 'µs/frame' },
      { name: `simulator ${name}: CPU`, value: cpu / seconds, unit: 'cores' },
      { name: `simulator ${name}: memory`, value: Math.round(after.bytes / 1e6), unit: 'MB' },
    ]
  } finally {
    await simulator.stop()
  }
}

/** Recordings are measured where `replay` names them. */
export async function benchSimulator(options: { replay?: string } = {}): Promise<Row[]> {
  return [
    ...(await measure('at 20,000/s', { rate: 20_000 })),
    ...(await measure('at 100,000/s', { rate: 100_000 })),
    ...(await measure('generated, full speed', { speed: 'max', rate: 100_000 })),
    ...(options.replay === undefined
      ? []
      : await measure('replay, full speed', { replay: [options.replay], speed: 'max' })),
  ]
}

if (process.argv[1] === new URL(import.meta.url).pathname)
  for (const { name, value, unit } of await benchSimulator(
    process.argv[2] === undefined ? {} : { replay: process.argv[2] }
  ))
    console.log(`${name.padEnd(48)} ${value.toFixed(2).padStart(14)} ${unit}`)
