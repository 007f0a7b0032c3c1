// What a cluster would get from kustomizations: overlays beside or inside a folder of resources are rendered and checked as the folder itself
// is. Told is what the folder alone does not have.

import { readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { toSsmdError } from '#crds/errors.ts'
import type { Resources } from '#crds/located.ts'
import { mergeResources, parseResources } from '#crds/parse.ts'
import type { Problem } from '#crds/problems.ts'
import { kustomizationOf, renderFolder } from '../kustomize/render.ts'
import { type Checked, checkAll } from './checks.ts'

export type Overlay = Checked & {
  /** The folder of the kustomization. */
  readonly path: string
  /** As it is rendered; undefined if it cannot be. */
  readonly resources?: Resources
}

/** Folders with a kustomization: `overlays/*` beside the folder and in it. */
export async function overlaysOf(folder: string): Promise<string[]> {
  const found: string[] = []
  for (const above of [join(folder, '..', 'overlays'), join(folder, 'overlays')]) {
    const entries = await readdir(above, { withFileTypes: true }).catch(() => [])
    for (const entry of entries.filter((one) => one.isDirectory())) {
      const path = join(above, entry.name)
      if ((await kustomizationOf(path)) !== undefined) found.push(path)
    }
  }
  return found.sort()
}

/** Problems that `base` has too are left out: they are told with their own places. */
export async function checkOverlay(path: string, base: Checked, date: string): Promise<Overlay> {
  const file = (await kustomizationOf(path)) ?? path
  const text = await readFile(file, 'utf8').catch(() => '')
  try {
    const resources = mergeResources(
      (await renderFolder(path)).map((value) => parseResources(JSON.stringify(value), file))
    )
    const { problems, notes } = checkAll(resources, date)
    const known = new Set([...base.problems, ...base.notes].map(keyOf))
    const told = (all: readonly Problem[]) =>
      all
        .filter((one) => !known.has(keyOf(one)) && !one.message.startsWith('passed over'))
        .map((one) => ({ ...one, ...placeIn(text, one.field), message: asRendered(one) }))
    return { path, resources, problems: told(problems), notes: told(notes) }
  } catch (thrown) {
    const { code, message, hint = '' } = toSsmdError(thrown)
    const place = { file, line: 1, column: 1, kind: 'Kustomization', name: '', field: '' }
    return {
      path,
      problems: [{ code, ...place, message: `cannot be rendered: ${message}`, hint }],
      notes: [],
    }
  }
}

const asRendered = ({ kind, name, message }: Problem): string =>
  `${kind} ${name} as this folder renders it: ${message}`

const keyOf = ({ kind, name, field, message }: Problem): string =>
  [kind, name, field, message].join('\n')

/** The line of the operation that sets the field, what holds it, or a part of it; else the first. */
function placeIn(text: string, field: string): { line: number; column: number } {
  const lines = text.split('\n')
  const paths = lines.map((line) => /path["']?:\s*["']?([^"'\s,}]+)/.exec(line)?.[1] ?? '')
  const at = (index: number) => ({ line: index + 1, column: (lines[index]?.search(/\S/) ?? 0) + 1 })
  const pointer = `/${field.replaceAll(/\[(\d+)\]/g, '.$1').replaceAll('.', '/')}`
  for (let path = pointer; path.length > 1; path = dirname(path)) {
    const index = paths.indexOf(path)
    if (index >= 0) return at(index)
  }
  const below = paths.findIndex((path) => path.startsWith(`${pointer}/`))
  return below >= 0 ? at(below) : { line: 1, column: 1 }
}

/** Notes of files that the folder's own kustomization does not list: a laptop runs them, a cluster never gets them. */
export async function unlisted(folder: string, resources: Resources): Promise<Problem[]> {
  const file = await kustomizationOf(folder)
  if (file === undefined) return []
  const values = await renderFolder(folder).catch(() => undefined)
  if (values === undefined) return []
  const listed = new Set(
    values.map(({ kind, metadata }) => `${kind}/${(metadata as { name?: unknown })?.name}`)
  )
  const all = [...resources.feeds, ...resources.environments, ...resources.archives]
  return all.flatMap(({ resource, file: own, line }) => {
    const { kind, metadata } = resource
    if (listed.has(`${kind}/${metadata.name}`)) return []
    return {
      ...{ code: 'SSMD_E_RESOURCE_INVALID', file: own, line, column: 1 },
      ...{ kind, name: metadata.name, field: '' },
      message: `${file} does not list it: a cluster never gets it`,
      hint: 'add the file to resources there',
    }
  })
}
