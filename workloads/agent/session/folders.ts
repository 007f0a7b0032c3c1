// Where sessions are kept, and which there are.

import { randomBytes } from 'node:crypto'
import { cp, readdir, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { SsmdError } from '#crds/errors.ts'
import { readTranscript } from './transcript.ts'

export type SessionAbout = {
  readonly id: string
  readonly folder: string
  readonly changedMs: number
  /** The first thing that was said. */
  readonly title: string
}

export const sessionsFolder = (env: NodeJS.ProcessEnv): string =>
  join(env.XDG_STATE_HOME || join(env.HOME || homedir(), '.local', 'state'), 'ssmd', 'sessions')

export const newSessionId = (nowMs: number): string =>
  `${new Date(nowMs).toISOString().slice(0, 16).replace(/[-:]/g, '')}-${randomBytes(3).toString('hex')}`

/** The latest first. */
export async function listSessions(folder: string): Promise<readonly SessionAbout[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw error
  })
  const sessions: SessionAbout[] = []
  for (const id of names) {
    const path = join(folder, id, 'transcript.jsonl')
    const found = await stat(path).catch(() => undefined)
    if (found === undefined) continue
    const first = (await readTranscript(path)).find(({ kind }) => kind === 'said')
    const title = first?.kind === 'said' ? first.text : ''
    sessions.push({ id, folder: join(folder, id), changedMs: found.mtimeMs, title })
  }
  return sessions.sort((a, b) => b.changedMs - a.changedMs)
}

/** By its id, or the beginning of one that no other has; without a name the latest. */
export async function findSession(folder: string, name?: string): Promise<SessionAbout> {
  const sessions = await listSessions(folder)
  const found =
    name === undefined ? sessions.slice(0, 1) : sessions.filter(({ id }) => id.startsWith(name))
  const [one, another] = found
  if (one !== undefined && another === undefined) return one
  const which =
    name === undefined
      ? 'no session'
      : another === undefined
        ? `no session ${name}`
        : `several sessions ${name}…`
  throw new SsmdError('SSMD_E_NOT_FOUND', `there is ${which} in ${folder}`, {
    hint: sessions.length === 0 ? 'begin one: ssmd agent' : `the latest is ${sessions[0]?.id}`,
  })
}

/** A copy under another id: both continue on their own. */
export async function forkSession(folder: string, id: string, nowMs: number): Promise<string> {
  const next = newSessionId(nowMs)
  await cp(join(folder, id), join(folder, next), {
    recursive: true,
    filter: (path) => !/[/\\]lock$/.test(path),
  })
  return next
}
