// An archive in a temporary folder, and what lies in it, read with nothing of the archive's own code but zlib.

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { Manifest } from '../format/manifest.ts'
import { FeedWriter, type FeedWriterOptions } from '../writer.ts'

export function temporaryFolder(): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), 'ssmd-archive-'))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) }
}

export const silent = { info() {}, warn() {} }

export const STREAM = { name: 'ssmd_test_made', created: '2026-11-24T00:00:00Z', firstSequence: 1 }

/** Opens a writer with settings that make much happen in little time. */
export function openWriter(
  root: string,
  options: Partial<FeedWriterOptions> = {}
): Promise<FeedWriter> {
  return FeedWriter.open({
    root,
    feed: 'made',
    archive: 'arc',
    environment: 'test',
    maxAgeMs: 3_600_000,
    maxBytes: 256 * 1024 * 1024,
    level: 6,
    log: silent,
    nowMs: () => Date.parse('2026-11-24T12:00:00Z'),
    ...options,
  })
}

/** Every line of a feed, or of its files of one name, as `connection number` → line; throws if one is there twice. */
export function readBack(root: string, feed = 'made', name = '.jsonl.gz'): Map<string, string> {
  const lines = new Map<string, string>()
  for (const [file, bytes] of readFiles(root, feed)) {
    if (!file.endsWith(name)) continue
    if (bytes.length === 0) continue
    for (const line of gunzipSync(bytes).toString('utf8').split('\n').slice(0, -1)) {
      const match = /^\{"recv":"(\d{4}-\d\d-\d\d)[^"]*","conn":"([^"]+)","n":(\d+),/.exec(line)
      if (!match) throw new Error(`${file}: ${line}`)
      if (!file.startsWith(match[1]!)) throw new Error(`${file}: holds a line of ${match[1]}`)
      const key = `${match[2]} ${match[3]}`
      if (lines.has(key)) throw new Error(`${file}: ${key} is there twice`)
      lines.set(key, line)
    }
  }
  return lines
}

/** A writer at work renames its temporary files away between a look into the folder and the reading. */
function readOr(path: string): Buffer | undefined {
  try {
    return readFileSync(path)
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw thrown
  }
}

/** All files below a feed's days, as `day/name` → bytes. */
export function readFiles(root: string, feed = 'made'): Map<string, Buffer> {
  const files = new Map<string, Buffer>()
  for (const day of readdirSync(join(root, feed)).filter((name) => /^\d{4}-/.test(name))) {
    for (const name of readdirSync(join(root, feed, day))) {
      const bytes = readOr(join(root, feed, day, name))
      if (bytes !== undefined) files.set(`${day}/${name}`, bytes)
    }
  }
  return files
}

/** The manifest of a day, by JSON.parse alone. */
export const manifestOf = (root: string, day: string, feed = 'made'): Manifest =>
  JSON.parse(readFileSync(join(root, feed, day, 'manifest.json'), 'utf8')) as Manifest
