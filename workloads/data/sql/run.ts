// Runs one SQL statement in a process of its own and gives its rows as they are asked for. The process ends with the last row, the
// first error, a reader that leaves, or a limit; nothing of it stays.

import { type ChildProcess, fork } from 'node:child_process'
import { SsmdError } from '#crds/errors.ts'
import type { RowRun, Rows } from '../model/rows.ts'
import { CHILD } from './child.ts'
import { childEnded, tooLargeAnswer, tooMuchTime } from './errors.ts'
import { type FromChild, SQL_LIMITS, type SqlLimits, type ToChild, type View } from './messages.ts'
import { bytesOf } from './values.ts'

export type SqlRun = {
  readonly sql: string
  /** Where `@duckdb/node-api` is imported from. */
  readonly packageUrl: string
  /** The only folder that the statement can read: of this statement alone. */
  readonly folder: string
  /** Makes files in the folder, once the statement is known to be one that reads, and says how they are read. */
  readonly views: () => Promise<readonly View[]>
  /** Rows to leave out at the start, and to give at most. */
  readonly skip: number
  readonly limit: number
  readonly signal: AbortSignal
  readonly limits?: SqlLimits
}

/** Throws what is wrong with the statement before its first row; a limit may still stop it later. */
export async function runSql(wanted: SqlRun): Promise<Rows> {
  const { sql, packageUrl, folder, limits = SQL_LIMITS } = wanted
  const child = new SqlChild(wanted.signal, folder, limits)
  try {
    await child.ask({ kind: 'parse', sql, packageUrl, folder, limits }, 'parsed')
    const views = await wanted.views()
    const { columns } = await child.ask({ kind: 'run', views }, 'columns')
    let next: number | null = null
    const runs = readRuns(child, wanted, limits, (cut) => {
      next = cut
    })
    return { columns, runs, next: () => (next === null ? null : [next]) }
  } catch (error) {
    child.end()
    throw error
  }
}

/** Whole runs but the first and the last, of which rows may be left out. */
async function* readRuns(
  child: SqlChild,
  { skip, limit }: SqlRun,
  limits: SqlLimits,
  cut: (at: number) => void
): AsyncGenerator<RowRun> {
  let [seen, bytes] = [0, 0]
  try {
    for (;;) {
      const answer = await child.ask({ kind: 'next' }, 'rows', 'end')
      if (answer.kind === 'end') return
      const { run } = answer
      const from = Math.min(Math.max(skip - seen, 0), run.length)
      const to = Math.min(skip + limit - seen, run.length)
      bytes += bytesOf(run)
      if (bytes > limits.answerBytes) throw tooLargeAnswer(limits.answerBytes)
      seen += run.length
      if (to > from) yield part(run, from, to)
      if (to < run.length) {
        cut(skip + limit)
        return
      }
    }
  } finally {
    child.end()
  }
}

function part(run: RowRun, from: number, to: number): RowRun {
  if (from === 0 && to === run.length) return run
  const columns = run.columns.map((column): RowRun['columns'][number] => {
    switch (column.type) {
      case 'time':
        return { ...column, ms: column.ms.slice(from, to), ns: column.ns.slice(from, to) }
      case 'decimal': {
        const { values, scales, wide = new Map() } = column
        const moved = [...wide].map(([row, value]): [number, bigint] => [row - from, value])
        return {
          ...{ type: 'decimal', values: values.slice(from, to), scales: scales.slice(from, to) },
          wide: new Map(moved),
        }
      }
      default:
        return { ...column, values: column.values.slice(from, to) } as typeof column
    }
  })
  return { length: to - from, columns }
}

/** The child process: one message to it, one from it. */
class SqlChild {
  readonly #process: ChildProcess
  readonly #signal: AbortSignal
  readonly #limits: SqlLimits
  #leftMs: number
  #waiting: { resolve: (message: FromChild) => void; reject: (error: unknown) => void } | undefined
  #ended: unknown

  constructor(signal: AbortSignal, folder: string, limits: SqlLimits) {
    signal.throwIfAborted()
    this.#signal = signal
    this.#limits = limits
    this.#leftMs = limits.timeMs
    this.#process = fork(CHILD, [], {
      cwd: folder,
      env: {},
      execArgv: ['--max-old-space-size=256', '--disable-warning=ExperimentalWarning'],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    })
    this.#process.on('message', (message: FromChild) => {
      if (message.kind === 'problem') this.#fail(problem(message))
      else this.#waiting?.resolve(message)
    })
    this.#process.on('error', (error) => this.#fail(error))
    this.#process.on('exit', (code, signal) =>
      this.#fail(childEnded(signal ?? `exit code ${code}`))
    )
    signal.addEventListener('abort', this.#abort, { once: true })
  }

  async ask<Kind extends FromChild['kind']>(
    message: ToChild,
    ...kinds: readonly Kind[]
  ): Promise<Extract<FromChild, { kind: Kind }>> {
    const startedAt = performance.now()
    const timer = setTimeout(() => this.#fail(tooMuchTime(this.#limits.timeMs)), this.#leftMs)
    try {
      const answer = await new Promise<FromChild>((resolve, reject) => {
        this.#waiting = { resolve, reject }
        if (this.#ended !== undefined) reject(this.#ended)
        else this.#process.send(message, (error) => error && this.#fail(error))
      })
      if (kinds.includes(answer.kind as Kind)) return answer as Extract<FromChild, { kind: Kind }>
      throw new SsmdError('SSMD_E_INTERNAL', `${answer.kind} is no answer to ${message.kind}`)
    } finally {
      clearTimeout(timer)
      this.#leftMs -= performance.now() - startedAt
    }
  }

  end(): void {
    this.#signal.removeEventListener('abort', this.#abort)
    this.#process.kill('SIGKILL')
  }

  readonly #abort = (): void => this.#fail(this.#signal.reason)

  /** The first reason counts; the process ends with it. */
  #fail(error: unknown): void {
    this.#ended ??= error
    this.#waiting?.reject(this.#ended)
    this.end()
  }
}

const problem = ({ code, message, hint }: Extract<FromChild, { kind: 'problem' }>): SsmdError =>
  new SsmdError(code, message, hint === undefined ? {} : { hint })
