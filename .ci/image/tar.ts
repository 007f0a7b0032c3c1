// Packs with GNU tar, told to depend on nothing but names, bytes and what is executable: sorted, owned by 0:0, without times.

import { readdir } from 'node:fs/promises'
import { SsmdError } from '#crds/errors.ts'
import { run } from '../../operator/local/nats-server/run.ts'

const OPTIONS = [
  '--format=ustar',
  '--sort=name',
  '--mtime=@0',
  '--owner=0',
  '--group=0',
  '--numeric-owner',
  // Whatever the umask: read by all, written by root alone. A set bit of user or group would lend rights.
  '--mode=a-st,u=rwX,go=rX',
] as const

/** Writes the content of a folder; the folder itself is no entry of the archive. */
export async function tarFolder(folder: string, out: string): Promise<void> {
  const names = (await readdir(folder)).sort()
  const args = [...OPTIONS, `--directory=${folder}`, `--file=${out}`, '--create', '--', ...names]
  const done = await run('tar', args, { env: { PATH: process.env.PATH, LC_ALL: 'C' } })
  if (done.code === 0) return
  throw new SsmdError('SSMD_E_IO', `packing ${folder} with tar failed: ${done.output.trim()}`, {
    hint: 'the image is packed with GNU tar',
  })
}
