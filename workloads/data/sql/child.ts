// The process that runs one SQL statement, with DuckDB and an empty environment. It reads the files of one folder and no other, writes
// none, and has no network: DuckDB is told so before it sees the statement, and cannot be told otherwise afterwards.

import { fileURLToPath } from 'node:url'
import type * as DuckDB from '@duckdb/node-api'
import { SsmdError, toSsmdError } from '#crds/errors.ts'
import { refusedStatement, sqlError, tooMuchMemory, wrongStatement } from './errors.ts'
import type { FromChild, SqlLimits, ToChild, View } from './messages.ts'
import { columnsOf, runOf } from './values.ts'

/** What to fork. */
export const CHILD = fileURLToPath(import.meta.url)

const MEMORY_CHECK_MS = 20

if (import.meta.main) serve()

function serve(): void {
  let session: Session | undefined
  let isAnswered = false
  const say = (message: FromChild): void => {
    if (!isAnswered) process.send?.(message)
    isAnswered = message.kind === 'problem'
  }
  const fail = (thrown: unknown): void => {
    const { code, message, hint } = toSsmdError(thrown)
    say({ kind: 'problem', code, message, hint })
  }
  // The parent has ended without ending this process.
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'))
  process.on('message', (message: ToChild) => {
    const answer = async (): Promise<FromChild> => {
      if (message.kind === 'parse') {
        watchMemory(message.limits, fail)
        session = await open(message)
        return { kind: 'parsed' }
      }
      if (session === undefined) throw new Error('no statement was given')
      return message.kind === 'run' ? session.run(message.views) : session.next()
    }
    answer().then(say, fail)
  })
}

/** DuckDB works in threads of its own, so this one sees what they take. */
function watchMemory({ residentBytes }: SqlLimits, fail: (error: unknown) => void): void {
  setInterval(() => {
    if (process.memoryUsage.rss() > residentBytes) fail(tooMuchMemory(residentBytes))
  }, MEMORY_CHECK_MS)
}

type Session = {
  readonly run: (views: readonly View[]) => Promise<FromChild>
  readonly next: () => Promise<FromChild>
}

type Opening = Extract<ToChild, { kind: 'parse' }>

async function open({ sql, packageUrl, folder, limits }: Opening): Promise<Session> {
  const api = (await import(packageUrl)) as typeof DuckDB
  const tell = (thrown: unknown): never => {
    throw thrown instanceof SsmdError ? thrown : sqlError(thrown, folder, limits)
  }
  const connection = await connect(api, folder, limits)
  await checkReadsOnly(connection, sql)
  const statements = await connection.extractStatements(sql).catch(tell)

  let result: DuckDB.DuckDBResult | undefined
  let columns = columnsOf(api, await connection.run('select 1'))
  return {
    run: async (views) => {
      for (const view of views) {
        await connection.run(`create view "${view.name}" as ${view.sql}`).catch(tell)
      }
      const statement = await statements.prepare(0).catch(tell)
      if (statement.statementType !== api.StatementType.SELECT) {
        throw refusedStatement(
          `a statement of the kind ${api.StatementType[statement.statementType]}`
        )
      }
      if (statement.parameterCount > 0) throw refusedStatement('a statement with parameters')
      result = await statement.stream().catch(tell)
      columns = columnsOf(api, result)
      return { kind: 'columns', columns }
    },
    next: async () => {
      const chunk = await result?.fetchChunk().catch(tell)
      if (!chunk || chunk.rowCount === 0) return { kind: 'end' }
      return { kind: 'rows', run: runOf(api, columns, chunk) }
    },
  }
}

/**
 * Before DuckDB prepares the statement: preparing some kinds already makes files. Its own parser writes a statement that reads as
 * JSON, and no other.
 */
async function checkReadsOnly(connection: DuckDB.DuckDBConnection, sql: string): Promise<void> {
  const read = await connection.runAndReadAll('select json_serialize_sql($1::varchar)', [sql])
  const { error_type, error_message, statements } = JSON.parse(String(read.getRows()[0]?.[0])) as {
    readonly error_type?: string
    readonly error_message?: string
    readonly statements?: readonly unknown[]
  }
  if (error_type === 'not implemented') throw refusedStatement('another kind of statement')
  if (statements === undefined) throw wrongStatement(error_message ?? 'it cannot be parsed')
  if (statements.length !== 1) throw refusedStatement(`${statements.length} of them`)
}

async function connect(
  api: typeof DuckDB,
  folder: string,
  { memoryBytes, threads }: SqlLimits
): Promise<DuckDB.DuckDBConnection> {
  const instance = await api.DuckDBInstance.create(':memory:', {
    memory_limit: `${memoryBytes}B`,
    threads: String(threads),
    // Nothing is moved to the disk: what does not fit is an error.
    temp_directory: '',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    allow_community_extensions: 'false',
  })
  const connection = await instance.connect()
  await connection.run("set timezone = 'UTC'")
  await connection.run(`set allowed_directories = ['${folder.replaceAll("'", "''")}']`)
  await connection.run('set enable_external_access = false')
  await connection.run('set lock_configuration = true')
  return connection
}
