import { mkdir, mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { writeWhole } from './repository-file.ts'

const test = suite('a file of the repository')

const inTemp = async (run: (outer: string, root: string) => Promise<void>): Promise<void> => {
  const outer = await mkdtemp(join(tmpdir(), 'ssmd-repository-'))
  try {
    await mkdir(join(outer, 'root'))
    await run(outer, join(outer, 'root'))
  } finally {
    await rm(outer, { recursive: true, force: true })
  }
}

const PIECES = [
  '..',
  '.',
  '/',
  '\\',
  '\0',
  '%2e%2e',
  '\u2024\u2024',
  'a',
  'b.ts',
  '~',
  '\u202e',
  '\n',
  ' ',
]

test('whatever a name holds, nothing is written outside of the repository', async () => {
  await inTemp(async (outer, root) => {
    const name = fc.oneof(
      fc.string(),
      fc
        .array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 6 })
        .map((all) => all.join(''))
    )
    const names = fc.array(name, { minLength: 1, maxLength: 3 })
    await fc.assert(
      fc.asyncProperty(names, async (some) => {
        await writeWhole(root, some, 'text').catch(() => {})
        assert.equal(await readdir(outer), ['root'])
      }),
      { numRuns: 300 }
    )
  })
})

test('a folder or file that is a link is refused, and its target stays as it is', async () => {
  await inTemp(async (outer, root) => {
    await mkdir(join(outer, 'other'))
    await symlink(join(outer, 'other'), join(root, 'exchanges'))
    await symlink(join(outer, 'other', 'gone.ts'), join(root, 'x.ts'))
    for (const names of [['exchanges', 'a.ts'], ['x.ts']]) {
      const refused = await writeWhole(root, names, 'text').then(
        () => undefined,
        (error: Error) => error
      )
      assert.match(refused?.message ?? 'written', 'is a link')
    }
    assert.equal(await readdir(join(outer, 'other')), [])
  })
})

test('a good name is written whole, without a part left over', async () => {
  await inTemp(async (_, root) => {
    await writeWhole(root, ['exchanges', 'signals', 'a.ts'], 'text')
    assert.equal(await readdir(join(root, 'exchanges', 'signals')), ['a.ts'])
    assert.is(await readFile(join(root, 'exchanges', 'signals', 'a.ts'), 'utf8'), 'text')
  })
})

test.run()
