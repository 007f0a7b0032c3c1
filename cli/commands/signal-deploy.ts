// `ssmd signal deploy <file>`: the program is checked and guarded, its text becomes spec.source of <name>.yaml beside it, and the two are
// committed. What else is edited or staged in the repository stays as it is.

import { readFile } from 'node:fs/promises'
import { basename, dirname, extname, join, relative, resolve } from 'node:path'
import { SsmdError, usageError } from '#crds/errors.ts'
import type { Located } from '#crds/located.ts'
import { parseResources } from '#crds/resources.ts'
import type { Signal } from '#crds/signal.gen.ts'
import type { About } from '#signals/definition.ts'
import { Refusal } from '#signals/findings.ts'
import { Sandbox } from '#signals/sandbox.ts'
import { type Program, readProgram } from '#signals/source.ts'
import type { ClusterFlags } from '../cluster.ts'
import { writeJson, writeLines } from '../output.ts'
import { type Edit, editYaml, type YamlPath } from '../repository/edit.ts'
import { Git } from '../repository/git.ts'
import {
  added,
  apply,
  edited,
  type FileChange,
  listed,
  listOf,
  openRepository,
  type Repository,
} from '../repository/repository.ts'
import { plural } from '../text.ts'
import { applySignal } from './signal-apply.ts'
import { paramsOf } from './signal-flags.ts'
import { type GuardFlags, passGuards } from './signal-guards.ts'
import { sinkOf } from './signal-sinks.ts'
import { readSource, tellRefusal } from './signal-source.ts'

export type DeployFlags = ClusterFlags &
  GuardFlags & {
    readonly feed?: readonly string[]
    readonly symbol?: readonly string[]
    readonly environment?: string
    readonly param?: readonly string[]
    readonly sink?: readonly string[]
    readonly mode?: 'log' | 'fast'
    /** False with --no-guards. */
    readonly guards: boolean
    readonly push?: boolean
    readonly apply?: boolean
    readonly dryRun?: boolean
    readonly message?: string
    readonly output: 'text' | 'json'
  }

type Wanted = {
  readonly file: string
  readonly name: string
  readonly source: string
  readonly program: Program
  readonly repository: Repository
  readonly present: Located<Signal> | undefined
}

export async function runSignalDeploy(file: string, flags: DeployFlags): Promise<void> {
  const source = await readSource(file)
  try {
    const program = readProgram(source)
    const repository = await openRepository(await folderOf(file))
    const name = basename(file, extname(file))
    const signals = listOf(repository, 'Signal')
    const present = signals.find(({ resource }) => resource.metadata.name === name)
    await deploy({ file, name, source, program, repository, present }, flags)
  } catch (thrown) {
    if (!(thrown instanceof Refusal)) throw thrown
    await tellRefusal(file, thrown.finding, flags.output)
  }
}

async function deploy(wanted: Wanted, flags: DeployFlags): Promise<void> {
  const { file, source, program, repository, present } = wanted
  const given = { ...textsOf(present?.resource.spec.params), ...paramsOf(flags.param ?? []) }
  const about = await aboutOf(wanted, given)
  const feeds = flags.feed ?? present?.resource.spec.feeds ?? about.feeds ?? undefined
  if (feeds === undefined) throw usageError('no feed is given', 'add --feed, see `ssmd feed list`')
  const symbols = flags.symbol ?? present?.resource.spec.symbols
  const change = await changeOf(wanted, editsOf(wanted, about, given, feeds, flags))
  const scope = { file, program, params: given, feeds, symbols }
  const guarded = flags.guards ? await passGuards(scope, flags) : null
  const listing = present === undefined ? await listed(repository, change) : undefined
  const committed = flags.dryRun ? null : await commit(wanted, change, listing, flags)
  const applied = flags.apply && !flags.dryRun ? await applySignal(signalIn(change), flags) : null
  const about12 = program.sha256.slice(0, 12)
  if (flags.output === 'json') {
    const guards = guarded && { events: guarded.counts.events, firesHash: guarded.firesHash }
    const { sha256 } = program
    await writeJson({
      file: change.file,
      changed: change.before !== change.after,
      sha256,
      guards,
      commit: committed,
      pushed: committed !== null && flags.push === true,
      applied,
    })
    return
  }
  await writeLines([
    `${change.file}: ${flags.dryRun ? 'would hold' : 'holds'} ${relative(process.cwd(), resolve(file))} (${about12}, ${Buffer.byteLength(source)} bytes)`,
    guarded === null
      ? '  guards     not run'
      : `  guards     passed over ${plural(guarded.counts.events, 'event')}, ${plural(guarded.fires.length, 'fire')}`,
    ...(listing === undefined ? [] : [`  ${listing.file} lists it`]),
    ...toldOf(committed, flags).map((line) => `  ${line}`),
    ...(applied === null
      ? []
      : [`  applied    in namespace ${applied.namespace} of ${applied.server}`]),
  ])
}

function toldOf(
  committed: string | null,
  { dryRun, push, apply: isApplied }: DeployFlags
): string[] {
  if (dryRun) return []
  if (committed === null) return ['committed  nothing: no change, or no git repository']
  if (push) return [`committed  ${committed}, and pushed`]
  return [`committed  ${committed}${isApplied ? '' : '; git push brings it to the cluster'}`]
}

