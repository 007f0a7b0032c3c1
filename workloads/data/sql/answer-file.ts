// The answer of another query as a file that a statement reads: a line of JSON for each row.

import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import { rowsWriter } from '../formats/index.ts'
import type { Parameters, Query, QueryContext } from '../model/query.ts'
import type { Column, ColumnType } from '../model/rows.ts'
import type { SqlFolder } from './folder.ts'
import { quoted } from './tables.ts'

const TYPES: Readonly<Record<ColumnType, string>> = {
  text: 'VARCHAR',
  integer: 'BIGINT',
  decimal: 'DECIMAL(38, 9)',
  time: 'TIMESTAMP_NS',
  flag: 'BOOLEAN',
  json: 'JSON',
  bytes: 'VARCHAR',
}

/** The SQL that reads the file. */
export async function answerFile(
  query: Query,
  name: string,
  parameters: Parameters,
  folder: SqlFolder,
  context: QueryContext
): Promise<string> {
  const answer = await query.run(parameters, { ...context, after: null, limit: Infinity })
  if (answer.kind !== 'rows') throw new Error(`${query.name} answers a document`)
  const { columns, runs } = answer.rows
  const path = join(folder.path, `${name}.ndjson`)
  const file: FileHandle = await open(path, 'w')
  let rows = 0
  try {
    const writer = rowsWriter('ndjson', {
      columns,
      times: 'rfc3339',
      sink: async (bytes) => {
        await file.writeFile(bytes)
      },
    })
    await writer.begin()
    for await (const run of runs) {
      await writer.run(run)
      rows += run.length
    }
    await writer.end({ rows, quality: undefined, about: undefined, nextCursor: null })
  } finally {
    await file.close()
  }
  const [first] = columns as [Column, ...Column[]]
  const types = columns.map((one) => `${quoted(one.name)}: ${quoted(TYPES[one.type])}`).join(', ')
  // The last line says that the others are whole: it is no row.
  return `select * from read_json(${quoted(path)}, format = 'newline_delimited', columns = {${types}}) where ${quotedName(first.name)} is not null`
}

const quotedName = (name: string): string => `"${name.replaceAll('"', '""')}"`
