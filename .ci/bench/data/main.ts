// `npm run bench -- data [part…]`: what the data API promises (issue 14, "Numbers"), on a day of recorded frames that lie beside the
// project. Rows that have a target say whether it is met.

import { existsSync } from 'node:fs'
import { MOST_KALSHI } from '#testing/recordings.ts'
import type { Row } from '#testing/row.ts'
import { printRows } from '../print.ts'
import { cacheRows } from './cache.ts'
import { makeDay } from './day.ts'
import { serverRows } from './server.ts'
import { sqlRows } from './sql.ts'
import { symbolRows } from './symbol.ts'
import { verifyRows } from './verify.ts'

type Part = {
  readonly title: string
  readonly run: (root: string) => Promise<Row[]>
}

const PARTS: Readonly<Record<string, Part>> = {
  symbol: { title: 'One market of 39, from the lines', run: symbolRows },
  cache: { title: 'From the columnar cache', run: cacheRows },
  verify: { title: 'data verify', run: verifyRows },
  sql: { title: 'SQL', run: sqlRows },
  server: { title: 'The data API', run: serverRows },
}

export async function benchData(parts: readonly string[]): Promise<void> {
  if (MOST_KALSHI.name !== 'the exchange' || !existsSync(MOST_KALSHI.folder)) {
    process.stdout.write('data: skipped, there are no recordings beside the project (SSMD_DATA)\n')
    return
  }
  const unknown = parts.find((part) => PARTS[part] === undefined)
  if (unknown !== undefined) {
    const names = Object.keys(PARTS).join(', ')
    process.stderr.write(`ssmd bench: data has no part ${unknown}: ${names}\n`)
    process.exitCode = 2
    return
  }
  const root = await makeDay('quarters')
  for (const [name, { title, run }] of Object.entries(PARTS)) {
    if (parts.length > 0 && !parts.includes(name)) continue
    printRows(title, await run(root))
  }
  if (parts.length > 0 && !parts.includes('symbol')) return
  const interleaved = await makeDay('interleaved')
  printRows('The same with all 39 markets interleaved (no target)', await symbolRows(interleaved))
}
