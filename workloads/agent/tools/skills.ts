// Skills: texts in markdown that a model loads when it needs one. The model always sees their names and what they are for, and no more. A
// folder of the user replaces those of the same name.

import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'yaml'
import { SsmdError } from '#crds/errors.ts'
import type { Tool } from './tool.ts'

export type Skill = { readonly name: string; readonly description: string; readonly path: string }

const NAME = /^[a-z][a-z0-9-]{0,62}$/
/** A text that is longer would crowd out the conversation. */
const MOST_BYTES = 32_768

/** Of several folders the later one wins. Throws an SsmdError that names a file that is no skill. */
export async function findSkills(folders: readonly string[]): Promise<readonly Skill[]> {
  const found = new Map<string, Skill>()
  for (const folder of folders) {
    const entries = await readdir(folder, { withFileTypes: true }).catch(
      (error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return []
        throw error
      }
    )
    for (const { name } of entries.filter(
      (entry) => entry.isDirectory() && NAME.test(entry.name)
    )) {
      const path = join(folder, name, 'SKILL.md')
      const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return undefined
        throw error
      })
      if (text !== undefined) found.set(name, skillOf(name, path, text))
    }
  }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
}

function skillOf(name: string, path: string, text: string): Skill {
  const refuse = (why: string): never => {
    throw new SsmdError('SSMD_E_USAGE', `${path}: ${why}`, {
      hint: 'a skill begins with ---, name and description as YAML, and ---',
    })
  }
  const [, head] = /^---\r?\n([\s\S]*?)\r?\n---\r?\n/.exec(text) ?? []
  if (head === undefined) return refuse('has no head')
  if (Buffer.byteLength(text) > MOST_BYTES) return refuse(`is larger than ${MOST_BYTES} bytes`)
  const fields = headOf(head) ?? refuse('its head is no YAML')
  if (fields.name !== name) return refuse(`its name is not that of its folder, ${name}`)
  if (typeof fields.description !== 'string' || fields.description === '')
    return refuse('has no description')
  return { name, description: fields.description, path }
}

function headOf(
  text: string
): { readonly name?: unknown; readonly description?: unknown } | undefined {
  try {
    const value = parse(text) as unknown
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}

export function skillTool(skills: readonly Skill[]): Tool {
  return {
    name: 'load_skill',
    class: 'read',
    description: `Loads how to do something: ${skills.map(({ name, description }) => `${name} (${description})`).join('; ')}.`,
    input: {
      type: 'object',
      properties: { name: { type: 'string', enum: skills.map(({ name }) => name) } },
      required: ['name'],
      additionalProperties: false,
    },
    budget: MOST_BYTES + 4096,
    unavailable: () => (skills.length === 0 ? 'there are no skills' : undefined),
    run: async ({ name }) => {
      const skill = skills.find((one) => one.name === name)
      if (skill === undefined) throw new SsmdError('SSMD_E_NOT_FOUND', `there is no skill ${name}`)
      const text = await readFile(skill.path, 'utf8')
      return {
        body: { skill: text.replace(/^---\r?\n[\s\S]*?\r?\n---\r?\n/, '') },
        summary: `skill ${name}`,
      }
    },
  }
}
