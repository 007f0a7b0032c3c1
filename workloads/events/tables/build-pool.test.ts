// Threads that build tables: what they give is what is built here, what fails there fails here, and they end with their pool.

import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type MemberPlace, membersOf, readIndex } from '#archive/read/members.ts'
import { dayFolder, readManifest } from '#archive/read/reader.ts'
import { at } from '#archive/testing/blocks.ts'
import { temporaryFolder } from '#archive/testing/folders.ts'
import { seeded, testSeed } from '#archive/testing/random.ts'
import { SsmdError } from '#crds/errors.ts'
import { within } from '#testing/deadline.ts'
import { archiveBlocks, kalshiTestFrames } from '../testing/archives.ts'
import { randomCapture } from '../testing/capture.ts'
import { tableRows } from '../testing/table-rows.ts'
import type { HashedBuild } from './build.ts'
import { BuildPool } from './build-pool.ts'
import { type DayNormalizers, normalizersOf } from './normalizers.ts'

const test = suite('build pool')
const seed = testSeed('build-pool')
const DAY = '2026-11-24'

type Made = { readonly members: MemberPlace[]; readonly normalizers: DayNormalizers }

async function makeMembers(root: string): Promise<Made> {
  const random = seeded(seed)
  const shape = { feed: 'alpha', exchange: 'kalshi', frames: kalshiTestFrames(3, 300), shards: 1 }
  const more = { connections: 1, startsAt: at(`${DAY}T12:00:00Z`), stepMs: 100 }
  await archiveBlocks(root, 'alpha', randomCapture(random, { ...shape, ...more }), random)
  const manifest = await readManifest(root, 'alpha', DAY)
  const folder = dayFolder(root, 'alpha', DAY)
  const name = readdirSync(folder).find((one) => /^all_.*gz$/.test(one))!
  const segment = manifest.segments.find((one) => one.name === name)!
  const members = membersOf(join(folder, name), await readIndex(folder, segment), {})
  return { members, normalizers: await normalizersOf(root, manifest) }
}

const shown = ({ tables, damage, sha256 }: HashedBuild) => ({
  rows: [...tables].map(([name, table]) => [name, tableRows(table)]),
  damage: damage.map(({ error, from, to }) => [error.constructor.name, error.message, from, to]),
  sha256,
})

test('a thread builds the same tables, damage and checksum as this one', async () => {
  using folder = temporaryFolder()
  const { members, normalizers } = await makeMembers(folder.path)
  await using here = new BuildPool({ threads: 0 })
  await using there = new BuildPool({ threads: 2, hereBytes: 0 })
  const damaged = members.map((one, i) => (i === 1 ? { ...one, crc32: '00000000' } : one))
  for (const some of [members, damaged]) {
    const wanted = shown(await here.build(some, {}, normalizers))
    assert.ok(JSON.stringify(wanted.rows).length > 10_000)
    assert.is(wanted.damage.length, some === damaged ? 1 : 0)
    // More at a time than there are threads.
    const builds = [1, 2, 3, 4, 5].map(() => there.build(some, {}, normalizers))
    for (const built of await within(30_000, 'builds', Promise.all(builds))) {
      assert.equal(shown(built), wanted)
    }
  }
})

test('what a thread refuses is refused here with its code', async () => {
  using folder = temporaryFolder()
  const { members, normalizers } = await makeMembers(folder.path)
  await using pool = new BuildPool({ threads: 1, hereBytes: 0 })
  const reading = { ...normalizers.reading, key: 'other', exchange: 'nowhere' }
  const refused = await pool
    .build(members, {}, { ...normalizers, reading })
    .catch((thrown) => thrown)
  assert.instance(refused, SsmdError)
  assert.is((refused as SsmdError).code, 'SSMD_E_RESOURCE_INVALID')
  assert.match(String(refused), /nowhere/)
  const built = await pool.build(members, {}, normalizers)
  assert.ok(built.tables.get('book')!.length > 0, 'and the thread builds what comes next')
})

test('a build that waits is given up when it is aborted, and when its pool ends', async () => {
  using folder = temporaryFolder()
  const { members, normalizers } = await makeMembers(folder.path)
  const pool = new BuildPool({ threads: 1, hereBytes: 0 })
  const stop = new AbortController()
  const first = pool.build(members, {}, normalizers).catch(String)
  const second = pool.build(members, {}, normalizers, stop.signal).catch(String)
  const third = pool.build(members, {}, normalizers).catch(String)
  stop.abort(new Error('enough'))
  assert.is(await within(10_000, 'the abort', second), 'Error: enough')
  await within(10_000, 'the end of the pool', pool[Symbol.asyncDispose]())
  for (const one of [first, third]) {
    assert.match(
      String(await within(10_000, 'its builds', one)),
      /thread that builds tables has ended/
    )
  }
})

test.run()
