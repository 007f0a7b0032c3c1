// A disk in memory that can lose its power: what was not synced is then there, or not, or in part, as chance has it;
// names that were not synced with their folder likewise. It can also fail at the Nth operation. Stricter than ext4.

import { mkdirSync, writeFileSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { SsmdError } from '#crds/errors.ts'
import type { Disk, DiskFile, Kind } from '../storage/disk.ts'
import type { Random } from './random.ts'

type Inode = { data: Buffer; synced: Buffer }
type Node = Inode | 'folder'

export class MemoryDisk implements Disk {
  /** What programs see, and what is on the platter. */
  #names = new Map<string, Node>()
  #durable = new Map<string, Node>()
  /** Operations that change something so far. */
  operations = 0
  /** The operation that fails, and all after it. */
  failAt = Number.POSITIVE_INFINITY
  error: 'EIO' | 'ENOSPC' = 'EIO'
  /** Syncs that were asked for on a file after one had failed on it: the one unforgivable thing. */
  retriedSyncs = 0
  readonly #failedSyncs = new Set<Inode>()
  /** Both names of a rename that is not synced: they change together or not at all. */
  readonly #together = new Map<string, object>()

  constructor(root: string) {
    for (let path = root; path !== dirname(path); path = dirname(path)) {
      this.#names.set(path, 'folder')
      this.#durable.set(path, 'folder')
    }
  }

  async kind(path: string): Promise<Kind | undefined> {
    const node = this.#names.get(path)
    return node === undefined ? undefined : node === 'folder' ? 'folder' : 'file'
  }

  async create(path: string): Promise<DiskFile> {
    this.#step(path)
    if (this.#names.has(path)) throw new SsmdError('SSMD_E_IO', `${path} is there`)
    this.#folder(path)
    const inode = { data: Buffer.alloc(0), synced: Buffer.alloc(0) }
    this.#names.set(path, inode)
    return this.#file(path, inode)
  }

  async open(path: string): Promise<DiskFile> {
    const inode = this.#inode(path)
    if (inode === undefined) throw new SsmdError('SSMD_E_IO', `${path} is not there`)
    return this.#file(path, inode)
  }

  async read(path: string): Promise<Buffer | undefined> {
    const inode = this.#inode(path)
    return inode && Buffer.from(inode.data)
  }

  async size(path: string): Promise<number | undefined> {
    return this.#inode(path)?.data.length
  }

  async list(path: string): Promise<string[]> {
    return [...this.#names.keys()]
      .filter((name) => dirname(name) === path && name !== path)
      .map((name) => basename(name))
      .sort()
  }

  async makeFolder(path: string): Promise<void> {
    this.#step(path)
    const made: string[] = []
    for (let at = path; !this.#names.has(at); at = dirname(at)) made.push(at)
    for (const at of made) this.#names.set(at, 'folder')
    if (made.length === 0) return
    this.#step(path)
    for (const at of made) this.#durable.set(at, 'folder')
  }

  async syncFolder(path: string): Promise<void> {
    this.#step(path)
    for (const name of new Set([...this.#names.keys(), ...this.#durable.keys()])) {
      if (dirname(name) !== path || name === path) continue
      const node = this.#names.get(name)
      this.#together.delete(name)
      if (node === undefined) this.#durable.delete(name)
      else this.#durable.set(name, node)
    }
  }

  async rename(from: string, to: string): Promise<void> {
    this.#step(from)
    const moved = [...this.#names].filter(([name]) => name === from || name.startsWith(`${from}/`))
    if (moved.length === 0) throw new SsmdError('SSMD_E_IO', `${from} is not there`)
    this.#folder(to)
    for (const [name, node] of moved) {
      const pair = this.#together.get(name) ?? {}
      this.#together.set(name, pair)
      this.#together.set(to + name.slice(from.length), pair)
      this.#names.delete(name)
      this.#names.set(to + name.slice(from.length), node)
    }
  }

  async remove(path: string): Promise<void> {
    this.#step(path)
    for (const name of [...this.#names.keys()]) {
      if (name === path || name.startsWith(`${path}/`)) this.#names.delete(name)
    }
  }

  /** The disk works again, and another process comes: it may sync what the one before could not. */
  mend(): void {
    this.failAt = Number.POSITIVE_INFINITY
    this.#failedSyncs.clear()
  }

  /** The power goes and comes back. */
  cut(random: Random): void {
    const names = new Map<string, Node>()
    const coins = new Map<object, boolean>()
    const arrived = (name: string): boolean => {
      const pair = this.#together.get(name) ?? {}
      const coin = coins.get(pair) ?? random.next() < 0.5
      coins.set(pair, coin)
      return coin
    }
    for (const name of new Set([...this.#names.keys(), ...this.#durable.keys()])) {
      // Each change of a name that was not synced came to the platter, or did not.
      const node = arrived(name) ? this.#names.get(name) : this.#durable.get(name)
      const kept =
        this.#names.get(name) === this.#durable.get(name) ? this.#durable.get(name) : node
      if (kept !== undefined) names.set(name, kept)
    }
    // A name is only there below folders that are.
    for (const name of [...names.keys()].sort()) {
      if (name !== dirname(name) && dirname(name) !== '/' && !names.has(dirname(name)))
        names.delete(name)
    }
    for (const node of new Set(names.values())) if (node !== 'folder') lose(node, random)
    this.#names = names
    this.#durable = new Map(names)
    this.#together.clear()
    this.mend()
  }

  /** Copies all files to the real disk, for checkers. */
  dump(): void {
    for (const [path, node] of this.#names) {
      if (node === 'folder') mkdirSync(path, { recursive: true })
      else {
        mkdirSync(dirname(path), { recursive: true })
        writeFileSync(path, node.data)
      }
    }
  }

  #file(path: string, inode: Inode): DiskFile {
    return {
      write: async (parts, position) => {
        for (const part of parts) {
          this.#step(path, () => {
            // A write that fails may have come half the way.
            put(inode, part.subarray(0, part.length >> 1), position)
          })
          put(inode, part, position)
          position += part.length
        }
      },
      read: async (position, length) =>
        Buffer.from(inode.data.subarray(position, position + length)),
      sync: async () => {
        if (this.#failedSyncs.has(inode)) this.retriedSyncs++
        this.#step(path, () => this.#failedSyncs.add(inode))
        inode.synced = Buffer.from(inode.data)
      },
      truncate: async (length) => {
        this.#step(path)
        inode.data = Buffer.from(inode.data.subarray(0, length))
      },
      size: async () => inode.data.length,
      close: async () => {},
    }
  }

  #step(path: string, onFail: () => void = () => {}): void {
    if (++this.operations < this.failAt) return
    if (this.operations === this.failAt) onFail()
    const code = this.error === 'EIO' ? 'SSMD_E_IO' : 'SSMD_E_DISK_FULL'
    throw new SsmdError(code, `${this.error} at operation ${this.operations}: ${path}`)
  }

  #folder(path: string): void {
    if (this.#names.get(dirname(path)) !== 'folder') {
      throw new SsmdError('SSMD_E_IO', `${dirname(path)} is not there`)
    }
  }

  #inode(path: string): Inode | undefined {
    const node = this.#names.get(path)
    return node === 'folder' ? undefined : node
  }
}

function put(inode: Inode, bytes: Uint8Array, position: number): void {
  const data = Buffer.alloc(Math.max(inode.data.length, position + bytes.length))
  inode.data.copy(data)
  data.set(bytes, position)
  inode.data = data
}

/** What is left of a file: what was synced, and of the rest a part, of which the end may be zeros. */
function lose(inode: Inode, random: Random): void {
  const { data, synced } = inode
  if (!data.equals(synced)) {
    const isAppended =
      data.length >= synced.length && data.subarray(0, synced.length).equals(synced)
    if (isAppended) {
      const kept = random.int(synced.length, data.length)
      const left = Buffer.from(data.subarray(0, kept))
      if (random.next() < 0.3) left.fill(0, random.int(synced.length, kept))
      inode.data = left
    } else if (random.next() < 0.5) inode.data = Buffer.from(synced)
  }
  inode.synced = Buffer.from(inode.data)
}
