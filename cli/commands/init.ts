// `ssmd init [folder]`: a repository of resources that runs immediately on this computer, and from git in a cluster: a simulated feed, an
// Environment, an Archive, two overlays, a workflow. What exists is never overwritten, so the command can be repeated.

import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import { SsmdError } from '#crds/errors.ts'
import { writeJson, writeLines } from '../output.ts'
import { editYaml } from '../repository/edit.ts'
import { EXCHANGES } from '../repository/folder.ts'

export type InitFlags = {
  /** Only the folders, without resources. */
  readonly bare?: boolean
  readonly dryRun?: boolean
  readonly output: 'table' | 'json'
}

/** What a new repository captures, simulated. */
const FIRST = 'kalshi'

const TEMPLATES = new URL('../templates/', import.meta.url)
const template = (name: string): Promise<string> => readFile(new URL(name, TEMPLATES), 'utf8')

export async function runInit(folder: string | undefined, flags: InitFlags): Promise<void> {
  const root = resolve(folder ?? '.')
  await refuseFile(root)
  const files = await filesOf(flags.bare === true)
  const written: string[] = []
  const kept: string[] = []
  for (const [name, text] of files) {
    const path = join(root, name)
    if (await exists(path)) kept.push(name)
    else {
      written.push(name)
      if (!flags.dryRun) {
        await mkdir(dirname(path), { recursive: true })
        await writeFile(path, text, { flag: 'wx' })
      }
    }
  }
  if (await ignoreData(root, flags.dryRun === true)) written.push('.gitignore')
  if (flags.output === 'json') return writeJson({ path: root, written, kept })
  const shown = relative(process.cwd(), root) || '.'
  const verb = flags.dryRun ? 'would write' : 'wrote'
  const lines = written.map((name) => `  ${join(shown, name)}`)
  await writeLines([
    written.length === 0 ? `${shown}: everything exists already` : `${verb}:`,
    ...lines,
    ...(kept.length > 0 && written.length > 0 ? [`kept ${kept.length} that exist`] : []),
    ...(flags.dryRun ? [] : ['next:', ...nextSteps(shown)]),
  ])
}

const nextSteps = (shown: string): string[] => [
  ...(shown === '.' ? [] : [`  cd ${shown}`]),
  '  ssmd validate            check what is declared',
  '  ssmd up                  run it here and watch data arrive',
  '  ssmd feed create kraken  declare another feed',
]

async function filesOf(isBare: boolean): Promise<[name: string, text: string][]> {
  const folders = ['feeds', 'environments', 'archives', 'schemas']
  if (isBare) return folders.map((name) => [`${EXCHANGES}/${name}/.gitkeep`, ''])
  const named = async (file: string, name: string, edits: readonly [string, unknown][]) =>
    editYaml(await template(file), [
      { path: ['metadata', 'name'], value: name },
      ...edits.map(([field, value]) => ({ path: ['spec', field], value })),
    ])
  return [
    [`${EXCHANGES}/feeds/${FIRST}.yaml`, await template(`feeds/${FIRST}.yaml`)],
    [
      `${EXCHANGES}/environments/local.yaml`,
      await named('environment.yaml', 'local', [
        ['feeds', [FIRST]],
        ['simulator', { feeds: [FIRST] }],
      ]),
    ],
    [
      `${EXCHANGES}/archives/local.yaml`,
      await named('archive.yaml', 'local', [['feeds', [FIRST]]]),
    ],
    [`${EXCHANGES}/schemas/.gitkeep`, ''],
    [
      `${EXCHANGES}/kustomization.yaml`,
      kustomization(['archives/local.yaml', 'environments/local.yaml', `feeds/${FIRST}.yaml`]),
    ],
    ['overlays/laptop/kustomization.yaml', await template('repository/overlay-laptop.yaml')],
    ['overlays/cluster/kustomization.yaml', await template('repository/overlay-cluster.yaml')],
    ['argocd/application.yaml', await template('repository/application.yaml')],
    ['flux/feeds.yaml', await template('repository/flux.yaml')],
    ['.github/workflows/feeds.yaml', await template('repository/workflow.yaml')],
    ['.github/CODEOWNERS', await template('repository/CODEOWNERS')],
    ['README.md', await template('repository/README.md')],
  ]
}

const kustomization = (files: readonly string[]): string =>
  `# The files that are applied; ssmd feed create adds its own.
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources:
${files.map((file) => `  - ${file}\n`).join('')}`

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    (thrown: NodeJS.ErrnoException) => {
      if (thrown.code === 'ENOENT') return false
      throw thrown
    }
  )

async function refuseFile(root: string): Promise<void> {
  const found = await stat(root).catch(() => undefined)
  if (found === undefined || found.isDirectory()) return
  throw new SsmdError('SSMD_E_USAGE', `${root} is a file, not a folder`, {
    hint: 'give the folder of the repository',
  })
}

/** Archives and streams are no part of a repository. True if a line is added. */
async function ignoreData(root: string, isDry: boolean): Promise<boolean> {
  const path = join(root, '.gitignore')
  const text = await readFile(path, 'utf8').catch((thrown: NodeJS.ErrnoException) => {
    if (thrown.code === 'ENOENT') return ''
    throw thrown
  })
  if (/^\/?data\/?\s*$/m.test(text)) return false
  if (isDry) return true
  await mkdir(root, { recursive: true })
  const gap = text === '' || text.endsWith('\n') ? '' : '\n'
  await writeFile(path, `${text}${gap}/data/\n`)
  return true
}
