// test: limit 300s
// What a connector tells of its exchange reaches the manifest: exchange, proof, counts that add up to the records, and the Feed
// of an exchange that only a Feed describes. Simulator, connector, NATS and archiver are separate programs.

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { parse } from 'yaml'
import type { Manifest } from '#archive/format/manifest.ts'
import { verifyArchive } from '#archive/verify/verify.ts'
import { until } from './deadline.ts'
import { startNats } from './nats.ts'
import { type RunningRole, startRole, writeResources } from './stack.ts'

const test = suite('told')
const FEEDS = join(import.meta.dirname, '../../exchanges/feeds')

type Counts = {
  readonly proof: Readonly<Record<string, string>>
  readonly types: Readonly<Record<string, Readonly<Record<string, number>>>>
  readonly samples?: readonly unknown[]
}

/** Captures a shipped Feed from its simulator until some frames are archived; gives the manifests to `check`. */
async function captured(
  feed: string,
  simulate: readonly string[],
  check: (manifest: Manifest, counts: Counts, folder: string) => void
): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'ssmd-told-'))
  const root = join(dir, 'archive')
  const nats = await startNats({ sync: 'always' })
  const running: RunningRole[] = []
  const start = async (...args: string[]) => {
    const role = await startRole(args, { logFile: join(dir, `${args[0]}.log`) })
    running.push(role)
    return role
  }
  try {
    const simulator = await start('simulator', ...simulate, '--port', '0', '--rate', '200')
    const files = writeResources(join(dir, 'resources'), {
      feed: readFileSync(join(FEEDS, `${feed}.yaml`), 'utf8').replace('state: disabled', ''),
      environment: `apiVersion: ssmd.io/v1alpha1
kind: Environment
metadata: {name: told}
spec:
  feeds: [${feed}]
  transport: {url: "${nats.url}"}
  simulator: {feeds: [${feed}], url: "${String(simulator.ready.url)}"}
`,
      archive: `apiVersion: ssmd.io/v1alpha1
kind: Archive
metadata: {name: kept}
spec:
  environmentRef: {name: told}
  feeds: [${feed}]
  storage: {path: "${root}"}
`,
    })
    const archiver = await start(
      ...['archiver', '--archive', files.archive, '--env', files.environment]
    )
    const connector = await start('connector', '--feed', files.feed, '--env', files.environment)
    const manifests = () => {
      try {
        const days = readdirSync(join(root, feed)).filter((name) => name.startsWith('20'))
        return days.map(
          (day) =>
            JSON.parse(readFileSync(join(root, feed, day, 'manifest.json'), 'utf8')) as Manifest
        )
      } catch {
        return []
      }
    }
    const records = () => manifests().reduce((sum, manifest) => sum + manifest.records, 0)
    await until(100_000, 'frames are archived', () => records() > 300)
    assert.is(await connector.stop(), 0)
    await until(60_000, 'the last word is archived', () =>
      manifests().some(({ connections }) => connections.some(({ closed }) => closed))
    )
    assert.is(await archiver.stop(), 0)
    assert.equal((await verifyArchive(root)).problems, [])
    // Midnight may have come; the last day has the counts of the end.
    const last = manifests().at(-1)!
    check(last, last.counts as unknown as Counts, join(root, feed, last.day))
  } finally {
    for (const role of running) await role.kill()
    await nats.stop()
    rmSync(dir, { recursive: true })
  }
}

/** Frames by type, as the segments have them; events are not frames. */
function framesOf({ segments }: Manifest): Record<string, number> {
  const events = new Set(['open', 'ready', 'close', 'counts', 'gap', 'rebuild', 'fetched'])
  const frames: Record<string, number> = {}
  for (const { types } of segments) {
    for (const [type, count] of Object.entries(types)) {
      if (!events.has(type)) frames[type] = (frames[type] ?? 0) + count
    }
  }
  return frames
}

function checkCounts(manifest: Manifest, counts: Counts): void {
  const counted = Object.fromEntries(
    Object.entries(counts.types).map(([type, { frames }]) => [type, frames])
  )
  // After a midnight in between, the last day counts frames of the minute before, too.
  if (manifest.connections[0]?.first === 1) assert.equal(counted, framesOf(manifest))
  for (const [type, { frames, understood, unknown }] of Object.entries(counts.types)) {
    assert.is(understood, frames, `${type} is understood`)
    assert.is(unknown, 0, `${type} is normalised: ${JSON.stringify(counts.samples)}`)
  }
}

test('a Kraken feed: the manifest names exchange, proof and counts, and every sample was normalised', async () => {
  await captured('kraken', ['kraken'], (manifest, counts) => {
    assert.is(manifest.exchange, 'kraken')
    checkCounts(manifest, counts)
    assert.is(counts.proof.book, 'book')
    assert.ok((counts.types.book?.normalized ?? 0) >= 20, 'at least 20 of each type are sampled')
    assert.is(manifest.feeds, undefined)
  })
})

test('a feed that only the Feed describes: feed.yaml stands beside the manifest', async () => {
  const okx = join(FEEDS, 'okx.yaml')
  await captured('okx', ['generic', '--feed', okx], (manifest, counts, folder) => {
    assert.is(manifest.exchange, 'generic')
    checkCounts(manifest, counts)
    assert.equal(counts.proof, { trades: 'nothing', tickers: 'nothing' })
    assert.equal(
      manifest.feeds!.map(({ name }) => name),
      ['feed.yaml']
    )
    const { kind, spec } = parse(readFileSync(join(folder, 'feed.yaml'), 'utf8'))
    const { spec: shipped } = parse(readFileSync(okx, 'utf8'))
    assert.is(kind, 'Feed')
    assert.equal(
      spec.messageTypes.map(({ name }: { name: string }) => name),
      shipped.messageTypes.map(({ name }: { name: string }) => name)
    )
    assert.is(manifest.connections[0]!.feed, 'feed.yaml')
  })
})

test.run()
