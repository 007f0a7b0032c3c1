// Verifying the day beside reading all of its bytes.

import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { verifyArchive } from '#archive/verify/verify.ts'
import type { Row } from '#testing/row.ts'
import { bestOf } from './best.ts'
import { DAY, FEED } from './day.ts'

export async function verifyRows(root: string): Promise<Row[]> {
  const files = join(root, FEED, DAY, '*.jsonl.gz')
  const { verify, zcat } = await bestOf({
    verify: async () => void (await verifyArchive(root)),
    zcat: async () => void (await promisify(execFile)('sh', ['-c', `zcat ${files} | wc -c`])),
  })
  const times = verify / zcat
  return [
    {
      name: 'data verify of the day',
      value: verify,
      unit: 'ms',
      ratio: `${times.toFixed(2)} times zcat | wc -c; target 1.5: ${times <= 1.5 ? 'met' : 'missed'}`,
    },
    { name: '  zcat | wc -c', value: zcat, unit: 'ms' },
  ]
}
