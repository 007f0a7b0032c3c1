// `ssmd validate`: what is wrong in resource files and schemas, one line each with its place, and how many there are; for people, for
// programs, and for the annotations of a pull request.

import { stat } from 'node:fs/promises'
import { SsmdError } from '#crds/errors.ts'
import { byPlace } from '#crds/problems.ts'
import { describeProblem, loadResources, type Problem, type Resources } from '#crds/resources.ts'
import { utcDay } from '#crds/rfc3339.ts'
import { kustomizationOf } from '../kustomize/render.ts'
import { writeJson, writeLines } from '../output.ts'
import { findExchanges } from '../repository/folder.ts'
import { checkHashes, readSchemas } from '../repository/schemas.ts'
import { clean, plural } from '../text.ts'
import { type Checked, checkAll } from '../validate/checks.ts'
import { checkOverlay, type Overlay, overlaysOf, unlisted } from '../validate/overlays.ts'
import { secretsIn } from '../validate/secrets.ts'
import { fieldsOf } from './keys.ts'
import { githubLines, sarifOf } from './validate-forms.ts'

export type ValidateOutput = 'table' | 'json' | 'sarif' | 'github'
export type ValidateOptions = {
  /** A file or a folder. @default the nearest `exchanges` */
  readonly path: string | undefined
  readonly checkKeys?: boolean
  readonly output: ValidateOutput
}

export async function runValidate(options: ValidateOptions): Promise<void> {
  const path = options.path ?? (await findExchanges(undefined, process.cwd()))
  const day = utcDay(Date.now())
  const secrets: Problem[] = []
  const resources = await loadResources(path, {
    inspect: (text, file) => secrets.push(...secretsIn(text, file)),
  })
  const base = checkAll(resources, day)
  // One file alone cannot hold what it refers to.
  const isFile = !(await stat(path)).isDirectory()
  const schemas = isFile ? { count: 0, problems: [] } : await schemaProblems(path, resources.feeds)
  const overlays = isFile ? [] : await checkOverlays(path, base, day)
  const problems = [
    ...(isFile ? base.problems.filter(({ code }) => code !== 'SSMD_E_REFERENCE') : base.problems),
    ...secrets,
    ...(options.checkKeys ? resources.environments.flatMap(keyProblems) : []),
    ...schemas.problems,
    ...overlays.flatMap((overlay) => overlay.problems),
  ].sort(byPlace)
  const notes = [
    ...base.notes,
    ...(isFile ? [] : await unlisted(path, resources)),
    ...overlays.flatMap((overlay) => overlay.notes),
  ].sort(byPlace)
  const counts = { ...countsOf(resources), schemas: schemas.count }
  const rendered = overlays.flatMap((overlay) =>
    overlay.resources === undefined ? [] : { path: overlay.path, ...countsOf(overlay.resources) }
  )
  const isOnlyRendered = Object.values(counts).every(isZero) && rendered.length > 0
  const isNothing = [counts, ...rendered].every((one) => Object.values(one).every(isZero))
  if (problems.length === 0 && isNothing) {
    const passed = notes.map(describeProblem).join('; ')
    throw new SsmdError('SSMD_E_NOT_FOUND', `${path}: no resources found`, {
      hint: passed || 'give a file, or a folder with *.yaml files below it',
    })
  }
  if (problems.length > 0) process.exitCode = 3
  switch (options.output) {
    case 'json':
      return writeJson({
        path,
        valid: problems.length === 0,
        counts,
        overlays: rendered,
        problems,
        notes,
      })
    case 'sarif':
      return writeJson(sarifOf(problems, notes))
    case 'github':
      return writeLines(githubLines(problems, notes))
    case 'table':
      return writeLines([
        ...problems.map((problem) => clean(describeProblem(problem))),
        ...notes.map((note) => clean(`note: ${describeProblem(note)}`)),
        ...rendered.map((one) => `${one.path}, rendered: ${inWords(one)}`),
        `${path}: ${isOnlyRendered ? '' : `${inWords(counts)}: `}${problems.length === 0 ? 'all valid' : plural(problems.length, 'problem')}`,
      ])
  }
}

