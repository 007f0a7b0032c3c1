// What a frame costs when a feed is quiet, and when it is busy: connector, broker and archiver together, in turn with a
// plain Python recorder (recorder.py) over the same simulator. Medians of several turns, and their ratio.

import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { within } from '#testing/deadline.ts'
import type { Row } from '#testing/row.ts'
import { startRole, writeResources } from '#testing/stack.ts'
import { endToEnd, environmentText } from './end-to-end.ts'
import { cpuSeconds } from './process.ts'
import { loginToSimulator } from './simulator-login.ts'

const TURNS = 3
const SECONDS = 20
const OURS = ['connector', 'nats-server', 'archiver'] as const

/** One row for each program and rate, with the ratio to the recorder of the same turns. */
export async function quiet(rates: readonly number[] = [300, 20_000]): Promise<Row[]> {
  const missing = whyNoRecorder()
  const rows: Row[] = []
  for (const rate of rates) {
    const ours: Readonly<Record<string, number>>[] = []
    const plain: number[] = []
    for (let turn = 0; turn < TURNS; turn++) {
      const result = await endToEnd({ offered: rate, seconds: SECONDS })
      if (!result.held) throw new Error(`${rate} frames/s did not hold: ${result.why}`)
      ours.push(result.cpuMicros)
      if (missing === '') plain.push(await recordPlainly(rate))
    }
    const at = `at ${rate}/s`
    for (const name of OURS)
      rows.push(
        microsRow(
          `${name} ${at}`,
          ours.map((cpu) => cpu[name]!)
        )
      )
    const totals = ours.map((cpu) => OURS.reduce((sum, name) => sum + cpu[name]!, 0))
    rows.push({
      ...microsRow(`all three ${at}`, totals),
      ratio:
        missing === ''
          ? `${(median(totals) / median(plain)).toFixed(2)} x the plain recorder`
          : `no plain recorder beside it: ${missing}`,
    })
    if (missing === '') rows.push(microsRow(`plain Python recorder ${at}`, plain))
  }
  return rows
}

function microsRow(name: string, values: readonly number[]): Row {
  const spread = `${Math.round(Math.min(...values))} to ${Math.round(Math.max(...values))}`
  return { name, value: median(values), unit: `µs of CPU per frame (${spread})` }
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!

/** Why the recorder cannot run here; empty if it can. */
function whyNoRecorder(): string {
  try {
    execFileSync('python3', ['-c', 'import websockets'], { stdio: 'ignore' })
    return ''
  } catch {
    return 'Python 3 with its package websockets is missing (pip install websockets)'
  }
}

/** CPU microseconds per frame of the recorder at `rate`. */
async function recordPlainly(rate: number): Promise<number> {
  const dir = mkdtempSync(join(tmpdir(), 'ssmd-quiet-'))
  const files = writeResources(dir, {
    environment: environmentText('nats://127.0.0.1:1', 'ws://127.0.0.1:1', rate),
  })
  const simulator = await startRole([
    'simulator',
    'kalshi',
    '--env',
    files.environment,
    '--port',
    '0',
    '--health-addr',
    '127.0.0.1:0',
  ])
  const program = new URL('./recorder.py', import.meta.url).pathname
  const child = spawn('python3', [program, join(dir, 'frames.jsonl.gz')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const exited = new Promise((resolve) => child.once('exit', resolve))
  try {
    child.stdin.end(JSON.stringify(await loginToSimulator(String(simulator.ready.url))))
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
    const frames = async () => {
      const { value } = await within(20_000, 'a line of the plain recorder', lines.next())
      return (JSON.parse(String(value)) as { frames: number }).frames
    }
    // The same three seconds to settle as ours.
    for (let i = 0; i < 6; i++) await frames()
    const from = await frames()
    const cpuFrom = cpuSeconds(child.pid!)
    const startedAt = performance.now()
    let to = from
    while (performance.now() - startedAt < SECONDS * 1000) to = await frames()
    return ((cpuSeconds(child.pid!) - cpuFrom) / (to - from)) * 1e6
  } finally {
    child.kill('SIGTERM')
    await exited
    await simulator.kill()
    rmSync(dir, { recursive: true, force: true })
  }
}
