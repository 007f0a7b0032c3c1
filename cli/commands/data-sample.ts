// `ssmd data sample`: lines of a day, byte for byte as they are in the files, in the order of their receive times.

import { namesInFormat1 } from '#archive/read/format-1.ts'
import { readLines, readManifest } from '#archive/read/reader.ts'
import { describeError, type SsmdError, usageError } from '#crds/errors.ts'
import { resolveDay, resolveTime } from '#data/model/day.ts'
import { findFeed, namesOfDays } from '#data/read/catalog.ts'
import { readRoots } from '#data/read/roots.ts'
import { type Output, write } from '../output.ts'
import { clean } from '../text.ts'

export type DataSampleOptions = {
  /** As given: `<folder>` or `<name>=<folder>`. */
  readonly path: readonly string[]
  readonly feed: string
  /** YYYY-MM-DD, `today` or `latest`. */
  readonly day: string
  readonly type?: readonly string[]
  readonly symbol?: readonly string[]
  readonly from?: string
  readonly to?: string
  readonly limit: number
  readonly output: Output
}

export async function runDataSample(options: DataSampleOptions): Promise<void> {
  const { limit } = options
  const { root, feed, days } = await findFeed(readRoots(options.path), options.feed)
  const { path } = root
  const day = resolveDay(options.day, Date.now(), namesOfDays(days))
  const from = options.from === undefined ? undefined : resolveTime(options.from, day)
  const to = options.to === undefined ? undefined : resolveTime(options.to, day)
  if (from !== undefined && to !== undefined && from >= to) {
    throw usageError(`--from ${options.from} is not before --to ${options.to}`, 'swap the two')
  }
  const manifest = await readManifest(path, feed, day)
  if (manifest.simulated) note(`${options.feed} ${day} is simulated: it is not market data`)
  if (manifest.imported) note(`${options.feed} ${day} is imported: nothing proves that it is whole`)

  const isJson = options.output === 'json'
  if (isJson) {
    const { simulated, condition } = manifest
    const head = JSON.stringify({ path, feed: options.feed, day, simulated, condition })
    await write(`${head.slice(0, -1)},"lines":[`)
  }
  let count = 0
  const damaged: string[] = []
  const onDamage = (error: SsmdError): void => {
    damaged.push(error.message)
    note(`skipped: ${describeError(error)}`)
    process.exitCode = 3
  }
  const { type: types, symbol: symbols } = options
  const filter = { types, symbols, from, to, limit, namesInFormat1, onDamage }
  for await (const line of readLines(path, feed, day, filter)) {
    if (isJson) await write(count === 0 ? '\n' : ',\n')
    await write(isJson ? line.subarray(0, -1) : line)
    count++
  }
  const end = damaged.length > 0 ? `],"damaged":${JSON.stringify(damaged)}}\n` : ']}\n'
  if (isJson) await write(count === 0 ? end : `\n${end}`)
  if (count === 0) note(nothingFound(options, manifest.segments))
}

function nothingFound(
  options: DataSampleOptions,
  segments: readonly { readonly types: Readonly<Record<string, number>> }[]
): string {
  const types = [...new Set(segments.flatMap((segment) => Object.keys(segment.types)))].sort()
  const unknown = options.type?.find((type) => !types.includes(type))
  if (unknown !== undefined)
    return `no line of type ${unknown} that day; types of the day: ${types.join(', ') || 'nothing'}`
  return 'no line of that day matches'
}

const note = (text: string): void => {
  process.stderr.write(`ssmd: ${clean(text)}\n`)
}
