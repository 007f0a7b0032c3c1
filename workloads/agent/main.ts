// The program `ssmd agent`: a prompt for a person, or one answer for a script.

import { join } from 'node:path'
import { usageError } from '#crds/errors.ts'
import type { Desk, DeskOptions } from './desk.ts'
import { findSession, newSessionId, sessionsFolder } from './session/folders.ts'

export type AgentOptions = Omit<DeskOptions, 'log'> & {
  /** One answer to this, without a person. */
  readonly prompt?: string
  readonly format: 'text' | 'json' | 'stream-json'
  /** Tools that need no approval in a run without a person. */
  readonly allow: readonly string[]
  /** `latest`, or the beginning of an id. @default a new session */
  readonly resume?: string
}

/** The exit code. */
export async function runAgent(options: AgentOptions): Promise<number> {
  const { env, prompt, resume } = options
  const folder = sessionsFolder(env)
  const sessionId =
    resume === undefined
      ? newSessionId(Date.now())
      : (await findSession(folder, resume === 'latest' ? undefined : resume)).id
  const hasModel = Boolean(env.ANTHROPIC_API_KEY || env.ANTHROPIC_BASE_URL)
  const openDesk = async (): Promise<Desk> => {
    const { Desk } = await import('./desk.ts')
    const log = (line: string): void => void process.stderr.write(`ssmd: ${line}\n`)
    return await Desk.open({ ...options, log })
  }
  if (prompt === undefined) {
    const { Repl } = await import('./repl/repl.ts')
    const { stdin: input, stdout: output } = process
    const color = output.isTTY === true && !env.NO_COLOR
    const repl = new Repl({
      openDesk,
      folder,
      sessionId,
      hasModel,
      input,
      output,
      color,
      nowMs: () => Date.now(),
    })
    await repl.run()
    return 0
  }
  if (!hasModel) {
    throw usageError(
      '--print asks a model, and ANTHROPIC_API_KEY is not set',
      'set it, or ANTHROPIC_BASE_URL for a local model'
    )
  }
  await using desk = await openDesk()
  const unknown = options.allow.find((name) => desk.tools.get(name) === undefined)
  if (unknown !== undefined) {
    const known = desk.tools.all.map(({ name }) => name).join(', ')
    throw usageError(`--allow ${unknown}: there is no such tool`, `the tools are ${known}`)
  }
  const session = await desk.session(join(folder, sessionId))
  const controller = new AbortController()
  const stop = (): void => controller.abort(new Error('interrupted'))
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
  try {
    const { runOnce } = await import('./once.ts')
    const write = (text: string): void => void process.stdout.write(text)
    const { format, allow } = options
    return await runOnce({
      session,
      sessionId,
      prompt,
      format,
      allow,
      signal: controller.signal,
      write,
    })
  } finally {
    process.removeListener('SIGINT', stop)
    process.removeListener('SIGTERM', stop)
    await session.close()
  }
}
