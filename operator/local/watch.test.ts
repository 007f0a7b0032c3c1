import { renameSync } from 'node:fs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { until, waitOut } from '#testing/deadline.ts'
import { TestFolder } from './testing/folder.ts'
import { fingerprint, watchEdits } from './watch.ts'

/** Watches a folder while `work` runs; `edits` counts the calls. */
async function withWatch(
  work: (folder: TestFolder, edits: () => number) => Promise<void>,
  path = (folder: TestFolder) => folder.path
): Promise<void> {
  using folder = new TestFolder()
  folder.write('feeds/a.yaml', 'a')
  const stop = new AbortController()
  let edits = 0
  const seen = await fingerprint(path(folder))
  const watching = watchEdits({
    path: path(folder),
    seen,
    signal: stop.signal,
    pollMs: 100,
    settleMs: 20,
    onEdit: async () => {
      edits++
    },
  })
  try {
    await work(folder, () => edits)
  } finally {
    stop.abort()
    await watching
  }
}

const MS = 10_000
const test = suite('watch')

test('notices a write, a new file, a replaced file, a new folder and a removal', async () => {
  await withWatch(async (folder, edits) => {
    const steps: (() => void)[] = [
      () => folder.write('feeds/a.yaml', 'a longer one'),
      () => folder.write('feeds/b.yaml', 'b'),
      () => {
        folder.write('feeds/.b.tmp', 'replaced')
        renameSync(`${folder.path}/feeds/.b.tmp`, `${folder.path}/feeds/b.yaml`)
      },
      () => folder.write('more/c.yml', 'c'),
      () => folder.remove('more'),
    ]
    for (const [i, step] of steps.entries()) {
      const before = edits()
      step()
      await until(MS, `edit ${i}`, () => edits() > before)
    }
  })
})

test('other files are nobody’s business, and a burst is one edit or two', async () => {
  await withWatch(async (folder, edits) => {
    folder.write('README.md', 'text')
    folder.write('.git/x.yaml', 'hidden')
    for (let i = 0; i < 50; i++) folder.write(`feeds/f${i}.yaml`, String(i))
    await until(MS, 'an edit', () => edits() > 0)
    await waitOut(400, 'further edits of the burst')
    assert.ok(edits() <= 3, `${edits()} edits`)
    const before = edits()
    folder.write('README.md', 'more text')
    await waitOut(400, 'an edit by a file that is not ours, of which there must be none')
    assert.is(edits(), before)
  })
})

test('an edit made while the first state was read is not missed', async () => {
  using folder = new TestFolder()
  folder.write('a.yaml', 'a')
  const seen = await fingerprint(folder.path)
  folder.write('a.yaml', 'edited')
  const stop = new AbortController()
  let edits = 0
  const watching = watchEdits({
    path: folder.path,
    seen,
    signal: stop.signal,
    pollMs: 50,
    settleMs: 10,
    onEdit: async () => {
      edits++
    },
  })
  await until(MS, 'the edit', () => edits === 1)
  stop.abort()
  await watching
})

test('a single file, and a folder that goes and comes back, are followed', async () => {
  await withWatch(
    async (folder, edits) => {
      folder.write('feeds/a.yaml', 'longer')
      await until(MS, 'the file', () => edits() === 1)
      folder.remove('feeds')
      await until(MS, 'its removal', () => edits() === 2)
      folder.write('feeds/a.yaml', 'back')
      await until(MS, 'its return', () => edits() === 3)
    },
    (folder) => `${folder.path}/feeds/a.yaml`
  )
})

test.run()
