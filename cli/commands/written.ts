// What the commands that write a resource share: the file is written, or with --dry-run only shown, and what changed is printed.

import { styleText } from 'node:util'
import { writeJson, writeLines } from '../output.ts'
import { changedLines } from '../repository/changes.ts'
import { apply, type FileChange, listed, type Repository } from '../repository/repository.ts'
import { clean } from '../text.ts'
import type { ReadFlags } from './shown.ts'

export type WriteFlags = ReadFlags & { readonly dryRun?: boolean }

/** Writes the change and reports it; `next` is what a person will want to do then. */
export async function report(
  /** Whose kustomization lists a new file; null: none does. */
  repository: Pick<Repository, 'folder'> | null,
  change: FileChange,
  { dryRun = false, output }: WriteFlags,
  next: readonly string[] = []
): Promise<void> {
  const { file, before, after } = change
  const listing =
    repository === null || before !== null ? undefined : await listed(repository, change)
  if (!dryRun) await apply(change)
  if (!dryRun && listing !== undefined) await apply(listing)
  const isChanged = before !== after
  if (output === 'yaml') {
    await writeLines([after.replace(/\n$/, '')])
    return
  }
  if (output === 'json') {
    await writeJson({ file, changed: isChanged, written: isChanged && !dryRun, text: after })
    return
  }
  if (!isChanged) {
    await writeLines([`${file}: nothing to change`])
    return
  }
  const verb = before === null ? 'written' : 'changed'
  const head = dryRun ? `${file}: would be ${verb}` : `${file}: ${verb}`
  const lines = before === null ? [] : changedLines(before, after).map(paint)
  const hints = dryRun ? [] : next.map((line) => `  ${line}`)
  const also =
    listing === undefined ? [] : [`${listing.file}: ${dryRun ? 'would list' : 'lists'} it`]
  await writeLines([head, ...also, ...lines, ...(hints.length > 0 ? ['next:', ...hints] : [])])
}

function paint(line: string): string {
  const text = clean(line)
  if (line.startsWith('+')) return styleText('green', text, { stream: process.stdout })
  return line.startsWith('-') ? styleText('red', text, { stream: process.stdout }) : text
}
