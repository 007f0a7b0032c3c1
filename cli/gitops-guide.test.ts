// test: limit 200s
// The commands of docs/gitops.md from an empty folder to a running feed, run in their order by a shell as they are printed. The address of
// the repository leads to a bare one of this computer, and `ssmd up` is stopped once something was archived.

import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { temporaryFolder } from '#archive/testing/folders.ts'
import { until, within } from '#testing/deadline.ts'
import { missingProgram } from '#testing/programs.ts'
import { skip } from '#testing/skip.ts'
import { freePort } from '../operator/local/ports.ts'
import { ENTRY } from './testing/run.ts'

const test = suite('docs/gitops.md')
const missing = await missingProgram('git')
const GUIDE = new URL('../docs/gitops.md', import.meta.url)
const MS = 60_000

/** The shell blocks below the first heading, as lines. */
function commands(): string[] {
  const [, section = ''] = readFileSync(GUIDE, 'utf8').split(/^## .*$/m)
  return [...section.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].flatMap(([, block = '']) =>
    block.split('\n').filter((line) => line !== '')
  )
}

test('every command works as it is printed, up to a push of a second feed', async () => {
  if (missing) return skip(missing)
  using folder = temporaryFolder()
  const root = folder.path
  const [bin, work, origin] = ['bin', 'work', 'origin.git'].map((name) => join(root, name)) as [
    string,
    string,
    string,
  ]
  for (const one of [bin, work]) mkdirSync(one)
  const shim = join(bin, 'ssmd')
  writeFileSync(shim, `#!/bin/sh\nexec "${process.execPath}" "${ENTRY}" "$@"\n`)
  chmodSync(shim, 0o755)
  const env = {
    // With HOME: the nats-server of ssmd up is kept below it.
    ...process.env,
    GIT_CONFIG_GLOBAL: '/dev/null',
    ...{ PATH: `${bin}:${process.env.PATH}`, NO_COLOR: '1', GIT_CONFIG_NOSYSTEM: '1' },
    ...{ GIT_AUTHOR_NAME: 'A', GIT_AUTHOR_EMAIL: 'a@example.com' },
    ...{ GIT_COMMITTER_NAME: 'A', GIT_COMMITTER_EMAIL: 'a@example.com' },
    ...{ GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: `url.${origin}.insteadOf` },
    GIT_CONFIG_VALUE_0: 'https://git.example/you/feeds.git',
  }
  const git = (...args: string[]) => execFileSync('git', args, { cwd: work, env, encoding: 'utf8' })
  git('init', '-q', '--bare', '-b', 'main', origin)
  let cwd = work
  const start = (command: string) => {
    const child = spawn('sh', ['-c', `exec 2>&1\n${command}\npwd > "${root}/cwd"`], { cwd, env })
    let text = ''
    child.stdout.on('data', (data: Buffer) => {
      text += data.toString()
    })
    return { child, exit: once(child, 'close'), text: () => text }
  }
  const run = async (command: string) => {
    const { exit, text } = start(`set -e\n${command}`)
    const [code] = await within(MS, command, exit)
    assert.is(code, 0, `$ ${command}\n${text()}`)
    cwd = readFileSync(join(root, 'cwd'), 'utf8').trim()
    return text()
  }
  /** Until something was archived; then Ctrl-C. */
  const up = async (command: string) => {
    // Other servers of this computer may have the usual port.
    const file = join(cwd, 'exchanges/environments/local.yaml')
    const written = readFileSync(file, 'utf8')
    writeFileSync(file, written.replace(':4222', `:${await freePort()}`))
    const { child, exit, text } = start(`exec ${command}`)
    try {
      await until(MS, 'archived records', () => {
        if (child.exitCode !== null) throw new Error(`ssmd up ended: ${text()}`)
        return /archived [1-9]/.test(text())
      })
      child.kill('SIGINT')
      const [code] = await within(MS, 'the end of ssmd up', exit)
      assert.is(code, 0, text())
    } finally {
      child.kill('SIGKILL')
    }
    writeFileSync(file, written)
  }
  const said = new Map<string, string>()
  const all = commands()
  assert.ok(all.length >= 15, `${all.length} commands`)
  for (const line of all) {
    const command = line.replace(/ +# .*$/, '')
    if (command === 'ssmd up') await up(command)
    else said.set(command, await run(command))
  }
  assert.match(said.get('ssmd data list') ?? '', /^kalshi .* simulated /m)
  assert.match(said.get('ssmd diff') ?? '', /\+ Feed kraken/)
  const pushed = git('--git-dir', origin, 'ls-tree', '-r', '--name-only', 'main').split('\n')
  for (const file of [
    'argocd/application.yaml',
    'exchanges/feeds/kraken.yaml',
    'exchanges/kustomization.yaml',
    'overlays/cluster/kustomization.yaml',
    'overlays/laptop/kustomization.yaml',
  ])
    assert.ok(pushed.includes(file), `${file} is pushed`)
  assert.not(
    pushed.some((file) => file.startsWith('data/')),
    'no data is pushed'
  )
})

test.run()
