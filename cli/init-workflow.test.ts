// test: limit 200s
// The pull-request workflow that `ssmd init` writes: each of its shell steps, run as GitHub would in the checkouts that it asks for, over a
// scratch repository with a bare origin. What needs the network (checkouts, docker, the comment) is looked at, and not run.

import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { parse } from 'yaml'
import { temporaryFolder } from '#archive/testing/folders.ts'
import { missingProgram } from '#testing/programs.ts'
import { skip } from '#testing/skip.ts'
import { toolPath } from '#testing/tools.ts'
import { missingTools } from '../operator/testing/cluster.ts'
import { ENTRY, runSsmd } from './testing/run.ts'

const test = suite("the workflow of ssmd init's repository")
const missing = (await missingProgram('git')) ?? (await missingTools())

type Step = {
  readonly name?: string
  readonly uses?: string
  readonly with?: { readonly path: string; readonly ref?: string }
  readonly run?: string
  readonly if?: string
  readonly env?: Readonly<Record<string, string>>
  readonly 'working-directory'?: string
}
type Workflow = {
  readonly permissions: object
  readonly jobs: {
    readonly check: { readonly env: { SSMD: string }; readonly steps: readonly Step[] }
  }
}

/** A repository with a bare origin, and a working copy on a branch of its own. */
async function scratch(root: string) {
  const work = join(root, 'feeds')
  const env = {
    ...{ PATH: process.env.PATH, HOME: root, GIT_CONFIG_NOSYSTEM: '1' },
    ...{ GIT_AUTHOR_NAME: 'A', GIT_AUTHOR_EMAIL: 'a@example.com' },
    ...{ GIT_COMMITTER_NAME: 'A', GIT_COMMITTER_EMAIL: 'a@example.com' },
  }
  const git = (...args: string[]) => execFileSync('git', args, { cwd: work, env })
  const ssmd = async (...args: string[]) => {
    const ran = await runSsmd(args, { cwd: work, env })
    assert.is(ran.code, 0, ran.stderr)
  }
  mkdirSync(work)
  await ssmd('init')
  git('init', '-q', '-b', 'main')
  git('init', '-q', '--bare', '-b', 'main', join(root, 'origin.git'))
  git('remote', 'add', 'origin', join(root, 'origin.git'))
  git('add', '.')
  git('commit', '-q', '-m', 'first')
  git('push', '-q', 'origin', 'main')
  git('checkout', '-q', '-b', 'branch')
  const push = () => {
    git('add', '.')
    git('commit', '-q', '-m', 'change')
    git('push', '-q', 'origin', 'branch')
  }
  return { work, env, git, ssmd, push }
}

/** Runs the steps in order; stops at the first that fails, as GitHub does. */
async function runSteps(root: string, env: NodeJS.ProcessEnv, steps: readonly Step[]) {
  const workspace = join(root, 'workspace')
  const bin = join(root, 'bin')
  for (const folder of [workspace, bin]) mkdirSync(folder)
  const program = (name: string, text: string) => {
    writeFileSync(join(bin, name), text)
    chmodSync(join(bin, name), 0o755)
  }
  program('ssmd', `#!/bin/sh\nexec "${process.execPath}" "${ENTRY}" "$@"\n`)
  const path = [bin, dirname(await toolPath('kubectl')), env.PATH].join(':')
  const said: { name: string; code: number | null; text: string }[] = []
  for (const step of steps) {
    if (step.uses !== undefined) {
      assert.match(step.uses, /^actions\/checkout@v\d+$/)
      const { path: to, ref } = step.with!
      const branch = ref === undefined ? 'branch' : 'main'
      assert.match(ref ?? '{{ github.base_ref }}', /\{\{ github\.base_ref \}\}$/)
      execFileSync(
        'git',
        ['clone', '-q', '-b', branch, join(root, 'origin.git'), join(workspace, to)],
        { env }
      )
      continue
    }
    // The comment needs GitHub.
    if (step.run?.startsWith('gh ')) break
    const ran = spawnSync('bash', ['-e', '-c', step.run!], {
      cwd: join(workspace, step['working-directory'] ?? '.'),
      env: { ...env, PATH: path, SSMD: 'ssmd', GITHUB_STEP_SUMMARY: join(root, 'summary.md') },
      encoding: 'utf8',
    })
    said.push({ name: step.name!, code: ran.status, text: ran.stdout + ran.stderr })
    if (ran.status !== 0) break
  }
  return { said, workspace }
}

const workflowIn = (work: string): Workflow =>
  parse(readFileSync(join(work, '.github/workflows/feeds.yaml'), 'utf8'))

test('a good change passes every step, and the comment says what changes and what it costs', async () => {
  if (missing) return skip(missing)
  using folder = temporaryFolder()
  const { work, env, ssmd, push } = await scratch(folder.path)
  await ssmd('feed', 'create', 'kraken')
  await ssmd('env', 'update', 'local', '--add-feed', 'kraken')
  push()
  const { jobs, permissions } = workflowIn(work)
  assert.equal(permissions, {})
  const { steps } = jobs.check
  const { said, workspace } = await runSteps(folder.path, env, steps)
  assert.equal(
    said.map(({ code }) => code),
    [0, 0, 0],
    JSON.stringify(said)
  )
  const comment = readFileSync(join(workspace, 'comment.md'), 'utf8')
  assert.match(comment, /^```\n/)
  assert.match(comment, /\+ Feed kraken/)
  assert.match(comment, /CONNECTIONS/)
  assert.match(comment, /plan: \+1 connector/)
  assert.is(readFileSync(join(folder.path, 'summary.md'), 'utf8'), comment)
  // What cannot be run here: it names the file that the step before wrote.
  const last = steps.at(-1)!
  assert.match(last.run!, /--body-file comment\.md/)
  assert.is(last['working-directory'], undefined)
  assert.match(last.if!, /head\.repo\.full_name == github\.repository/)
  for (const [, name = ''] of last.run!.matchAll(/\$(\w+)/g)) assert.ok(last.env?.[name], name)
  assert.match(
    jobs.check.env.SSMD,
    /^docker run --rm -v .*:\/repo:ro -w \/repo\/new \$\{\{ vars\.SSMD_IMAGE \}\}$/
  )
})

test('a mistake fails the first step, beside its line', async () => {
  if (missing) return skip(missing)
  using folder = temporaryFolder()
  const { work, env, push } = await scratch(folder.path)
  const file = join(work, 'exchanges/feeds/kalshi.yaml')
  writeFileSync(file, readFileSync(file, 'utf8').replace('channels:', 'chanels:'))
  push()
  const { said } = await runSteps(folder.path, env, workflowIn(work).jobs.check.steps)
  assert.equal(
    said.map(({ code }) => code),
    [3]
  )
  assert.match(said[0]!.text, /^::error file=exchanges\/feeds\/kalshi\.yaml,line=\d+,col=\d+/m)
})

test('a mistake of an overlay fails the first step, which renders it', async () => {
  if (missing) return skip(missing)
  using folder = temporaryFolder()
  const { work, env, push } = await scratch(folder.path)
  const file = join(work, 'overlays/cluster/kustomization.yaml')
  writeFileSync(file, readFileSync(file, 'utf8').replace('nats://', 'http://'))
  push()
  const { said } = await runSteps(folder.path, env, workflowIn(work).jobs.check.steps)
  assert.equal(
    said.map(({ code }) => code),
    [3]
  )
  assert.match(said[0]!.text, /::error .*transport\.url/)
})

test.run()
