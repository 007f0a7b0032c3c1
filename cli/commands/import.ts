// `ssmd import <folder>`: what the original ssmd declared, as resources of the nearest repository. Nothing is overwritten.

import { stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { SsmdError } from '#crds/errors.ts'
import { type Imported, importResources } from '../import/resources.ts'
import { type Output, writeJson, writeLines } from '../output.ts'
import { openRepository } from '../repository/repository.ts'
import { clean, plural } from '../text.ts'

export type ImportFlags = {
  readonly path?: string
  readonly dryRun?: boolean
  readonly output: Output
}

export async function runImport(from: string, flags: ImportFlags): Promise<void> {
  const folder = await originalFolder(from)
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
  if (flags.output === 'json')
    await writeJson({ folder: repository.folder, dryRun: isDry, files: done })
  else await writeLines(sumOf(done, isDry))
  const refused = done.find(({ state }) => state === 'refused')
  if (refused !== undefined) {
    throw new SsmdError(
      'SSMD_E_RESOURCE_INVALID',
      `${plural(done.filter(({ state }) => state === 'refused').length, 'file')} could not be imported, first ${refused.from}`,
      { hint: 'the others are; correct it and import again: what exists is kept' }
    )
  }
}

/** The folder of feeds and environments in what was given: that folder itself, or `exchanges` in it. */
async function originalFolder(from: string): Promise<string> {
  for (const folder of [join(from, 'exchanges'), from]) {
    for (const kind of ['feeds', 'environments', 'schemas']) {
      const found = await stat(join(folder, kind)).catch(() => undefined)
      if (found?.isDirectory()) return folder
    }
  }
  throw new SsmdError('SSMD_E_NOT_FOUND', `${from} holds no feeds of the original ssmd`, {
    hint: 'give the folder that holds exchanges/feeds and exchanges/environments',
  })
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

function sumOf(done: readonly Imported[], isDry: boolean): string[] {
  const count = (state: Imported['state']) => done.filter((one) => one.state === state).length
  const head = `${plural(count('written'), 'file')} ${isDry ? 'would be written' : 'written'}, ${count('kept')} kept, ${count('refused')} not imported`
  if (isDry || count('written') === 0) return [head]
  return [
    head,
    'next:',
    '  ssmd validate                  check what is declared',
    '  ssmd env list                  the environments, and where they run',
    '  ssmd up --environment <name>   run one of them here',
  ]
}
