// The data API as a process of its own: how long short answers take, alone and under a crowd of which some do not read.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { Agent, get, type IncomingMessage } from 'node:http'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import type { Row } from '#testing/row.ts'
import { below } from './best.ts'
import { CONNECTIONS, SLOW } from './crowd.ts'
import { DAY, FEED } from './day.ts'

const SAMPLES = 500
/** How the image runs Node (.ci/image/rootfs.ts). */
const IMAGE = { NODE_OPTIONS: '--max-semi-space-size=4', MALLOC_ARENA_MAX: '2' }
const CROWD_MS = 10_000

export async function serverRows(root: string): Promise<Row[]> {
  const { child, url } = await start(root)
  try {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    const sample = await timesOf(SAMPLES, `${url}datasets/${FEED}/${DAY}/sample?limit=10`, agent)
    const { health, fast, rss } = await crowd(url, child.pid!)
    return [
      row('sample of 10 frames, p99', percentile(sample, 0.99), 20, 'ms'),
      row(`/health under ${CONNECTIONS} connections, ${SLOW} of them slow, p99`, health, 100, 'ms'),
      { name: '  rows for the others', value: fast, unit: 'answers/s' },
      row('  memory of the process meanwhile', rss, 300, 'MB'),
    ]
  } finally {
    child.kill('SIGTERM')
  }
}

const row = (name: string, value: number, target: number, unit: string): Row => ({
  ...{ name, value, unit, ratio: below(value, target, unit) },
})

async function start(root: string): Promise<{ child: ChildProcess; url: string }> {
  const main = fileURLToPath(new URL('../../../cli/main.ts', import.meta.url))
  const args = [main, 'data-api', '--path', root, '--listen', '127.0.0.1:0']
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...IMAGE },
  })
  for await (const line of createInterface({ input: child.stdout! })) {
    const url = /"address":"(http:[^"]+)"/.exec(line)?.[1]
    if (url === undefined) continue
    child.stdout!.resume()
    return { child, url }
  }
  throw new Error('the data API ended at its start')
}

async function timesOf(count: number, url: string, agent: Agent): Promise<number[]> {
  const times: number[] = []
  for (let i = 0; i < count; i++) {
    const start = performance.now()
    await read(url, agent)
    times.push(performance.now() - start)
  }
  return times
}

async function read(url: string, agent: Agent): Promise<void> {
  const response = await new Promise<IncomingMessage>((resolve, reject) =>
    get(url, { agent }, resolve).once('error', reject)
  )
  if (response.statusCode !== 200) throw new Error(`${url}: ${response.statusCode}`)
  for await (const _ of response);
}

/** All at the same time, from a thread of its own, so that what is measured here does not wait for the crowd's own work. */
async function crowd(
  url: string,
  pid: number
): Promise<{ readonly health: number; readonly fast: number; readonly rss: number }> {
  const others = new Worker(new URL('crowd.ts', import.meta.url), { workerData: url })
  try {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    const health: number[] = []
    let rss = 0
    const start = performance.now()
    while (performance.now() - start < CROWD_MS) {
      health.push(...(await timesOf(1, `${url}health`, agent)))
      rss = Math.max(rss, residentMegabytes(pid))
      await sleep(20)
    }
    const seconds = (performance.now() - start) / 1000
    others.postMessage('end')
    const [answers] = (await once(others, 'message')) as [number]
    agent.destroy()
    return { health: percentile(health, 0.99), fast: answers / seconds, rss }
  } finally {
    await others.terminate()
  }
}

function residentMegabytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return (Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024) / 1e6
}

function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}
