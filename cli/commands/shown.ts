// How resources of the repository are shown: as JSON, as YAML, or as what the caller draws.

import { stringify } from 'yaml'
import { writeJson, writeLines } from '../output.ts'
import { clean } from '../text.ts'

export type ShownOutput = 'table' | 'yaml' | 'json'

/** What the commands that read resources take. */
export type ReadFlags = {
  /** The folder of resources. @default the nearest `exchanges` */
  readonly path?: string
  readonly output: ShownOutput
}

const yamlOf = (value: unknown): string => stringify(value, { lineWidth: 0 }).trimEnd()

/** One resource. */
export async function showOne(
  value: unknown,
  output: ShownOutput,
  draw: () => readonly string[]
): Promise<void> {
  if (output === 'json') await writeJson(value)
  else if (output === 'yaml') await writeLines([yamlOf(value)])
  else await writeLines(draw())
}

/** Several of a kind, `name` in JSON. */
export async function showAll(
  { name, folder, list }: { name: string; folder: string; list: readonly unknown[] },
  output: ShownOutput,
  draw: () => readonly string[]
): Promise<void> {
  if (output === 'json') await writeJson({ path: folder, [name]: list })
  else if (output === 'yaml') await writeLines(list.map((one) => `---\n${yamlOf(one)}`))
  else await writeLines(draw())
}

/** `name: value` lines, aligned. */
export const factLines = (facts: readonly (readonly [string, string])[]): string[] => {
  const width = Math.max(...facts.map(([key]) => key.length)) + 1
  return facts.map(([key, value]) => clean(`${`${key}:`.padEnd(width)}  ${value}`))
}
