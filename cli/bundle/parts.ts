// Which modules the bundle holds, in which part, and their text. A start loads the part with the command line; a command, or what it calls, the
// other one.

import { readFile } from 'node:fs/promises'
import { createRequire, isBuiltin, stripTypeScriptTypes } from 'node:module'
import { dirname, join, relative, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Links, rewriteCommonJs, rewriteModule } from './rewrite.ts'

/** Where the command line begins. */
const ENTRY = 'cli/program.ts'

/** Modules of commands that run from the bundle, with the words that call them. All others run from their sources. */
export const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  'cli/commands/validate.ts': ['validate'],
  'cli/commands/version.ts': ['version'],
  'cli/commands/explain.ts': ['explain'],
  'cli/commands/complete.ts': ['complete'],
  'cli/completion.ts': ['completion'],
  'cli/commands/feeds.ts': [
    'feed list',
    'feed show',
    'feed create',
    'feed update',
    'feed add-version',
    'feed add-location',
  ],
  'cli/commands/environments.ts': [
    'env list',
    'env show',
    'env create',
    'env update',
    'env add-key',
  ],
  'cli/commands/archives.ts': ['archive list', 'archive show', 'archive create', 'archive update'],
  'cli/commands/keys.ts': ['key list', 'key show', 'key check', 'key verify'],
  'cli/commands/schemas.ts': [
    'schema list',
    'schema show',
    'schema register',
    'schema add-version',
    'schema hash',
    'schema set-status',
  ],
}

export type Part = {
  /** A script: an expression whose value takes the registry of modules. */
  readonly text: string
  /** Files that it was made from, from the root. */
  readonly inputs: readonly string[]
}

type Module = { readonly id: number; readonly file: string; text: string; isCommonJs: boolean }

/** The two parts: `base` has the command line, `commands` what the commands need besides. */
export async function makeParts(root: string): Promise<{ base: Part; commands: Part }> {
  const modules = new Map<string, Module>()
  const imports = await aliases(root)
  const commands = new Set(Object.keys(COMMANDS).map((file) => join(root, file)))
  const todo: Module[] = []

  const moduleOf = (file: string): Module => {
    const one = modules.get(file) ?? { id: modules.size, file, text: '', isCommonJs: false }
    modules.set(file, one)
    return one
  }
  const read = new Set<Module>()
  const wanted = (file: string): number => {
    const one = moduleOf(file)
    if (!read.has(one)) todo.push(one)
    read.add(one)
    return one.id
  }

  const find = (specifier: string, from: string): string => {
    if (specifier.startsWith('.')) return resolve(dirname(from), specifier)
    const alias = imports.find(([prefix]) => specifier.startsWith(prefix))
    if (alias !== undefined) return join(root, alias[1], specifier.slice(alias[0].length))
    return createRequire(from).resolve(specifier)
  }

  const rewrite = async (one: Module): Promise<void> => {
    const { file } = one
    const links: Links = {
      url: pathToFileURL(file).href,
      exportsOf: (name) =>
        isBuiltin(name) ? `node(${JSON.stringify(name)})` : `use(${wanted(find(name, file))})`,
      later: (name) => {
        if (isBuiltin(name)) return `import(${JSON.stringify(name)})`
        const path = find(name, file)
        if (commands.has(path)) return `later(${moduleOf(path).id})`
        return `import(${JSON.stringify(pathToFileURL(path).href)})`
      },
    }
    const source = await readFile(file, 'utf8')
    const text = file.endsWith('.ts') ? stripTypeScriptTypes(source) : source
    const form = isCommonJs(text) ? rewriteCommonJs : rewriteModule
    try {
      Object.assign(one, form(text, links))
    } catch (thrown) {
      throw new Error(`${file}: ${thrown instanceof Error ? thrown.message : thrown}`)
    }
  }

  const readAll = async () => {
    for (let one = todo.shift(); one !== undefined; one = todo.shift()) await rewrite(one)
  }
  wanted(join(root, ENTRY))
  await readAll()
  const base = new Set(read)
  for (const file of commands) {
    if (!modules.has(file)) throw new Error(`${file} is not called for by the command line`)
    wanted(file)
  }
  await readAll()

  const inputsOf = (part: readonly Module[]) => part.map(({ file }) => relative(root, file))
  const rest = [...read].filter((one) => !base.has(one))
  return {
    base: { text: scriptOf([...base], 0), inputs: inputsOf([...base]) },
    commands: { text: scriptOf(rest), inputs: inputsOf(rest) },
  }
}

/** Packages may be written either way, our own modules are ES modules. */
const isCommonJs = (text: string): boolean =>
  !/^(?:import|export)\b/m.test(text) && /\b(?:module\.)?exports\b/.test(text)

async function aliases(root: string): Promise<readonly (readonly [string, string])[]> {
  const { imports = {} } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
    readonly imports?: Readonly<Record<string, string>>
  }
  return Object.entries(imports).map(
    ([name, path]) => [name.replace(/[*]$/, ''), path.replace(/[*]$/, '')] as const
  )
}

/** In ASCII: V8 reads such a text faster, and its length is the same in every encoding. */
function scriptOf(modules: readonly Module[], entry?: number): string {
  const definitions = modules.map(({ id, text, isCommonJs: isOld }) =>
    isOld ? `define[${id}] = (module, exports) => {${text}\n}` : `define[${id}] = () => {${text}\n}`
  )
  return [
    "'use strict'; (({ define, use, later, node, lazy }) => {",
    ...definitions,
    ...(entry === undefined ? [] : [`return use(${entry})`]),
    '})',
  ]
    .join('\n')
    .replaceAll(
      /[\u0080-\uffff]/g,
      (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`
    )
}
