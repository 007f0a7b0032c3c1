// Runs one test file as a process group of its own, within its time limit, and leaves nothing of it running.
// It gets a folder for temporary files that is gone afterwards.

import { spawn } from 'node:child_process'
import { mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { stripVTControlCharacters } from 'node:util'
import { describeError } from '#crds/errors.ts'
import { SLOWNESS_VARIABLE } from '#testing/deadline.ts'
import { lookAround, whatIsNew } from '../node/left-behind.ts'
import { enclose } from '../node/namespaces.ts'
import { whyNoNode } from '../node/requirements.ts'
import type { TestFile } from './files.ts'
import type { FileRun } from './judge.ts'
import { LEDGER_VARIABLE, readLedger } from './ledger.ts'
import { ownNetwork } from './own-network.ts'
import { endGroup, groupMembers } from './process-group.ts'
import { removeFolder } from './remove-folder.ts'

/** A test that prints more is shown from its end. */
const OUTPUT_LIMIT = 1_000_000
/** How long a file may need to end once uvu has printed its last figures. */
const OPEN_GRACE_MS = 30_000
/** How long a child may need to end after the test that stopped it. */
const LEFTOVER_GRACE_MS = 2_000

export type RunFileOptions = {
  readonly root: string
  /** Made for this file, removed afterwards. */
  readonly folder: string
  readonly env: NodeJS.ProcessEnv
  readonly signal: AbortSignal
  /** How many times slower this computer is just now: multiplies the limit here and the deadlines in the test. */
  readonly slowness: number
  readonly openGraceMs?: number
  /** Is told what the test prints, while it runs. */
  readonly onOutput?: (text: string) => void
}

export async function runFile(file: TestFile, o: RunFileOptions): Promise<FileRun> {
  await mkdir(o.folder, { recursive: true })
  const ledgerPath = `${o.folder}.ledger`
  const preload = new URL('./preload.ts', import.meta.url).href
  const env = {
    ...o.env,
    TMPDIR: o.folder,
    [LEDGER_VARIABLE]: ledgerPath,
    [SLOWNESS_VARIABLE]: o.slowness.toFixed(2),
  }
  const command = [process.execPath, '--import', preload, join(o.root, file.path)] as const
  const place = await openPlace(file, command, env)
  const child = spawn(place.file, place.args, {
    cwd: o.root,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: place.env,
  })
  const group = child.pid
  if (group === undefined) throw new Error(`${process.execPath} cannot be started`)

  let output = ''
  let finished: NodeJS.Timeout | undefined
  let openMs: number | undefined
  const endOpen = () => {
    openMs = o.openGraceMs ?? OPEN_GRACE_MS
    endGroup(group, 'SIGKILL')
  }
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8')
    stream.on('data', (text: string) => {
      output = (output + text).slice(-OUTPUT_LIMIT)
      o.onOutput?.(text)
      if (finished === undefined && text.includes('  Duration:')) {
        finished = setTimeout(endOpen, o.openGraceMs ?? OPEN_GRACE_MS)
      }
    })
  }
  const closed = new Promise((resolve) => child.on('close', resolve))
  let limitPassedMs: number | undefined
  const limitMs = Math.round(file.limitMs * o.slowness)
  const limit = setTimeout(() => {
    limitPassedMs = limitMs
    endGroup(group, 'SIGKILL')
  }, limitMs)
  const abort = () => endGroup(group, 'SIGTERM')
  o.signal.addEventListener('abort', abort)
  const ended = await new Promise<{ code: number | null; signal: string | null }>((resolve) =>
    child.on('exit', (code, signal) => resolve({ code, signal }))
  )
  clearTimeout(limit)
  clearTimeout(finished)
  o.signal.removeEventListener('abort', abort)

  const killed = limitPassedMs !== undefined || openMs !== undefined || o.signal.aborted
  const leftovers = killed ? [] : await waitForGroup(group, LEFTOVER_GRACE_MS * o.slowness)
  endGroup(group, 'SIGKILL')
  // A process that left the group may hold the pipe open; what it prints is not waited for.
  await Promise.race([closed, sleep(LEFTOVER_GRACE_MS, undefined, { ref: false })])
  child.stdout.destroy()
  child.stderr.destroy()
  const behind = await place.leave()
  const ledger = await readFile(ledgerPath, 'utf8').catch(() => '')
  const kept = await removeFolder(o.folder)
  await rm(ledgerPath, { force: true })
  return {
    ...ended,
    output: stripVTControlCharacters(output),
    limitPassedMs,
    openMs,
    leftovers,
    behind: [...behind, ...kept],
    ledger: readLedger(ledger),
    unknownAsks: file.unknown,
  }
}

type Place = {
  readonly file: string
  readonly args: readonly string[]
  readonly env: NodeJS.ProcessEnv
  /** Ends it; gives back what is still there. */
  leave(): Promise<readonly string[]>
}

/** Where a test file runs: here, or in the namespaces of a node, or where these cannot be made in a network of its own. */
async function openPlace(
  file: TestFile,
  command: readonly [string, ...string[]],
  env: NodeJS.ProcessEnv
): Promise<Place> {
  if (!file.enclosed || (await whyNoNode(env)) !== undefined) {
    const around = file.enclosed ? ((await ownNetwork(env)) ?? []) : []
    // What a test misses there it says itself, and skips.
    const [program = '', ...args] = [...around, ...command]
    return { file: program, args, env, leave: async () => [] }
  }
  const before = await lookAround(undefined)
  const place = await enclose(command, env)
  const leave = async () => {
    try {
      await place.leave()
    } catch (error) {
      return [describeError(error)]
    }
    return whatIsNew(before, await lookAround(place.name))
  }
  return { ...place, leave }
}

async function waitForGroup(group: number, graceMs: number): Promise<string[]> {
  const end = performance.now() + graceMs
  for (;;) {
    const members = await groupMembers(group)
    if (members.length === 0 || performance.now() > end) return members
    await sleep(50)
  }
}
