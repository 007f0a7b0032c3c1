// What is committed is what the README beside it says, and frames that no adapter knows are archived all the same.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { makeBlock } from '#archive/testing/blocks.ts'
import { openWriter, readBack, STREAM, temporaryFolder } from '#archive/testing/folders.ts'
import { verifyArchive } from '#archive/verify/verify.ts'
import { FORM } from '#wire/form.ts'
import { checkKalshiLaws, type KalshiFrame } from './kalshi-laws.ts'
import { makeKalshiRecording } from './recordings/make-kalshi.ts'
import { KALSHI, kalshiEventFiles, kalshiFrames, STRANGERS } from './recordings.ts'

const test = suite('recordings')
const [own] = KALSHI

test('the committed Kalshi recording is what its seed makes, byte for byte', () => {
  const made = makeKalshiRecording()
  const committed = ['events', 'metadata'].flatMap((part) =>
    readdirSync(join(own.folder, part)).map((name) => `${part}/${name}`)
  )
  assert.equal(committed.map((path) => path.replace(/\.gz$/, '')).sort(), [...made.keys()].sort())
  for (const path of committed) {
    const bytes = readFileSync(join(own.folder, path))
    const text = (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8')
    if (text !== made.get(path.replace(/\.gz$/, '')))
      assert.unreachable(`${path}: make it again (workloads/testing/recordings/README.md)`)
  }
})

test('put together in the order of its numbers, it keeps every law of the exchange', () => {
  const frames = kalshiEventFiles(own)
    .flatMap(kalshiFrames)
    .map((text) => JSON.parse(text) as KalshiFrame)
  // The two sids number for themselves; a trade stands for itself among the laws, wherever it is.
  frames.sort((a, b) => (a.sid ?? 0) - (b.sid ?? 0) || (a.seq ?? 0) - (b.seq ?? 0))
  const laws = checkKalshiLaws(frames)
  assert.equal(laws.problems, [])
  assert.ok(laws.trades > 50 && laws.snapshots > 6 && laws.deltas > 4000, JSON.stringify(laws))
})

for (const [exchange, framesOf] of Object.entries(STRANGERS))
  test(`frames of ${exchange}, which no adapter knows, are archived byte for byte and verified`, async () => {
    const frames = framesOf()
    assert.ok(frames.length > 5, `${frames.length} frames`)
    using folder = temporaryFolder()
    const writer = await openWriter(folder.path)
    writer.bind(STREAM)
    const recv = (i: number) => BigInt(Date.parse('2026-11-24T12:00:00Z')) * 1_000_000n + BigInt(i)
    const unknown = { type: 'unknown', group: 'other', form: FORM.json }
    const inBlock = 7
    for (let from = 0, block = 1; from < frames.length; from += inBlock, block++) {
      const records = frames
        .slice(from, from + inBlock)
        .map((payload, i) => ({ recv: recv(from + i), payload, ...unknown }))
      writer.add(makeBlock({ connection: '01stranger', first: from + 1, records }), block)
      if (block % 5 === 0) await writer.commit()
    }
    await writer.commit()
    await writer.close()
    const report = await verifyArchive(folder.path)
    assert.equal(report.problems, [])
    assert.is(report.records, frames.length)
    const lines = readBack(folder.path)
    assert.is(lines.size, frames.length)
    for (const [i, frame] of frames.entries()) {
      const line = lines.get(`01stranger ${i + 1}`) ?? ''
      const end = `"frame":${frame}}`
      if (!line.endsWith(end)) assert.is(line, end)
    }
  })

test.run()
