// How long commands take from nothing to their end, as a person feels it: whole processes, beside `node -e 0` in turn, in one run. The first
// start of each makes what later ones use, and is not counted.

import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Row } from '#testing/row.ts'

const SSMD = new URL('../../cli/ssmd.mjs', import.meta.url).pathname
const ROUNDS = 15
const FEW = 20
const MANY = 5000

export async function benchCli(): Promise<Row[]> {
  const scratch = mkdtempSync(join(tmpdir(), 'ssmd-bench-cli-'))
  try {
    const few = writeFiles(join(scratch, 'few'), FEW)
    const many = writeFiles(join(scratch, 'many'), MANY)
    const commands = {
      'node -e 0': ['-e', '0'],
      'ssmd --help': [SSMD, '--help'],
      'ssmd --version': [SSMD, '--version'],
      [`ssmd validate, ${FEW} files`]: [SSMD, 'validate', few],
    }
    const times = new Map(Object.keys(commands).map((name) => [name, [] as number[]]))
    for (let round = 0; round <= ROUNDS; round++) {
      for (const [name, args] of Object.entries(commands)) {
        const ms = timed(args)
        if (round > 0) times.get(name)?.push(ms)
      }
    }
    const base = median(times.get('node -e 0') ?? [])
    const rows = [...times].map(([name, all]): Row => {
      const value = median(all)
      return { name, value, unit: 'ms', ratio: `${(value / base).toFixed(2)} x node -e 0` }
    })
    return [...rows, ...measured(many)]
  } finally {
    rmSync(scratch, { recursive: true })
  }
}

function timed(args: readonly string[]): number {
  const begin = performance.now()
  const { status, stderr } = spawnSync(process.execPath, args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}: ${stderr}`)
  return performance.now() - begin
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN

/** What a process says of itself at its end. */
const TELL = `process.on('exit', () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage()
  process.stderr.write(JSON.stringify({ cpu: (userCPUTime + systemCPUTime) / 1e6, mb: maxRSS * 1024 / 1e6 }))
})`

function measured(folder: string): Row[] {
  const begin = performance.now()
  const { stderr } = spawnSync(
    process.execPath,
    ['--import', `data:text/javascript,${encodeURIComponent(TELL)}`, SSMD, 'validate', folder],
    { stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' }
  )
  const seconds = (performance.now() - begin) / 1000
  const { cpu, mb } = JSON.parse(stderr) as { readonly cpu: number; readonly mb: number }
  const name = `ssmd validate, ${MANY} files`
  return [
    { name, value: seconds, unit: 's' },
    { name: `${name}: CPU of all its threads`, value: cpu, unit: 's' },
    { name: `${name}: memory at most`, value: mb, unit: 'MB' },
  ]
}

/** Eight Feeds, an Environment and an Archive in ten files; the folder of resources. */
function writeFiles(root: string, count: number): string {
  const folder = join(root, 'exchanges')
  for (const name of ['feeds', 'environments', 'archives'])
    mkdirSync(join(folder, name), { recursive: true })
  for (let i = 0; i < count / 10; i++) {
    const feeds = Array.from({ length: 8 }, (_, k) => `feed-${i}-${k}`)
    for (const name of feeds) writeFileSync(join(folder, 'feeds', `${name}.yaml`), feed(name))
    writeFileSync(join(folder, 'environments', `e${i}.yaml`), environment(i, feeds))
    writeFileSync(join(folder, 'archives', `a${i}.yaml`), archive(i, feeds))
  }
  return folder
}

const feed = (name: string): string => `# What there is to capture.
apiVersion: ssmd.io/v1alpha1
kind: Feed
metadata:
  name: ${name}
spec:
  exchange: kalshi
  # When the exchange changes its endpoint, add a version.
  versions:
    - name: v2
      effectiveFrom: "2025-01-01"
      endpoint: wss://external-api-ws.kalshi.com/trade-api/ws/v2
      restEndpoint: https://external-api.kalshi.com/trade-api/v2
      authMethod: apiKey
  channels: [orderbook_delta, trade, ticker]
  symbols:
    include: ["KXGOLD15M-*"]
`

const environment = (i: number, feeds: readonly string[]): string => `apiVersion: ssmd.io/v1alpha1
kind: Environment
metadata:
  name: e${i}
spec:
  feeds: [${feeds.join(', ')}]
  transport:
    url: nats://127.0.0.1:4222
  simulator:
    feeds: [${feeds.join(', ')}]
`

const archive = (i: number, feeds: readonly string[]): string => `apiVersion: ssmd.io/v1alpha1
kind: Archive
metadata:
  name: a${i}
spec:
  environmentRef:
    name: e${i}
  feeds: [${feeds.join(', ')}]
  storage:
    path: data/${i}
`
