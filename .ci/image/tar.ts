// Writes a folder as a tar archive that depends on nothing but names, bytes and modes: sorted, owned by 0:0, without
// times. Paths up to 255 bytes, which the ustar format holds by itself.

import { createReadStream } from 'node:fs'
import { lstat, readdir, readlink } from 'node:fs/promises'
import { join } from 'node:path'
import { SsmdError } from '#crds/errors.ts'

const BLOCK = 512
// The magic of POSIX tar and its version, in one.
const USTAR = 'ustar\x0000'

export const TAR_END = new Uint8Array(2 * BLOCK)

type Entry = {
  readonly name: string
  readonly mode: number
  readonly type: '0' | '2' | '5'
  readonly size: number
  readonly link: string
}

/** The archive of a folder's content, in pieces; the folder itself is no entry of it. */
export async function* tarFolder(folder: string): AsyncGenerator<Uint8Array> {
  const paths = (await readdir(folder, { recursive: true })).sort()
  for (const path of paths) {
    const entry = await describe(folder, path)
    yield header(entry)
    if (entry.type === '0') yield* exactly(path, entry.size, readPieces(join(folder, path)))
  }
  yield TAR_END
}

/** One file of an archive; a layer is too large to be at hand as a whole. */
export async function* tarFile(
  name: string,
  size: number,
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>
): AsyncGenerator<Uint8Array> {
  yield header({ name, mode: 0o644, type: '0', size, link: '' })
  yield* exactly(name, size, pieces)
}

async function describe(folder: string, path: string): Promise<Entry> {
  const place = join(folder, path)
  const stat = await lstat(place)
  // A set bit of user or group would lend rights to whoever starts the file.
  const mode = stat.mode & 0o777
  if (stat.isDirectory()) return { name: `${path}/`, mode, type: '5', size: 0, link: '' }
  if (stat.isSymbolicLink()) {
    return { name: path, mode: 0o777, type: '2', size: 0, link: await readlink(place) }
  }
  if (!stat.isFile()) throw new SsmdError('SSMD_E_IO', `${place} is no file, folder or link`)
  return { name: path, mode, type: '0', size: stat.size, link: '' }
}

/** The bytes of a file; what no longer fits its header would spoil all that follows. */
async function* exactly(
  name: string,
  size: number,
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>
): AsyncGenerator<Uint8Array> {
  let read = 0
  for await (const piece of pieces) {
    read += piece.length
    yield piece
  }
  if (read !== size) throw new SsmdError('SSMD_E_IO', `${name} changed while it was packed`)
  yield padding(size)
}

export const readPieces = (path: string): AsyncIterable<Uint8Array> =>
  createReadStream(path, { highWaterMark: 1 << 20 })

const padding = (size: number): Uint8Array => new Uint8Array((BLOCK - (size % BLOCK)) % BLOCK)

function header(entry: Entry): Uint8Array {
  const block = Buffer.alloc(BLOCK)
  const { name, prefix } = split(entry.name)
  const octal = (value: number, digits: number) => value.toString(8).padStart(digits, '0')
  block.write(name, 0)
  block.write(octal(entry.mode, 7), 100)
  block.write(octal(0, 7), 108)
  block.write(octal(0, 7), 116)
  block.write(octal(entry.size, 11), 124)
  block.write(octal(0, 11), 136)
  block.write(entry.type, 156)
  if (Buffer.byteLength(entry.link) > 100) throw tooLong(entry.link)
  block.write(entry.link, 157)
  block.write(USTAR, 257)
  block.write(prefix, 345)
  // The sum is of the header with blanks in the sum's own place.
  block.fill(' ', 148, 156)
  const sum = block.reduce((total, byte) => total + byte, 0)
  block.write(`${octal(sum, 6)}\0 `, 148)
  return block
}

/** ustar keeps up to 100 bytes of the name, and up to 155 of the folders before it. */
function split(path: string): { name: string; prefix: string } {
  if (Buffer.byteLength(path) <= 100) return { name: path, prefix: '' }
  for (let at = path.indexOf('/'); at > 0; at = path.indexOf('/', at + 1)) {
    const [prefix, name] = [path.slice(0, at), path.slice(at + 1)]
    if (name === '') break
    if (Buffer.byteLength(name) <= 100 && Buffer.byteLength(prefix) <= 155) return { name, prefix }
  }
  throw tooLong(path)
}

const tooLong = (path: string): SsmdError =>
  new SsmdError('SSMD_E_IO', `${path}: too long a path for a tar archive`)
