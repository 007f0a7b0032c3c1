import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { toSsmdError } from '#crds/errors.ts'
import { changedLines } from './changes.ts'
import { findExchanges } from './folder.ts'
import { added, apply, edited, find, openRepository } from './repository.ts'

const test = suite('repository')

const FEED = `apiVersion: ssmd.io/v1alpha1
kind: Feed
metadata: { name: made } # ours
spec:
  exchange: synthetic
  versions:
    - { name: v1, effectiveFrom: "2025-01-01", endpoint: "synthetic://generator?seed=1" }
  channels: [trade]
`

function withRepository(run: (root: string) => Promise<void>) {
  return async () => {
    const root = mkdtempSync(join(tmpdir(), 'ssmd-repository-'))
    try {
      mkdirSync(join(root, 'exchanges', 'feeds'), { recursive: true })
      mkdirSync(join(root, 'exchanges', 'environments'))
      writeFileSync(join(root, 'exchanges', 'feeds', 'made.yaml'), FEED)
      await run(root)
    } finally {
      rmSync(root, { recursive: true })
    }
  }
}

const refusal = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'nothing was thrown',
    (thrown: unknown) => {
      const { code, message, hint } = toSsmdError(thrown)
      return `${code} ${message} (${hint})`
    }
  )

test(
  'the folder of resources is found from the folder above it, from itself and from inside it',
  withRepository(async (root) => {
    assert.is(await findExchanges(undefined, root), 'exchanges')
    assert.is(await findExchanges(undefined, join(root, 'exchanges')), '.')
    assert.is(await findExchanges(undefined, join(root, 'exchanges', 'feeds')), '..')
    mkdirSync(join(root, 'deep', 'er'), { recursive: true })
    assert.is(await findExchanges(undefined, join(root, 'deep', 'er')), '../../exchanges')
    assert.match(await refusal(findExchanges(undefined, tmpdir())), /SSMD_E_NOT_FOUND .*ssmd init/)
    assert.match(await refusal(findExchanges('nowhere', root)), /nowhere is not a folder/)
  })
)

test(
  'an edit changes its bytes alone, and one that makes the resource invalid writes nothing',
  withRepository(async (root) => {
    const path = join(root, 'exchanges')
    const repository = await openRepository(path)
    const feed = find(repository, 'Feed', 'made')
    const change = await edited(repository, feed, [{ path: ['spec', 'state'], value: 'disabled' }])
    assert.is(change.after, `${FEED}  state: disabled\n`)
    assert.equal(
      changedLines(FEED, change.after).filter((line) => /^[+-]/.test(line)),
      ['+   state: disabled']
    )
    await apply(change)
    assert.is(readFileSync(feed.file, 'utf8'), change.after)
    const wrong = edited(repository, feed, [{ path: ['spec', 'state'], value: 'asleep' }])
    assert.match(await refusal(wrong), /made.yaml.*spec.state.*nothing was written/)
    // It was opened before the file changed.
    assert.match(await refusal(apply({ ...change, after: 'x' })), /changed by another program/)
    assert.is(readFileSync(feed.file, 'utf8'), change.after)
    assert.equal(readdirSync(join(path, 'feeds')), ['made.yaml'])
  })
)

test(
  'a name that is taken is refused; one that is unknown is answered with the nearest',
  withRepository(async (root) => {
    const repository = await openRepository(join(root, 'exchanges'))
    assert.match(
      await refusal(added(repository, 'Feed', 'made', FEED)),
      /exists already.*update made/
    )
    assert.throws(() => find(repository, 'Feed', 'mads'), /no Feed "mads"/)
    const other = FEED.replace('made', 'other')
    const change = await added(repository, 'Feed', 'other', other)
    await apply(change)
    assert.is(readFileSync(join(root, 'exchanges', 'feeds', 'other.yaml'), 'utf8'), other)
    assert.match(
      await refusal(added(repository, 'Feed', 'third', FEED.replace('kind: Feed', 'kind: Feet'))),
      /third.yaml would not be valid/
    )
  })
)

test.run()
