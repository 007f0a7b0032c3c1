// One `ssmd up` a data folder. What locks is a socket that only one process can listen on and that the kernel frees
// when its holder ends, however it ends; a file beside the data says to people who the holder is.
import { createHash } from 'node:crypto'
import { mkdir, readFile, realpath, rename, rm, unlink, writeFile } from 'node:fs/promises'
import { connect, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { SsmdError } from '#crds/errors.ts'

type Holder = { readonly pid: number; readonly since: string }

export type Lock = { release(): Promise<void> }

/** Takes the lock, or throws SSMD_E_LOCKED naming who holds it. */
export async function takeLock(path: string, what: string): Promise<Lock> {
  await mkdir(dirname(path), { recursive: true })
  const server = await listen(await socketOf(path))
  if (server === undefined) throw held(what, parseHolder(await readOr(path)))
  const text = JSON.stringify({ pid: process.pid, since: new Date().toISOString() })
  const own = `${path}.${process.pid}`
  await writeFile(own, text)
  await rename(own, path)
  return {
    async release() {
      if ((await readOr(path)) === text) await rm(path, { force: true })
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** The socket of a lock file: in the kernel's own name space on Linux, elsewhere a file that a crash may leave. */
async function socketOf(path: string): Promise<string> {
  const folder = await realpath(dirname(path))
  const name = `ssmd-up-${createHash('sha256').update(folder).digest('hex').slice(0, 32)}`
  return process.platform === 'linux' ? `\0${name}` : join(tmpdir(), `${name}.sock`)
}

/** Listens, or undefined where a living process does. */
async function listen(socket: string): Promise<Server | undefined> {
  for (let attempt = 0; attempt < 2; attempt++) {
    const server = createServer((peer) => peer.destroy())
    try {
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject)
        server.listen(socket, resolve)
      })
      server.unref()
      return server
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw thrown
      if (socket.startsWith('\0') || (await answers(socket))) return undefined
      await unlink(socket).catch(() => {})
    }
  }
  return undefined
}

const answers = (socket: string): Promise<boolean> =>
  new Promise((resolve) => {
    const peer = connect(socket)
    peer.once('connect', () => resolve(true))
    peer.once('error', () => resolve(false))
    peer.once('close', () => peer.destroy())
  })

const readOr = (path: string): Promise<string> => readFile(path, 'utf8').catch(() => '')

const held = (what: string, holder: Holder | undefined): SsmdError =>
  new SsmdError(
    'SSMD_E_LOCKED',
    holder === undefined
      ? `another ssmd up is just starting on ${what}`
      : `another ssmd up (process ${holder.pid}, since ${holder.since}) already runs on ${what}`,
    { hint: 'stop that one with Ctrl-C, or give this one another folder with --data' }
  )

function parseHolder(text: string): Holder | undefined {
  try {
    const value = JSON.parse(text) as Partial<Holder>
    if (typeof value.pid !== 'number') return undefined
    return { pid: value.pid, since: value.since ?? 'unknown' }
  } catch {
    // The holder is between taking the lock and saying so.
    return undefined
  }
}
