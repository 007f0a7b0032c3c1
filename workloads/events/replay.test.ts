// Rows that are handed over one by one are those of history, in its order; and rows behind a time can be made to say something else.

import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { at } from '#archive/testing/blocks.ts'
import { temporaryFolder } from '#archive/testing/folders.ts'
import { seeded, testSeed } from '#archive/testing/random.ts'
import type { MarketEvent } from '#market/event.ts'
import { EVENT } from '#market/event.ts'
import { within } from '#testing/deadline.ts'
import { history } from './history.ts'
import { type ReplayOptions, replay } from './replay.ts'
import { archiveBlocks, kalshiTestFrames } from './testing/archives.ts'
import { randomCapture } from './testing/capture.ts'
import { rowText } from './testing/rows.ts'

const test = suite('replay')
const folder = temporaryFolder()
const roots = [{ path: join(folder.path, 'archive') }]
test.after(() => folder[Symbol.dispose]())

test.before(async () => {
  const random = seeded(testSeed('replay'))
  const published = randomCapture(random, {
    ...{ feed: 'kalshi', exchange: 'kalshi', frames: kalshiTestFrames(3, 900) },
    ...{ shards: 2, connections: 3, startsAt: at('2026-11-24T23:50:00Z'), stepMs: 2_000 },
  })
  await within(60_000, 'archive', archiveBlocks(roots[0]!.path, 'kalshi', published, random))
})

/** Ids of trades are not shown. */
function textOf(event: MarketEvent): string {
  const fields = rowText(event).split('\t')
  if (event.kind === EVENT.trade) fields.splice(7, 2)
  return fields.join('\t')
}

async function replayed(options: Partial<ReplayOptions>): Promise<string[]> {
  const rows: string[] = []
  await replay<null>(
    { roots, texts: true, ...options },
    {
      rows(table, list, from, to) {
        for (let k = from; k < to; k++) {
          table.fill(list === null ? k : list[k]!)
          table.locate()
          rows.push(textOf(table.event))
        }
        return true
      },
      gap(event) {
        rows.push(textOf(event))
        return true
      },
    }
  )
  return rows
}

async function expected(symbols?: readonly string[]): Promise<string[]> {
  const rows: string[] = []
  for await (const batch of history({ roots, symbols }))
    batch.each((event) => rows.push(textOf(event)))
  return rows
}

test('its rows are those of history, in that order', async () => {
  const rows = await replayed({})
  assert.ok(rows.length > 900)
  assert.equal(rows, await expected())
})

test('a reader that takes some instruments has their rows and all gaps', async () => {
  const all = await expected()
  const symbol = all.find((row) => row.includes('\ttrade\t'))!.split('\t')[4]!
  const isGap = (row: string): boolean => row.split('\t')[3] === 'gap'
  const rows = await replayed({ takes: (_, name) => name === symbol })
  assert.equal(
    rows,
    all.filter((row) => isGap(row) || row.split('\t')[4] === symbol)
  )
})

test('with the future changed all rows until then are the same, and some behind it are not', async () => {
  const all = await expected()
  const future = all[all.length >> 1]!.split('\t')[0]!
  const rows = await replayed({ future })
  const until = (list: readonly string[]) => list.filter((row) => row.split('\t')[0]! <= future)
  assert.equal(until(rows), until(all))
  assert.is(rows.length, all.length)
  assert.ok(rows.some((row, i) => row !== all[i]))
})

test.run()
