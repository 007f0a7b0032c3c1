// A file system of a test's own on a loop device, to be filled and freed, or whose power can be cut: the image is copied while
// the system still holds what was not synced. Writers have to stand still meanwhile; a copy during which the kernel wrote is
// taken again.

import { execFileSync, spawnSync } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statfsSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { missingProgram } from './programs.ts'
import type { SkipReason } from './skip.ts'

export type Mounted = Disposable & { readonly path: string }

export type Device = Mounted & {
  /** Copies what is on the device now. Everything that writes to it has to be stopped. */
  cut(copy: string): Promise<void>
  /** Takes all the room that is left. */
  fill(): void
  /** Gives back what `fill` took. */
  free(): void
}

const DEVICE_PROGRAMS = ['mkfs.ext4', 'losetup', 'mount'] as const

/** Why no device can be made here. */
export async function whyNoDevice(): Promise<SkipReason | undefined> {
  if (process.platform !== 'linux') return 'loop devices are made on Linux'
  if (process.getuid?.() !== 0) return 'only root may mount a loop device'
  const missing = await missingProgram(DEVICE_PROGRAMS)
  if (missing !== undefined) return missing
  try {
    using _ = temporaryDevice(8)
    return undefined
  } catch (thrown) {
    return `no loop device can be mounted here: ${(thrown as Error).message}`
  }
}

const MIB = 1024 * 1024
const quiet = { stdio: ['ignore', 'pipe', 'pipe'] as ['ignore', 'pipe', 'pipe'] }
/** `noauto_da_alloc`: the file system guesses no missing sync. */
const OPTIONS = 'loop,noauto_da_alloc'

/** An empty ext4 in a folder of its own, which goes with it. */
export function temporaryDevice(mebibytes: number): Device {
  const folder = mkdtempSync(join(tmpdir(), 'ssmd-device-'))
  const remove = () => rmSync(folder, { recursive: true, force: true })
  try {
    const device = makeDevice(folder, mebibytes)
    const unmount = () => {
      device[Symbol.dispose]()
      remove()
    }
    return { ...device, [Symbol.dispose]: unmount }
  } catch (thrown) {
    remove()
    throw thrown
  }
}

/** An empty ext4 in `folder`. */
export function makeDevice(folder: string, mebibytes: number): Device {
  mkdirSync(folder, { recursive: true })
  const image = join(folder, 'device.img')
  writeFileSync(image, '')
  truncateSync(image, mebibytes * MIB)
  // Lazy initialisation would write while everybody stands still.
  const whole = 'lazy_itable_init=0,lazy_journal_init=0'
  execFileSync('mkfs.ext4', ['-q', '-F', '-m', '0', '-E', whole, image], quiet)
  const mounted = mountImage(image, join(folder, 'device'))
  const [loop] = execFileSync('losetup', ['-n', '-O', 'NAME', '-j', image], quiet)
    .toString()
    .trim()
    .split('\n')
  const stat = `/sys/block/${basename(loop!)}/stat`
  const filler = join(mounted.path, 'filler')
  return {
    ...mounted,
    cut: (copy) => copyUndisturbed(image, copy, stat),
    fill: () => fillUp(mounted.path, filler),
    free: () => rmSync(filler, { force: true }),
  }
}

function fillUp(path: string, filler: string): void {
  const { bavail, bsize } = statfsSync(path)
  // Beyond what is left: the last blocks are metadata's, and differ from kernel to kernel.
  for (let bytes = bavail * bsize; bytes >= bsize; bytes = Math.floor(bytes / 2)) {
    try {
      writeFileSync(filler, Buffer.alloc(bytes), { flag: 'a' })
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code !== 'ENOSPC') throw thrown
    }
  }
}

const TRIES = 200

async function copyUndisturbed(image: string, copy: string, stat: string): Promise<void> {
  for (let i = 0; i < TRIES; i++) {
    const before = writesOf(stat)
    execFileSync('cp', ['--sparse=always', image, copy], quiet)
    const after = writesOf(stat)
    if (before.inFlight === 0 && after.inFlight === 0 && before.done === after.done) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Error(`${image} is written to all the time`)
}

/** Documentation/block/stat.rst: writes done, requests in flight, discards and flushes done. */
function writesOf(stat: string): { done: string; inFlight: number } {
  const fields = readFileSync(stat, 'utf8').trim().split(/ +/)
  return { done: [fields[4], fields[11], fields[15]].join(' '), inFlight: Number(fields[8]) }
}

/** Mounts an image, as the machine does that comes back after the power cut. */
export function mountImage(image: string, path: string): Mounted {
  mkdirSync(path, { recursive: true })
  execFileSync('mount', ['-t', 'ext4', '-o', OPTIONS, image, path], quiet)
  const unmount = (): void => {
    process.off('exit', unmount)
    spawnSync('umount', ['-l', path])
    rmSync(path, { recursive: true, force: true })
  }
  // A test that ends by an error leaves no mount behind.
  process.once('exit', unmount)
  return { path, [Symbol.dispose]: unmount }
}
