// Sessions at a shell, written down: `$ command`, then what it prints, both streams in their order, and `[exit N]` if it failed. A session
// is run command by command by a real shell in a scratch folder; what differs from the file fails.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { utcDay } from '#crds/rfc3339.ts'
import { within } from '#testing/deadline.ts'
import { ENTRY } from './run.ts'

export type Turn = { readonly command: string; readonly said: string }

/** The turns of a session; lines before the first `$` describe it. */
export function readTranscript(text: string): { readonly head: string; readonly turns: Turn[] } {
  const [head = '', ...parts] = text.split(/^\$ /m)
  const turns = parts.map((part) => {
    const end = part.indexOf('\n')
    return { command: part.slice(0, end), said: part.slice(end + 1) }
  })
  return { head, turns }
}

export const writeTranscript = (head: string, turns: readonly Turn[]): string =>
  head + turns.map(({ command, said }) => `$ ${command}\n${said}`).join('')

/** Runs the commands one after the other, and returns what each printed; the day of today is written `<today>`. */
export async function play(turns: readonly Turn[]): Promise<Turn[]> {
  const root = mkdtempSync(join(tmpdir(), 'ssmd-session-'))
  try {
    const [bin, home, folder] = ['bin', 'home', 'work'].map((name) => join(root, name)) as [
      string,
      string,
      string,
    ]
    for (const one of [bin, home, folder]) mkdirSync(one)
    const shim = join(bin, 'ssmd')
    writeFileSync(shim, `#!/bin/sh\nexec "${process.execPath}" "${ENTRY}" "$@"\n`)
    chmodSync(shim, 0o755)
    const env = {
      PATH: `${bin}:${process.env.PATH}`,
      HOME: home,
      NO_COLOR: '1',
      LC_ALL: 'C',
      GIT_AUTHOR_NAME: 'A',
      GIT_AUTHOR_EMAIL: 'a@example.com',
      GIT_COMMITTER_NAME: 'A',
      GIT_COMMITTER_EMAIL: 'a@example.com',
      GIT_CONFIG_NOSYSTEM: '1',
    }
    const played: Turn[] = []
    for (const { command } of turns) {
      const said = await runShell(command, folder, env)
      played.push({
        command,
        said: said.replaceAll(utcDay(Date.now()), '<today>').replaceAll(root, '<root>'),
      })
    }
    return played
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}

async function runShell(command: string, cwd: string, env: NodeJS.ProcessEnv): Promise<string> {
  // One pipe for both streams keeps their order.
  const child = spawn('sh', ['-c', `exec 2>&1\n${command}`], {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  let said = ''
  child.stdout.on('data', (data: Buffer) => {
    said += data.toString()
  })
  const [code] = (await within(60_000, command, once(child, 'close'))) as [number | null]
  if (said !== '' && !said.endsWith('\n')) said += '\n'
  return code === 0 ? said : `${said}[exit ${code}]\n`
}
