// Takes a tool from its official release, where there is no Go to build it. Not a byte of a download is used
// before its sha256 equals the published one.

import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { SsmdError } from '#crds/errors.ts'
import type { FindDeps, Make } from './find.ts'
import { placeWhole, withProgress } from './make.ts'
import type { Run } from './run.ts'
import type { Release } from './spec.ts'

/** Give up a server that sends nothing for this long. */
const STALL_MS = 30_000

const OS: Readonly<Record<string, string>> = { linux: 'linux', darwin: 'darwin' }
const ARCH: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' }

export type ReleaseDeps = Pick<FindDeps, 'log' | 'output'> & {
  readonly run: Run
  readonly platform: string
  readonly arch: string
  readonly stallMs?: number
}

export const downloadRelease =
  (deps: ReleaseDeps): Make =>
  async (spec, out) => {
    const os = OS[deps.platform]
    const arch = ARCH[deps.arch]
    if (os === undefined || arch === undefined) {
      deps.log(`no release of ${spec.name} is known for ${deps.platform}-${deps.arch}`)
      return 'unavailable'
    }
    const { release } = spec
    const file = release?.file(os, arch)
    if (release === undefined || file === undefined) {
      deps.log(`no release of ${spec.name} with a published sha256 is known for ${os}-${arch}`)
      return 'unavailable'
    }
    await placeWhole(spec, out, deps, async (temporary) => {
      const archive = `${temporary}.download.tmp`
      try {
        await withProgress(
          deps.log,
          `fetching ${spec.name} ${spec.version} from ${new URL(release.base).host}`,
          fetchChecked(release, file, archive, deps.stallMs ?? STALL_MS)
        )
        if (release.member === undefined) await rename(archive, temporary)
        else await unpack(deps.run, archive, release.member(os, arch), temporary)
      } finally {
        await rm(archive, { force: true })
      }
    })
    return 'made'
  }

async function fetchChecked(
  release: Release,
  file: string,
  to: string,
  stallMs: number
): Promise<void> {
  const sumsFile = release.sums(file)
  const sums: Uint8Array[] = []
  for await (const chunk of await body(release, sumsFile, stallMs)) sums.push(chunk)
  const published = publishedSum(Buffer.concat(sums).toString('utf8'), file)
  if (published === undefined) {
    throw new SsmdError('SSMD_E_TOOL_MISSING', `${sumsFile} publishes no sha256 of ${file}`)
  }
  const hash = createHash('sha256')
  const hashing = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk)
      done(null, chunk)
    },
  })
  await pipeline(await body(release, file, stallMs), hashing, createWriteStream(to))
  const found = hash.digest('hex')
  if (found !== published) {
    throw new SsmdError(
      'SSMD_E_TOOL_MISSING',
      `the download ${file} has sha256 ${found}, but ${published} is published: refused`
    )
  }
}

/** The bytes at a URL of the release; an error when the server says no or stops sending. */
async function body(
  release: Release,
  file: string,
  stallMs: number
): Promise<AsyncIterable<Uint8Array>> {
  const url = new URL(file, release.base)
  const stalled = new AbortController()
  const wait = () => setTimeout(() => stalled.abort(new Error(`silent for ${stallMs} ms`)), stallMs)
  let timer = wait()
  try {
    const response = await fetch(url, { signal: stalled.signal })
    const bytes = response.body
    if (!response.ok || bytes === null) throw new Error(`status ${response.status}`)
    return (async function* () {
      try {
        for await (const chunk of bytes) {
          clearTimeout(timer)
          timer = wait()
          yield chunk
        }
      } catch (error) {
        throw failed(url, error)
      } finally {
        clearTimeout(timer)
      }
    })()
  } catch (error) {
    clearTimeout(timer)
    throw failed(url, error)
  }
}

function failed(url: URL, error: unknown): SsmdError {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  return new SsmdError(
    'SSMD_E_TOOL_MISSING',
    `fetching ${url} failed: ${cause instanceof Error ? cause.message : String(cause)}`,
    { cause: error }
  )
}

/** The sum of `file` in a list of sums, or the only sum of a file that holds nothing else. */
export function publishedSum(sums: string, file: string): string | undefined {
  const lines = sums.split('\n').map((line) => line.trim().split(/\s+\*?/))
  const found =
    lines.find(([, name]) => name === file) ?? (lines.length <= 2 ? lines[0] : undefined)
  const sum = found?.[1] === undefined || found[1] === file ? found?.[0] : undefined
  return sum !== undefined && /^[0-9a-f]{64}$/i.test(sum) ? sum.toLowerCase() : undefined
}

async function unpack(run: Run, archive: string, member: string, to: string): Promise<void> {
  const folder = `${to}.unpacked.tmp`
  try {
    await mkdir(folder)
    const done = await run('tar', ['-xf', archive, '-C', folder, member])
    if (done.code !== 0) {
      throw new SsmdError(
        'SSMD_E_TOOL_MISSING',
        `unpacking ${member} failed: ${done.output.trim()}`
      )
    }
    await rename(`${folder}/${member}`, to)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
