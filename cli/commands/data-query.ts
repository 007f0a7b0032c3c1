// Runs a query for a person or a pipe: over archives or a data API, into any form. Results go to standard output or a file, everything
// else to standard error.

import { usageError } from '#crds/errors.ts'
import { askApi } from '#data/client/api.ts'
import { Archives } from '#data/client/archives.ts'
import type { Asked, AskOptions, Ended, ResultSink } from '#data/client/asked.ts'
import type { Query } from '#data/model/query.ts'
import { dataSource } from '../data-source.ts'
import type { QueryForm } from '../query-forms.ts'
import { clean } from '../text.ts'
import { outputFile, outputStream } from './query-output.ts'
import { progressText, queryProgress } from './query-progress.ts'
import { writeTable } from './query-table.ts'

export type QueryFlags = {
  readonly path?: readonly string[]
  readonly url?: string
  readonly output: QueryForm
  readonly toFile?: string
  readonly cacheDir?: string
  readonly limit?: number
  readonly cursor?: string
  readonly times?: 'rfc3339' | 'ns'
  readonly raw?: boolean
}

/** Rows of a table, if no limit is given: more is no reading. */
const TABLE_ROWS = 1000

export async function runDataQuery(
  query: Query,
  texts: readonly (readonly [name: string, text: string])[],
  flags: QueryFlags
): Promise<void> {
  const { output, raw = false, toFile } = flags
  const source = dataSource(flags, process.env)
  refuseBinary(output, toFile, raw)
  const usual = query.answer.kind === 'rows' ? query.answer.limit.usual : 0
  const isTable = output === 'table' && !raw
  const asked: Asked = {
    query,
    texts,
    format: output === 'table' ? 'json' : output,
    raw,
    times: flags.times ?? 'rfc3339',
    limit: flags.limit ?? (isTable ? Math.min(usual, TABLE_ROWS) : usual),
    cursor: flags.cursor,
  }
  const progress = queryProgress(process.stderr)
  const note = (line: string): void => void process.stderr.write(`ssmd: ${clean(line)}\n`)
  const options: AskOptions = {
    signal: new AbortController().signal,
    onProgress: (done) => progress.show(progressText(done)),
    onNotice: note,
  }
  const ask = async (sink: ResultSink): Promise<Ended> => {
    if (source.kind === 'api') return askApi(source.url, asked, sink, options)
    const { paths } = source
    await using archives = await Archives.open({ paths, cacheDir: flags.cacheDir, onTrouble: note })
    return await archives.ask(asked, sink, options)
  }
  const file = toFile === undefined ? undefined : await outputFile(toFile)
  try {
    if (isTable) {
      const chunks: Uint8Array[] = []
      const ended = await ask(async (bytes) => void chunks.push(Uint8Array.from(bytes)))
      progress.end()
      await writeTable(query, Buffer.concat(chunks).toString('utf8'), file?.write)
      await file?.done()
      say(ended)
      return
    }
    const ended = await ask(file?.write ?? outputStream)
    progress.end()
    await file?.done()
    // The other forms say it themselves.
    if (raw || (output !== 'json' && output !== 'ndjson')) say(ended)
  } finally {
    progress.end()
    await file?.giveUp()
  }
}

function refuseBinary(output: QueryForm, toFile: string | undefined, raw: boolean): void {
  const isBinary = output === 'parquet' || output === 'arrow'
  if (raw && output !== 'table' && output !== 'ndjson') {
    throw usageError(`--raw and --output ${output} do not fit together`, 'leave one of them out')
  }
  if (isBinary && toFile === undefined && process.stdout.isTTY) {
    throw usageError(
      `${output} is no form for a terminal`,
      `write it into a file: --to-file answer.${output}`
    )
  }
}

/** What an answer is worth, for a reader of a form that does not say it. */
function say({ gaps, simulated, condition, nextCursor }: Ended): void {
  const notes = [
    ...(simulated ? ['some of it is simulated: it is not market data'] : []),
    ...(gaps > 0
      ? [`${gaps === 1 ? '1 gap' : `${gaps} gaps`} in that time: see ssmd data gaps`]
      : []),
    ...(condition === 'damaged' ? ['a day of it cannot be read: see ssmd data verify'] : []),
    ...(nextCursor === null ? [] : [`there are more rows: --limit, or --cursor ${nextCursor}`]),
  ]
  for (const note of notes) process.stderr.write(`ssmd: ${clean(note)}\n`)
}
