// The same objects under an operator written with controller-runtime (controller-runtime/main.go), in the same run: each of
// its figures stands beside ours. Where there is no Go, that is said and nothing else.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Client } from '../kube/client.ts'
import { findGo, goEnv } from '../local/nats-server/go.ts'
import { run } from '../local/nats-server/run.ts'
import type { TestCluster } from '../testing/cluster.ts'
import { benchEdits, type Row } from './edits.ts'
import { startSubject } from './subject-process.ts'

const PREFIX = 'controller-runtime: '

export async function benchControllerRuntime(
  cluster: TestCluster,
  client: Client,
  account: string,
  objects: number,
  ours: readonly Row[],
  tell: (row: Row) => void
): Promise<void> {
  const go = findGo(process.env)
  if (go === undefined) {
    process.stderr.write('  no Go on this computer: nothing to compare with controller-runtime\n')
    return
  }
  const folder = mkdtempSync(join(tmpdir(), 'ssmd-go-'))
  try {
    const program = join(folder, 'subject')
    const built = await run(go, ['build', '-mod=readonly', '-trimpath', `-o=${program}`, '.'], {
      cwd: new URL('./controller-runtime', import.meta.url).pathname,
      env: goEnv(process.env),
      limitMs: 900_000,
    })
    if (built.code !== 0) throw new Error(`building the Go program failed: ${built.output}`)
    await measure(program, cluster, client, account, objects, ours, tell)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function measure(
  program: string,
  cluster: TestCluster,
  client: Client,
  account: string,
  objects: number,
  ours: readonly Row[],
  tell: (row: Row) => void
): Promise<void> {
  const add = (name: string, value = Number.NaN, unit: string) => {
    const rounded = Math.round(value * 100) / 100
    const mine = ours.find((row) => row.name === name)?.value
    const ratio =
      mine === undefined || rounded === 0
        ? undefined
        : `ours is ${(mine / rounded).toFixed(2)} times that`
    tell({ name: PREFIX + name, value: rounded, unit, ratio })
  }
  // It takes the children over first; what is measured is its second start, as ours is.
  const first = startSubject([program], cluster, account)
  await first.fact('sync')
  const from = performance.now()
  const made = await first.order('idle')
  const perSecond = (made.all ?? 0) / ((performance.now() - from - 1000) / 1000)
  add('converge: calls that write', perSecond, 'a second')
  await first.end()

  const warm = startSubject([program], cluster, account)
  const sync = await warm.fact('sync')
  add(`start: sync of ${sync.objects} objects`, (sync.ms ?? 0) / 1000, 's')
  const idle = await warm.order('idle')
  add('start: writes', idle.all, 'calls')
  add('start: RSS after a pass over all', (idle.rss ?? 0) / 1e6, 'MB')
  add('start: heap after GC', (idle.heap ?? 0) / 1e6, 'MB')
  const rates: number[] = []
  for (let i = 0; i < 3; i++) {
    const pass = await warm.order('pass all')
    rates.push((pass.objects ?? 0) / ((pass.ms ?? 1) / 1000))
  }
  add('pass over a Feed, nothing changed: best of 5', Math.max(...rates), 'a second')
  await warm.order('resync')
  const what = 'edit to applied, 50 a second, all else passed over each second'
  await benchEdits(client, objects, add, what)
  await warm.order('rest')
  const after = await warm.order('now')
  add('RSS after that', (after.rss ?? 0) / 1e6, 'MB')
  await warm.end()
}