/** The folder of resources that the program is in. */
async function folderOf(file: string): Promise<string> {
  const { findExchanges } = await import('../repository/folder.ts')
  const beside = dirname(resolve(file))
  return join(beside, await findExchanges(undefined, beside))
}

async function aboutOf(
  { program, file }: Wanted,
  params: Readonly<Record<string, string>>
): Promise<About> {
  await using sandbox = await Sandbox.open({ program, name: basename(file), params })
  return sandbox.about
}

const textsOf = (params: Signal['spec']['params'] = {}): Record<string, string> =>
  Object.fromEntries(Object.entries(params).map(([name, value]) => [name, String(value)]))

function editsOf(
  { source, repository, present, name }: Wanted,
  about: About,
  given: Readonly<Record<string, string>>,
  feeds: readonly string[],
  flags: DeployFlags
): Edit[] {
  const edits: Edit[] = []
  const set = (path: YamlPath, value: unknown): void => {
    if (value !== undefined) edits.push({ path, value })
  }
  if (present === undefined) {
    set(['metadata', 'name'], name)
    set(['spec', 'environmentRef', 'name'], flags.environment ?? onlyEnvironment(repository))
  } else set(['spec', 'environmentRef', 'name'], flags.environment)
  set(['spec', 'feeds'], feeds)
  set(['spec', 'symbols'], flags.symbol)
  set(['spec', 'mode'], flags.mode)
  // As the program declares them: a number stays one.
  const params = Object.keys(given).map((key) => [key, about.params[key]] as const)
  if (params.length > 0) set(['spec', 'params'], Object.fromEntries(params))
  set(['spec', 'sinks'], flags.sink?.map(sinkOf))
  // A signal that was stopped runs again.
  if (present?.resource.spec.suspend) edits.push({ path: ['spec', 'suspend'], value: undefined })
  if (present?.resource.spec.source === source) return edits
  // As a block below the other fields. A block cannot say every text; those are written in one line.
  const isBlock = /\S\n$/.test(source) && !source.includes('\r')
  if (present !== undefined && isBlock) edits.push({ path: ['spec', 'source'], value: undefined })
  if (present === undefined && !isBlock) edits.push({ path: ['spec', 'source'], value: 'x' })
  edits.push({ path: ['spec', 'source'], value: source })
  return edits
}

function onlyEnvironment(repository: Repository): string {
  const names = listOf(repository, 'Environment').map(({ resource }) => resource.metadata.name)
  if (names.length === 1) return names[0]!
  const hint = names.length === 0 ? 'declare one first' : `there is: ${names.join(', ')}`
  throw usageError('no Environment is given', `add --environment; ${hint}`)
}

async function changeOf(wanted: Wanted, edits: readonly Edit[]): Promise<FileChange> {
  const { repository, present, name, file } = wanted
  if (present !== undefined) return edited(repository, present, edits)
  const template = await readFile(new URL('../templates/signal.yaml', import.meta.url), 'utf8')
  const text = editYaml(template, edits)
  return added(repository, 'Signal', name, text, join(dirname(file), `${name}.yaml`))
}

/** The Signal as the file says it. */
function signalIn({ after, file }: FileChange): Signal {
  const [signal] = parseResources(after, file).signals
  if (signal === undefined) throw new Error(`${file} holds no Signal`)
  return signal.resource
}

/** Writes and commits; null where nothing is to be committed. */
async function commit(
  { file, name, program }: Wanted,
  change: FileChange,
  listing: FileChange | undefined,
  { push, message }: DeployFlags
): Promise<string | null> {
  const git = await Git.of(dirname(resolve(file))).catch((thrown: SsmdError) => {
    if (push) throw thrown
    return undefined
  })
  const unfinished = await git?.unfinished()
  if (unfinished !== undefined) {
    throw new SsmdError('SSMD_E_USAGE', `a ${unfinished} is not finished in ${git?.root}`, {
      hint: `finish it with git first: git ${unfinished} --continue, or --abort`,
    })
  }
  await refuseEdited(git, listing)
  await apply(change)
  if (listing !== undefined) await apply(listing)
  if (git === undefined) return null
  const paths = [file, change.file, ...(listing === undefined ? [] : [listing.file])].map((one) =>
    relative(git.root, resolve(one))
  )
  const changed = new Set(await git.changedIn(paths))
  const id =
    changed.size === 0
      ? null
      : await git.commit([...changed], message ?? `signal ${name}: ${program.sha256.slice(0, 12)}`)
  if (push) await git.push()
  return id
}

/** A kustomization that a person is editing would be committed with it. */
async function refuseEdited(git: Git | undefined, listing: FileChange | undefined): Promise<void> {
  if (git === undefined || listing === undefined) return
  const path = relative(git.root, resolve(listing.file))
  if ((await git.changedIn([path])).length === 0) return
  throw new SsmdError('SSMD_E_USAGE', `${listing.file} has changes that are not committed`, {
    hint: 'commit them first: the new Signal is listed there',
  })
}