type Counts = {
  readonly feeds: number
  readonly environments: number
  readonly archives: number
  readonly schemas?: number
}

const countsOf = ({ feeds, environments, archives }: Resources): Counts => ({
  feeds: feeds.length,
  environments: environments.length,
  archives: archives.length,
})

const isZero = (value: unknown): boolean => typeof value !== 'number' || value === 0

const inWords = ({ feeds, environments, archives, schemas = 0 }: Counts): string =>
  [
    plural(feeds, 'feed'),
    plural(environments, 'environment'),
    plural(archives, 'archive'),
    ...(schemas > 0 ? [plural(schemas, 'schema')] : []),
  ].join(', ')

/** Of a folder of resources its overlays; a folder that is itself a kustomization without resources beside it is one. */
async function checkOverlays(path: string, base: Checked, day: string): Promise<Overlay[]> {
  const paths = await overlaysOf(path)
  const isOverlay = paths.length === 0 && (await kustomizationOf(path)) !== undefined
  return Promise.all((isOverlay ? [path] : paths).map((one) => checkOverlay(one, base, day)))
}

/** Variables that an Environment reads keys from, and that are not set here; those of Secrets only a cluster can tell. */
function keyProblems(located: Awaited<ReturnType<typeof loadResources>>['environments'][number]) {
  const { resource, file } = located
  return Object.entries(resource.spec.keys ?? {}).flatMap(([name, key]) =>
    fieldsOf(name, key, process.env)
      .filter(({ state }) => state === 'missing' || state === 'empty')
      .map(({ field, source }): Problem => {
        const path = `spec.keys.${name}.source.env.${field}`
        const { line, column } = located.fieldAt(path)
        return {
          ...{ code: 'SSMD_E_CREDENTIALS', file, line, column, kind: 'Environment' },
          name: resource.metadata.name,
          field: path,
          message: `${source.replace(/^env:/, '')} is not set in this shell`,
          hint: 'export it, or leave out --check-keys',
        }
      })
  )
}

/** Schemas that cannot be read, and files that are not those that were registered. */
async function schemaProblems(
  folder: string,
  feeds: Awaited<ReturnType<typeof loadResources>>['feeds']
): Promise<{ count: number; problems: Problem[] }> {
  const { schemas, problems } = await readSchemas(folder)
  const checks = (await Promise.all(schemas.map((one) => checkHashes(folder, one)))).flat()
  const bad = checks.filter(({ state }) => state !== 'good')
  const none = { line: 1, column: 1, kind: '', field: '' }
  return {
    count: schemas.length,
    problems: [
      ...problems.map(({ code, message, hint = '' }): Problem => {
        const [file = folder, ...rest] = message.split(': ')
        return { ...none, code, file, name: '', message: rest.join(': ') || message, hint }
      }),
      ...bad.map(
        ({ schema, version, file, state }): Problem => ({
          ...none,
          code: 'SSMD_E_RESOURCE_INVALID',
          file,
          name: schema,
          message:
            state === 'missing'
              ? `the file of schema ${schema}:${version} is missing`
              : `it is not the file that was registered as schema ${schema}:${version}`,
          hint: 'restore it from git, or register what it holds now as a new version',
        })
      ),
      ...(await frameProblems(feeds, schemas)),
    ],
  }
}

/** Few Feeds have a schema: what reads it is loaded for them alone. */
async function frameProblems(
  feeds: Awaited<ReturnType<typeof loadResources>>['feeds'],
  schemas: Awaited<ReturnType<typeof readSchemas>>['schemas']
): Promise<Problem[]> {
  if (feeds.every(({ resource }) => resource.spec.schema === undefined)) return []
  const { frameSchemaProblems } = await import('../repository/frame-schema.ts')
  return frameSchemaProblems(feeds, schemas)
}
