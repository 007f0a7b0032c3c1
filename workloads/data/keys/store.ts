// API keys on disk: a folder with one file for each key, `<id>.json`, which is also what a mounted Secret looks like. Files are
// replaced whole, so readers and writers need no lock, and a change counts from the next request on. Beside a key, `<id>.used`
// has the minute of its last use, unless the folder is read-only as that of a Secret.

import { link, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { SsmdError, toSsmdError } from '#crds/errors.ts'
import { rfc3339Seconds } from '#crds/rfc3339.ts'
import { type ApiKey, parseApiKey } from './api-key.ts'
import { isKeyId } from './format.ts'

/** A last use is written this often at most. */
const USED_MS = 60_000
/** A key's file is some hundred bytes. */
const MAX_BYTES = 64 * 1024

export type Listed = {
  readonly keys: readonly { readonly key: ApiKey; readonly lastUsed: string | null }[]
  /** Files that are no keys: none of them opens anything. */
  readonly damaged: readonly SsmdError[]
}

export class KeyStore {
  readonly #folder: string
  /** By id; a file that was replaced has another number, time or size. */
  readonly #read = new Map<string, { readonly stamp: string; readonly key: ApiKey }>()
  readonly #usedMs = new Map<string, number>()

  constructor(folder: string) {
    this.#folder = folder
  }

  /** The key as its file has it now; undefined if there is none. Throws SSMD_E_CREDENTIALS for a damaged file. */
  async find(id: string): Promise<ApiKey | undefined> {
    if (!isKeyId(id)) return undefined
    const path = this.#path(id)
    try {
      const { ino, mtimeMs, ctimeMs, size } = await stat(path)
      const stamp = `${ino} ${mtimeMs} ${ctimeMs} ${size}`
      const known = this.#read.get(id)
      if (known?.stamp === stamp) return known.key
      const key = await readFileOf(path, id, size)
      this.#read.set(id, { stamp, key })
      return key
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code !== 'ENOENT') throw thrown
      this.#read.delete(id)
      return undefined
    }
  }

  /** Every key, the oldest first. A folder that does not exist holds none. */
  async list(): Promise<Listed> {
    const keys: Listed['keys'][number][] = []
    const damaged: SsmdError[] = []
    for (const name of await namesIn(this.#folder)) {
      const id = name.endsWith('.json') ? name.slice(0, -'.json'.length) : ''
      if (!isKeyId(id)) continue
      try {
        const key = await this.find(id)
        if (key) keys.push({ key, lastUsed: await lastUse(this.#usedPath(id)) })
      } catch (thrown) {
        damaged.push(toSsmdError(thrown))
      }
    }
    const place = ({ created, id }: ApiKey) => `${created} ${id}`
    return { keys: keys.toSorted((a, b) => (place(a.key) < place(b.key) ? -1 : 1)), damaged }
  }

  /** Adds a key. */
  async add(key: ApiKey): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 })
    const part = await this.#write(`${key.id}.json`, textOf(key))
    try {
      // Not a rename: an id that exists is never replaced.
      await link(part, this.#path(key.id))
    } finally {
      await rm(part, { force: true })
    }
  }

  /** Revokes a key permanently; says which, and undefined if there is none of that id. Its file stays, so that the id is told. */
  async revoke(id: string, nowMs: number): Promise<ApiKey | undefined> {
    const key = await this.find(id)
    if (key === undefined || key.revoked !== null) return key
    const revoked = { ...key, revoked: rfc3339Seconds(nowMs) }
    await this.#replace(`${id}.json`, textOf(revoked))
    return revoked
  }

  /** Notes that a key was used, once a minute at most. Throws if the folder takes no writes. */
  async noteUse(id: string, nowMs: number): Promise<void> {
    const before = this.#usedMs.get(id)
    if (before !== undefined && nowMs >= before && nowMs - before < USED_MS) return
    // Noted before it is written: requests that come meanwhile, or a folder that takes none, do not write as often as they come.
    this.#usedMs.set(id, nowMs)
    await this.#replace(`${id}.used`, `${rfc3339Seconds(nowMs)}\n`)
  }

  async #replace(name: string, text: string): Promise<void> {
    const part = await this.#write(name, text)
    try {
      await rename(part, join(this.#folder, name))
    } catch (thrown) {
      await rm(part, { force: true })
      throw thrown
    }
  }

  /** A new file under a name of its own, synced. */
  async #write(name: string, text: string): Promise<string> {
    const part = join(this.#folder, `.${name}.${process.pid}.${this.#parts++}.part`)
    const file = await open(part, 'wx', 0o600)
    try {
      await file.writeFile(text)
      await file.sync()
    } finally {
      await file.close()
    }
    return part
  }
  #parts = 0

  readonly #path = (id: string): string => join(this.#folder, `${id}.json`)
  readonly #usedPath = (id: string): string => join(this.#folder, `${id}.used`)
}

/** As a key's file has it, and an entry of a Secret. */
export const textOf = (key: ApiKey): string => `${JSON.stringify(key, null, 2)}\n`

async function readFileOf(path: string, id: string, size: number): Promise<ApiKey> {
  const wrong = (problem: string) =>
    new SsmdError('SSMD_E_CREDENTIALS', `${path} is no API key: ${problem}`, {
      hint: 'remove the file and create the key again: ssmd api-key create <name>',
    })
  if (size > MAX_BYTES) throw wrong(`it has ${size} bytes`)
  const key = parseApiKey(await readFile(path, 'utf8'), path)
  if (key.id !== id) throw wrong(`it holds the key ${key.id}`)
  return key
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder)
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw thrown
  }
}

/** Null as well if it cannot be read: what is told of a last use decides nothing. */
async function lastUse(path: string): Promise<string | null> {
  const text = await readFile(path, 'utf8').catch(() => '')
  return /^(\S{20})\n$/.exec(text)?.[1] ?? null
}
