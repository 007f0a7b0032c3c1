// test: limit 400s
// The writer is killed just before its Nth system call, for every N of every kind (a share of them here, all of
// them with SSMD_FAULTS=all); whatever it had said was committed is there, once (T1). An error in place of the call ends
// it, and it never asks for a sync again (T11).

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { within } from '#testing/deadline.ts'
import { missingProgram } from '#testing/programs.ts'
import { skip } from '#testing/skip.ts'
import { CRASH_OPTIONS, CRASH_SHAPE } from './testing/crash-writer.ts'
import { openWriter, readBack, STREAM, temporaryFolder } from './testing/folders.ts'
import { seeded, testSeed } from './testing/random.ts'
import { randomStream } from './testing/stream.ts'
import { verifyArchive } from './verify/verify.ts'

const test = suite('crash')
const seed = testSeed('crash')
const PROGRAM = join(import.meta.dirname, 'testing/crash-writer.ts')
const CALLS = [
  'openat',
  'pwrite64',
  'fdatasync',
  'fsync',
  '?rename',
  '?unlink',
  'ftruncate',
  '?mkdir',
]
/** Cases of one kind in an ordinary run; the seed chooses them. */
const SHARE = process.env.SSMD_FAULTS === 'all' ? Number.POSITIVE_INFINITY : 6

type Run = {
  readonly code: number | null
  readonly signal: string | null
  readonly committed: number
  readonly trace: string
}

/** Runs the program under strace with these arguments, from the moment that it has loaded. */
async function runTraced(root: string, args: readonly string[]): Promise<Run> {
  const child = spawn(process.execPath, [PROGRAM, root, String(seed)], {
    env: { ...process.env, UV_THREADPOOL_SIZE: '1' },
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  let output = ''
  const said = (text: string): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => {
        if (output.includes(text)) resolve()
      }
      child.stdout.on('data', look)
      child.once('exit', () => resolve())
      look()
    })
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString()
  })
  const ended = once(child, 'exit') as Promise<[number | null, string | null]>
  await said('ready')
  const trace = join(root, 'trace')
  const tracer = spawn('strace', ['-f', '-y', '-o', trace, ...args, '-p', String(child.pid)], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  // It says so once it has attached to all threads.
  let told = ''
  await new Promise<void>((resolve, reject) => {
    tracer.stderr.on('data', (chunk: Buffer) => {
      told += chunk.toString()
      if (told.includes('attached')) resolve()
    })
    tracer.once('exit', () => reject(new Error(`strace: ${told}`)))
  })
  child.stdin.write('go\n')
  const [code, signal] = await ended
  child.stdin.destroy()
  if (tracer.exitCode === null) await once(tracer, 'exit')
  const commits = [...output.matchAll(/committed (\d+)/g)].map((match) => Number(match[1]))
  return { code, signal, committed: commits.at(-1) ?? 0, trace: readFileSync(trace, 'utf8') }
}

/** Goes on after the crash, to the end, and holds everything against what was sent. */
async function recoverAndCheck(root: string, promised: number, what: string): Promise<void> {
  const stream = randomStream(seeded(seed), CRASH_SHAPE)
  const writer = await openWriter(root, CRASH_OPTIONS)
  const committed = writer.committed?.sequence ?? 0
  assert.ok(committed >= promised, `${what}: ${promised} was promised, ${committed} is there`)
  writer.bind(STREAM)
  for (let next = writer.nextSequence; next <= stream.blocks.length; next++) {
    writer.add(stream.blocks[next - 1]!, next)
  }
  await writer.close()
  assert.equal([...readBack(root)].sort(), [...stream.lines].sort(), what)
  assert.equal((await verifyArchive(root)).problems, [], what)
  const left = readdirSync(join(root, 'made'), { recursive: true }).filter((name) =>
    /\.tmp$|lock-|\.aside/.test(String(name))
  )
  assert.equal(left, [], `${what}: left behind`)
}

const missing = await missingProgram('strace')

test('killed before any system call, it loses nothing and writes nothing twice (T1)', async () => {
  if (missing) return skip(missing)
  let cases = 0
  for (const call of CALLS) {
    const kill = (n: number) => [`-etrace=${call}`, `-einject=${call}:signal=KILL:when=${n}`]
    const total = await countCalls(call)
    const step = Math.max(1, Math.ceil(total / SHARE))
    for (let n = 1 + (seed % step); n <= total; n += step) {
      using folder = temporaryFolder()
      const what = `seed ${seed}: ${call} ${n} of ${total}`
      const run = await within(60_000, what, runTraced(folder.path, kill(n)))
      if (run.code === 0) continue // calls differ a little from run to run
      cases++
      assert.is(run.signal, 'SIGKILL', what)
      await within(60_000, what, recoverAndCheck(folder.path, run.committed, what))
    }
  }
  assert.ok(cases >= 20, `only ${cases} cases`)
})

test('an error of any sync ends it with 1, and it never syncs that file again (T11)', async () => {
  if (missing) return skip(missing)
  for (const [call, error] of [
    ['fdatasync', 'EIO'],
    ['fsync', 'EIO'],
    ['pwrite64', 'ENOSPC'],
  ] as const) {
    const total = await countCalls(call)
    const step = Math.max(1, Math.ceil(total / (SHARE / 2)))
    for (let n = 1 + (seed % step); n <= total; n += step) {
      using folder = temporaryFolder()
      const what = `seed ${seed}: ${error} of ${call} ${n}`
      const inject = [`-etrace=${call}`, `-einject=${call}:error=${error}:when=${n}`]
      const run = await within(60_000, what, runTraced(folder.path, inject))
      if (!run.trace.includes('INJECTED')) continue // calls differ a little from run to run
      assert.is(run.code, 1, what)
      const failed = /<([^>]+)>[^\n]*INJECTED/.exec(run.trace)
      assert.ok(failed, what)
      const after = run.trace.slice(run.trace.indexOf('INJECTED'))
      if (call !== 'pwrite64')
        assert.not.ok(after.includes(`<${failed[1]}>`), `${what}: tried again`)
      await within(60_000, what, recoverAndCheck(folder.path, run.committed, what))
    }
  }
})

/** How often an undisturbed run makes a call, by its one worker thread. */
async function countCalls(call: string): Promise<number> {
  using folder = temporaryFolder()
  const { code, trace } = await within(60_000, call, runTraced(folder.path, [`-etrace=${call}`]))
  assert.is(code, 0, `undisturbed: ${trace.slice(0, 2000)}`)
  const threads = new Map<string, number>()
  for (const line of trace.split('\n')) {
    const match = /^(\d+) +(\w+)\(/.exec(line)
    if (match) threads.set(match[1]!, (threads.get(match[1]!) ?? 0) + 1)
  }
  return Math.max(0, ...threads.values())
}

test.run()
