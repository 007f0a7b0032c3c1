// `ssmd import <folder>`: what the original ssmd declared, as resources of the nearest repository, and what it archived, as an archive
// of ssmd. Nothing is overwritten, and what is imported already is passed over.

import { stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { SsmdError } from '#crds/errors.ts'
import type { Feed } from '#crds/feed.gen.ts'
import { type ImportedFile, importDays } from '../import/archive-days.ts'
import { classifierOf } from '../import/classify.ts'
import { findOriginalDays, type OriginalDay } from '../import/day-folders.ts'
import { type Imported, importResources, templateFeed } from '../import/resources.ts'
import { type Output, writeJson, writeLines } from '../output.ts'
import { listOf, openRepository } from '../repository/repository.ts'
import { clean, formatCount, plural } from '../text.ts'

export type ImportFlags = {
  readonly path?: string
  /** Folder of the archive that is written. */
  readonly data: string
  readonly dryRun?: boolean
  readonly output: Output
}

export async function runImport(from: string, flags: ImportFlags): Promise<void> {
  await refuseNoFolder(from)
  const folder = await exchangesIn(from)
  const days = await findOriginalDays(from)
  if (folder === undefined && days.length === 0) {
    throw new SsmdError('SSMD_E_NOT_FOUND', `${from} holds nothing of the original ssmd`, {
      hint: 'give the folder that holds exchanges/feeds and exchanges/environments, or one of its archives',
    })
  }
  const files = folder === undefined ? [] : await takeResources(folder, flags)
  const archived = days.length === 0 ? [] : await takeDays(days, flags)
  if (flags.output === 'json') {
    await writeJson({ dryRun: flags.dryRun === true, files, data: flags.data, archived })
  } else await writeLines(nextSteps(files, archived, flags))
  const unreadable = archived.find((one) => 'state' in one && one.state === 'unreadable')
  if (unreadable !== undefined && 'file' in unreadable) {
    throw new SsmdError('SSMD_E_IO', `${unreadable.file} cannot be read, and is not imported`, {
      hint: 'the others are; make it readable and import again',
    })
  }
  const refused = files.filter(({ state }) => state === 'refused')
  if (refused.length === 0) return
  throw new SsmdError(
    'SSMD_E_RESOURCE_INVALID',
    `${plural(refused.length, 'file')} could not be imported, first ${refused[0]!.from}`,
    { hint: 'the others are; correct it and import again: what exists is kept' }
  )
}

async function refuseNoFolder(from: string): Promise<void> {
  const found = await stat(from).catch(() => undefined)
  if (found?.isDirectory()) return
  throw new SsmdError('SSMD_E_NOT_FOUND', `there is no folder ${from}`, {
    hint: 'give the folder of the original ssmd',
  })
}

/** The folder of feeds and environments in what was given: that folder itself, or `exchanges` in it. */
async function exchangesIn(from: string): Promise<string | undefined> {
  for (const folder of [join(from, 'exchanges'), from]) {
    for (const kind of ['feeds', 'environments', 'schemas']) {
      const found = await stat(join(folder, kind)).catch(() => undefined)
      if (found?.isDirectory()) return folder
    }
  }
  return undefined
}

async function takeResources(folder: string, flags: ImportFlags): Promise<Imported[]> {
  const repository = await openRepository(flags.path)
  if (resolve(repository.folder) === resolve(folder)) {
    throw new SsmdError('SSMD_E_USAGE', `${folder} is the repository that would be written`, {
      hint: 'create another one first: ssmd init --bare ../feeds && cd ../feeds, then import from there',
    })
  }
  const isDry = flags.dryRun === true
  const done: Imported[] = []
  for await (const one of importResources(folder, { repository, isDry })) {
    done.push(one)
    if (flags.output === 'table') await writeLines(linesOf(one, isDry).map(clean))
  }
  if (flags.output === 'table') {
    const count = (state: Imported['state']) => done.filter((one) => one.state === state).length
    const verb = isDry ? 'would be written' : 'written'
    await writeLines([
      `${plural(count('written'), 'file')} ${verb}, ${count('kept')} kept, ${count('refused')} not imported`,
    ])
  }
  return done
}

function linesOf({ file, from, state, reason, notes }: Imported, isDry: boolean): string[] {
  const said = notes.map(({ field, note }) => `  ${field}: ${note}`)
  switch (state) {
    case 'written':
      return [`${file}: ${isDry ? 'would be written' : 'written'}, from ${from}`, ...said]
    case 'kept':
      return [`${file}: kept, it exists already`]
    case 'refused':
      return [`${from}: not imported: ${reason ?? ''}`, ...said]
  }
}

async function takeDays(
  days: readonly OriginalDay[],
  flags: ImportFlags
): Promise<readonly (ImportedFile | OriginalDay)[]> {
  const isTable = flags.output === 'table'
  if (flags.dryRun === true) {
    const say = ({ folder, feed, day, files }: OriginalDay): string =>
      `${folder}: ${plural(files.length, 'file')} of ${feed} ${day} would be imported into ${flags.data}`
    if (isTable) await writeLines(days.map(say).map(clean))
    return days.map(({ manifest: _manifest, ...day }) => ({ ...day, manifest: undefined }))
  }
  const feeds = await feedsOf(flags)
  const done: ImportedFile[] = []
  for (const feed of new Set(days.map((day) => day.feed))) {
    const own = days.filter((day) => day.feed === feed)
    const classifier = await classifierOf(feeds.get(feed) ?? (await templateFeed(feed)))
    for await (const one of importDays(flags.data, feed, own, classifier)) {
      done.push(one)
      if (isTable) await writeLines(sayFile(one).map(clean))
    }
  }
  return done
}

/** The Feeds of the repository, if there is one: they say what the frames of other exchanges are. */
async function feedsOf(flags: ImportFlags): Promise<ReadonlyMap<string, Feed>> {
  const repository = await openRepository(flags.path).catch((thrown: unknown) => {
    if (flags.path === undefined && thrown instanceof SsmdError) return undefined
    throw thrown
  })
  const feeds = repository === undefined ? [] : listOf(repository, 'Feed')
  return new Map(feeds.map(({ resource }) => [resource.metadata.name, resource]))
}

function sayFile({ file, state, frames, times, problems }: ImportedFile): string[] {
  const said = problems.map((problem) => `  ${problem}`)
  if (state === 'known') return [`${file}: imported already`]
  if (state === 'unreadable') return [`${file}: not imported`, ...said]
  if (state === 'empty') return [`${file}: empty`]
  const parts = [
    [times.received, '_received_at'],
    [times.frame, "the frame's own time"],
    [times.minute, "the file's minute"],
  ] as const
  const used = parts.filter(([count]) => count > 0)
  const from = used.map(([count, name]) =>
    used.length > 1 ? `${name} (${formatCount(count)})` : name
  )
  const recv = from.length === 0 ? '' : `; recv is ${from.join(', ')}`
  return [`${file}: ${plural(frames, 'frame')} imported${recv}`, ...said]
}

function nextSteps(
  files: readonly Imported[],
  archived: readonly unknown[],
  { dryRun, data }: ImportFlags
): string[] {
  if (dryRun === true) return []
  const written = files.some(({ state }) => state === 'written')
  const steps = [
    ...(written
      ? [
          '  ssmd validate                  check what is declared',
          '  ssmd up --environment <name>   run an environment here',
        ]
      : []),
    ...(archived.length > 0
      ? [`  ssmd data verify --path ${data}`, `  ssmd data list --path ${data}`]
      : []),
  ]
  return steps.length === 0 ? [] : ['next:', ...steps]
}
