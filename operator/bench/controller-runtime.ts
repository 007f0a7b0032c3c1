// The same objects under an operator written with controller-runtime (controller-runtime/main.go), in the same run: each of
// its figures stands beside ours. Where there is no Go, that is said and nothing else.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findGo, goEnv } from '../../.ci/tools/go.ts'
import { run } from '../../.ci/tools/run.ts'
import type { TestCluster } from '../testing/cluster.ts'
import { benchEdits, type Row } from './edits.ts'
import { startSubject } from './subject-process.ts'

const PREFIX = 'controller-runtime: '

export async function benchControllerRuntime(
  cluster: TestCluster,
  account: string,
  objects: number,
  ours: readonly Row[]
): Promise<Row[]> {
  const go = findGo(process.env)
  if (go === undefined) {
    console.log('no Go on this computer: nothing to compare with controller-runtime')
    return []
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
    return await measure(program, cluster, account, objects, ours)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function measure(
  program: string,
  cluster: TestCluster,
  account: string,
  objects: number,
  ours: readonly Row[]
): Promise<Row[]> {
  const rows: Row[] = []
  const add = (name: string, value: number | undefined, unit: string) => {
    const rounded = Math.round((value ?? Number.NaN) * 100) / 100
    const mine = ours.find((row) => row.name === name)?.value
    const ratio =
      mine === undefined || rounded === 0 || name.endsWith('seen')
        ? undefined
        : `ours is ${(mine / rounded).toFixed(2)}x of it`
    rows.push({ name: PREFIX + name, value: rounded, unit, ratio })
  }
  // It takes the Deployments over first; what is measured is its second start, as ours is.
  const first = startSubject([program], cluster, account)
  await first.fact('sync')
  await first.order('idle')
  await first.fact('idle')
  await first.end()

  const warm = startSubject([program], cluster, account)
  const sync = await warm.fact('sync')
  add(`warm start: sync of ${sync.objects} objects`, sync.ms, 'ms')
  await warm.order('idle')
  const idle = await warm.fact('idle')
  add('warm start: writes', idle.writes, 'calls')
  add('warm start: RSS after the first pass', (idle.rss ?? 0) / 1e6, 'MB')
  add('warm start: heap after GC', (idle.heap ?? 0) / 1e6, 'MB')
  await warm.order('noop without memo')
  const noop = await warm.fact('noop without memo')
  const passes = (noop.objects ?? 0) / ((noop.ms ?? 1) / 1000)
  add('no-op pass: render, hash and compare all', passes, 'passes/s')
  await benchEdits(cluster, warm, objects, (name, value, unit) => {
    // Go has no event loop, and the API server by itself was measured already.
    if (name.startsWith('edit')) add(name, value, unit)
  })
  await warm.order('idle')
  await warm.end()
  return rows
}
