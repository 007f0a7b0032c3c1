// The page that explains the files names the columns that they have.

import { readFileSync } from 'node:fs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type ColumnKind, LAYOUT } from './layout.ts'

const test = suite('layout of tables')
const PAGE = new URL('../../../docs/reference/event-tables.md', import.meta.url)
const TYPES: Readonly<Record<ColumnKind, string>> = {
  ...{ time: 'timestamp', decimal: 'decimal', names: 'dictionary', small: 'uint8' },
  ...{ text: 'text', optional: 'text' },
}

test('docs/reference/event-tables.md lists the columns of each table, in order, with their types', () => {
  const [, page = ''] = readFileSync(PAGE, 'utf8').split('<!-- columns -->')
  const rows = [...page.matchAll(/^\| (?:`(\w+)` )?\| `(\w+)` \| (\w+) \|/gm)]
  let table = ''
  const listed = rows.map(([, name, column, type]) => {
    table = name ?? table
    return `${table}.${column} ${type}`
  })
  const wanted = Object.entries(LAYOUT).flatMap(([name, columns]) =>
    Object.entries(columns).map(([column, kind]) => `${name}.${column} ${TYPES[kind]}`)
  )
  assert.equal(listed, wanted)
})

test.run()
