// What the chosen tests start is got before the first of them runs: programs of the system, servers that are built, images.
// Only for tests that can run here, and only what they need. What cannot be had is said; their tests then skip or fail.

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describeError } from '#crds/errors.ts'
import { PROGRAMS, type ProgramName } from '#testing/programs.ts'
import { NO_INSTALL_VARIABLE } from '#testing/skip.ts'
import { toolVariable } from '#testing/tools.ts'
import { installPrograms } from '../install-programs.ts'
import { IMAGES_VARIABLE, makeImages } from '../node/images.ts'
import { whyNoNode } from '../node/requirements.ts'
import { makeVersionBefore, VERSION_BEFORE_VARIABLE } from '../node/version-before.ts'
import { readSources } from '../sources.ts'
import { isFiles, isTool, toolPath } from '../tools/tools.ts'
import type { TestFile } from './files.ts'
import { type Needs, neededBy } from './needed-tools.ts'
import { ownNetwork } from './own-network.ts'

export type PrepareOptions = {
  readonly root: string
  /** `--no-install`. */
  readonly refused: boolean
  readonly log: (line: string) => void
}

/** Variables for the tests: where everything is. */
export async function prepare(
  files: readonly TestFile[],
  o: PrepareOptions
): Promise<NodeJS.ProcessEnv> {
  const needs = await needsOf(o.root)
  const programs = needs(files).programs.filter((name): name is ProgramName => name in PROGRAMS)
  await installPrograms(programs, o)
  const refusal = o.refused ? { [NO_INSTALL_VARIABLE]: '1' } : {}
  const node = files.some((file) => file.enclosed) && (await whyNoNode()) === undefined
  const able = await filterAsync(files, (file) => canRun(file, needs([file]), node))
  const images = node ? await preparedImages(o) : {}
  const upgrades =
    node && (await filterAsync(able, (file) => startsBefore(o.root, file))).length > 0
  const before = upgrades ? await preparedBefore(o) : {}
  return { ...refusal, ...(await preparedTools(able, needs(able).tools, o)), ...images, ...before }
}

async function needsOf(root: string): Promise<(files: readonly TestFile[]) => Needs> {
  const texts = new Map((await readSources(root)).map(({ path, text }) => [path, text]))
  const { imports } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
    imports: Record<string, string>
  }
  const paths = (files: readonly TestFile[]) => files.map(({ path }) => path)
  return (files) => neededBy(paths(files), texts, imports)
}

/** A test with a node runs only where a node can; others of its kind at least in a network of their own. */
async function canRun(file: TestFile, needs: Needs, node: boolean): Promise<boolean> {
  if (!file.enclosed || node) return true
  return !needs.tools.includes('kubelet') && (await ownNetwork()) !== undefined
}

async function filterAsync<T>(
  items: readonly T[],
  wanted: (item: T) => Promise<boolean>
): Promise<T[]> {
  const flags = await Promise.all(items.map(wanted))
  return items.filter((_item, i) => flags[i])
}

async function preparedTools(
  files: readonly TestFile[],
  needed: readonly string[],
  { log }: PrepareOptions
): Promise<NodeJS.ProcessEnv> {
  const names = new Set(needed.filter((name) => isTool(name) || isFiles(name)))
  // Tests of programs start them as processes, where no import shows what they need.
  if (files.some(({ path }) => !/^(crds|charts|\.ci)\//.test(path))) names.add('nats-server')
  const env: NodeJS.ProcessEnv = {}
  for (const name of names) {
    try {
      env[toolVariable(name)] = await toolPath(name)
    } catch (error) {
      log(`tests that need ${name} cannot run: ${describeError(error)}`)
    }
  }
  return env
}

/** Inside there is no way to get them. Kept, so that a test can be run again by hand. */
async function preparedImages(o: PrepareOptions): Promise<NodeJS.ProcessEnv> {
  const images = await makeImages(join(o.root, '.image'), o.log)
  return { [IMAGES_VARIABLE]: JSON.stringify(images) }
}

/** Recognised by the call itself, so that there is no list to keep. */
const startsBefore = async (root: string, { path }: TestFile): Promise<boolean> =>
  /^[^/'"`]*\bgivenVersionBefore\(/m.test(await readFile(join(root, path), 'utf8'))

async function preparedBefore(o: PrepareOptions): Promise<NodeJS.ProcessEnv> {
  const before = await makeVersionBefore(o.root, join(o.root, '.image'), o.log)
  return { [VERSION_BEFORE_VARIABLE]: JSON.stringify(before) }
}
