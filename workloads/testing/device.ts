// A file system of its own on a loop device whose power can be cut: the image is copied while the system still holds what
// was not synced. Writers have to stand still meanwhile; a copy during which the kernel wrote is taken again.

import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { SkipReason } from './skip.ts'

export type Mounted = Disposable & { readonly path: string }

export type Device = Mounted & {
  /** Copies what is on the device now. Everything that writes to it has to be stopped. */
  cut(copy: string): Promise<void>
}

/** Why no device can be made here. */
export function whyNoDevice(): SkipReason | undefined {
  if (process.getuid?.() !== 0) return 'only root may mount a loop device'
  for (const [tool, name] of [
    ['mkfs.ext4', 'e2fsprogs'],
    ['losetup', 'mount'],
    ['mount', 'mount'],
  ] as const) {
    if (spawnSync(tool, ['-V']).error !== undefined) {
      return { tool, install: `install the package ${name}` }
    }
  }
  if (spawnSync('losetup', ['-f']).status !== 0) return 'there are no loop devices here'
  return undefined
}

const quiet = { stdio: ['ignore', 'pipe', 'pipe'] as ['ignore', 'pipe', 'pipe'] }
/** `noauto_da_alloc`: the file system guesses no missing sync. */
const OPTIONS = 'loop,noauto_da_alloc'

/** An empty ext4 in `folder`. */
export function makeDevice(folder: string, size: string): Device {
  mkdirSync(folder, { recursive: true })
  const image = join(folder, 'device.img')
  execFileSync('truncate', ['-s', size, image], quiet)
  // Lazy initialisation would write while everybody stands still.
  const whole = 'lazy_itable_init=0,lazy_journal_init=0'
  execFileSync('mkfs.ext4', ['-q', '-F', '-E', whole, image], quiet)
  const mounted = mountImage(image, join(folder, 'device'))
  const [loop] = execFileSync('losetup', ['-n', '-O', 'NAME', '-j', image], quiet)
    .toString()
    .trim()
    .split('\n')
  const stat = `/sys/block/${basename(loop!)}/stat`
  return { ...mounted, cut: (copy) => copyUndisturbed(image, copy, stat) }
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
