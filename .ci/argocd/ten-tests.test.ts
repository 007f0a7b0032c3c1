// The table of GitOps tests in the design note names tests that exist.

import { readFileSync } from 'node:fs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

const test = suite('the ten GitOps tests')
const ROOT = new URL('../../', import.meta.url)
const read = (path: string) => readFileSync(new URL(path, ROOT), 'utf8')

test('each of G1 to G10 is shown by a test of that name', () => {
  const note = read('docs/design/0004-on-a-real-cluster.md')
  const rows = [...note.matchAll(/^\| (G\d+)? ?\| .* \| `(.*)` \| `(.*)` \|$/gm)]
  const shown = new Set(rows.map(([, id]) => id))
  for (let i = 1; i <= 10; i++) assert.ok(shown.has(`G${i}`), `G${i}`)
  for (const [, id, file = '', name = ''] of rows)
    assert.ok(read(file).includes(name), `${id}: ${file} has no test "${name}"`)
})

test.run()
