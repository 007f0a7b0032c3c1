// Runs the naive way against the same simulator and a NATS with the same fsync, for the ratio.
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { connect } from 'nats'
import { within } from '#testing/deadline.ts'
import { startNats } from '#testing/nats.ts'
import { startRole, writeResources } from '#testing/stack.ts'
import { environmentText } from './end-to-end.ts'
import { cpuSeconds, peakMemory } from './process.ts'
import type { Row } from './row.ts'

const SECONDS = 15

/** What JSON.parse, capnp-ts and js.publish for each frame reach; `ours` is our rate in this run, for the ratio. */
export async function naive(ours?: number): Promise<Row[]> {
  const dir = mkdtempSync(join(tmpdir(), 'ssmd-naive-'))
  const nats = await startNats({ sync: 'always', storeDir: join(dir, 'nats') })
  const files = writeResources(dir, {
    environment: environmentText(nats.url, 'ws://127.0.0.1:1', 'max'),
  })
  const simulator = await startRole([
    'simulator',
    'kalshi',
    '--env',
    files.environment,
    '--port',
    '0',
  ])
  try {
    const nc = await connect({ servers: nats.url })
    const jsm = await nc.jetstreamManager()
    await jsm.streams.add({ name: 'naive', subjects: ['naive.>'], duplicate_window: 120e9 })
    await nc.close()
    const child = spawn(
      process.execPath,
      [
        new URL('./naive-main.ts', import.meta.url).pathname,
        nats.url,
        String(simulator.ready.url),
        'naive.log',
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] }
    )
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
    const next = async () => {
      const line = await within(20_000, 'a line of the naive program', lines.next())
      return JSON.parse(String(line.value)) as { acked: number }
    }
    const pid = child.pid ?? 0
    for (let i = 0; i < 6; i++) await next()
    const before = await next()
    const cpuBefore = [cpuSeconds(pid), cpuSeconds(nats.pid)]
    const startedAt = performance.now()
    let after = before
    while (performance.now() - startedAt < SECONDS * 1000) after = await next()
    const seconds = (performance.now() - startedAt) / 1000
    const cpu = [cpuSeconds(pid) - cpuBefore[0]!, cpuSeconds(nats.pid) - cpuBefore[1]!]
    const memory = peakMemory(pid)
    child.kill('SIGTERM')
    const frames = after.acked - before.acked
    const rate = frames / seconds
    return [
      {
        name: 'rate',
        value: rate,
        unit: 'frames/s',
        ratio: ours
          ? `ours ${Math.round(ours)}/s in this run: ${(ours / rate).toFixed(1)}x`
          : undefined,
      },
      { name: 'program: CPU', value: (cpu[0]! / frames) * 1e6, unit: 's per million frames' },
      { name: 'nats-server: CPU', value: (cpu[1]! / frames) * 1e6, unit: 's per million frames' },
      { name: 'program: memory', value: memory, unit: 'MB peak' },
    ]
  } finally {
    await simulator.kill()
    await nats.stop()
    rmSync(dir, { recursive: true, force: true })
  }
}
