// docs/reference/errors.md against the table of codes, both ways.

import { readFile } from 'node:fs/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { ERROR_CODES } from '#crds/errors.ts'
import { ERRORS_PAGE, renderErrors } from './generate-errors.ts'

const test = suite('errors page')
const rows = [
  ...(await readFile(ERRORS_PAGE, 'utf8')).matchAll(/^\| `(\w+)` \| (.*) \| ([123]) \|$/gm),
].map(([, code, meaning, exit]) => ({ code, meaning, exit }))

test('every code of the table stands on the page with its meaning', () => {
  for (const [code, meaning] of Object.entries(ERROR_CODES)) {
    assert.equal(rows.find((row) => row.code === code)?.meaning, meaning, code)
  }
})

test('the page names no code that the table does not have', () => {
  assert.equal(
    rows.map((row) => row.code).filter((code) => !(code !== undefined && code in ERROR_CODES)),
    []
  )
})

test('usage errors end with 2, broken resources and archives with 3, all else with 1', () => {
  const exits = Object.fromEntries(rows.map((row) => [row.code, row.exit]))
  assert.is(exits.SSMD_E_USAGE, '2')
  assert.is(exits.SSMD_E_RESOURCE_INVALID, '3')
  assert.is(exits.SSMD_E_ARCHIVE_INVALID, '3')
  assert.is(exits.SSMD_E_NATS, '1')
})

test('a new code changes the page', () => {
  assert.match(renderErrors({ ...ERROR_CODES, SSMD_E_NEW: 'new' }), '| `SSMD_E_NEW` | new | 1 |')
})

test.run()
