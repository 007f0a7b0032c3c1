// `npm run check` knows the types of every source file: a folder that begins with a dot is left out by TypeScript 7 unless
// its files are named by a pattern.

import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { run } from '../operator/local/nats-server/run.ts'
import { readSources } from './sources.ts'

const test = suite('types')
const root = new URL('..', import.meta.url).pathname

test('every source file is type-checked', async () => {
  const tsc = join(root, 'node_modules/.bin/tsc')
  const { code, output } = await run(process.execPath, [tsc, '-p', root, '--listFilesOnly'])
  assert.is(code, 0, output)
  const checked = new Set(output.split('\n'))
  const sources = (await readSources(root)).filter(({ path }) => path.endsWith('.ts'))
  const missed = sources.filter(({ path }) => !checked.has(join(root, path)))
  assert.equal(
    missed.map(({ path }) => path),
    []
  )
})

test.run()
