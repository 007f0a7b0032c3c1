// `ssmd diff` and `ssmd commit` where git or a cluster would refuse: fields that cannot change, a merge that is not finished, a working tree
// that is not the main one.

import { execFileSync } from 'node:child_process'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { TestFolder } from '../operator/local/testing/folder.ts'
import { runSsmd } from './testing/run.ts'

const test = suite('diff and commit')

const FEED = (exchange: string, endpoint: string) => `apiVersion: ssmd.io/v1alpha1
kind: Feed
metadata: { name: made }
spec:
  exchange: ${exchange}
  versions:
    - { name: v1, effectiveFrom: "2025-01-01", endpoint: "${endpoint}" }
  channels: [trade]
`
const SYNTHETIC = FEED('synthetic', 'synthetic://generator?seed=1')

class Repository extends TestFolder {
  constructor() {
    super()
    this.git('init', '-q', '-b', 'main')
    this.write('exchanges/feeds/made.yaml', SYNTHETIC)
    this.commit('first')
  }
  git(...args: string[]): string {
    const who = ['-c', 'user.name=a', '-c', 'user.email=a@example.test']
    return execFileSync('git', [...who, ...args], { cwd: this.path, encoding: 'utf8' })
  }
  commit(message: string): void {
    this.git('add', '-A')
    this.git('commit', '-q', '-m', message)
  }
}

test('diff tells of a field that an API server will not let change, and commit refuses it', async () => {
  using folder = new Repository()
  folder.write('exchanges/feeds/made.yaml', FEED('coinbase', 'wss://x.test/ws'))
  const cwd = folder.path
  const diff = await runSsmd(['diff'], { cwd })
  const told =
    /exchanges\/feeds\/made\.yaml:5:\d+: spec\.exchange: exchange cannot change \(make a new Feed/
  assert.match(diff.stdout, /spec\.exchange: synthetic → coinbase/)
  assert.match(diff.stdout, told)
  const commit = await runSsmd(['commit', '-m', 'another'], { cwd })
  assert.is(commit.code, 3)
  assert.match(commit.stderr, told)
  assert.match(folder.git('log', '--oneline'), /^\w+ first\n$/)
  const against = await runSsmd(['diff', '--against', 'exchanges', '-o', 'json'], { cwd })
  assert.equal(JSON.parse(against.stdout).problems, [])
})

test('in a merge with conflicts validate names the lines between which to choose, and commit waits for git', async () => {
  using folder = new Repository()
  const cwd = folder.path
  folder.git('switch', '-q', '-c', 'other')
  folder.write('exchanges/feeds/made.yaml', SYNTHETIC.replace('[trade]', '[ticker]'))
  folder.commit('other')
  folder.git('switch', '-q', 'main')
  folder.write('exchanges/feeds/made.yaml', SYNTHETIC.replace('[trade]', '[trade, ticker]'))
  folder.commit('ours')
  assert.throws(() => folder.git('merge', 'other'))

  const validate = await runSsmd(['validate'], { cwd })
  assert.is(validate.code, 3)
  assert.match(
    validate.stdout,
    /^exchanges\/feeds\/made\.yaml:8:1: found a conflict of git that is not resolved, up to line 12 \(keep one of the two sides, and remove the lines <<<<<<<, ======= and >>>>>>>\)\n/
  )
  const diff = await runSsmd(['diff'], { cwd })
  assert.match(diff.stdout, /problem: exchanges\/feeds\/made\.yaml:8:1: found a conflict of git/)
  const commit = await runSsmd(['commit', '-m', 'x'], { cwd })
  assert.match(
    commit.stderr,
    /a merge is not finished in .*SSMD_E_USAGE\)\n {2}finish it with git first: git merge --continue/
  )
  const update = await runSsmd(['feed', 'update', 'made', '--state', 'disabled'], { cwd })
  assert.match(update.stderr, /found a conflict of git/)
})

test('in a worktree and in a submodule diff and commit work as in the main working tree', async () => {
  using folder = new Repository()
  using other = new Repository()
  const worktree = `${folder.path}/tree`
  folder.git('worktree', 'add', '-q', worktree, '-b', 'tree')
  folder.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', other.path, 'sub')
  for (const cwd of [worktree, `${folder.path}/sub`]) {
    const edit = await runSsmd(['feed', 'update', 'made', '--display-name', 'Made up'], { cwd })
    assert.is(edit.code, 0, edit.stderr)
    assert.match((await runSsmd(['diff'], { cwd })).stdout, /spec\.displayName: added Made up/)
    const env = { GIT_AUTHOR_NAME: 'a', GIT_AUTHOR_EMAIL: 'a@x', GIT_COMMITTER_NAME: 'a' }
    const commit = await runSsmd(['commit', '-m', 'named'], {
      cwd,
      env: { ...env, GIT_COMMITTER_EMAIL: 'a@x' },
    })
    assert.match(commit.stdout, /committed \w+; push it with git push/, commit.stderr)
    assert.match((await runSsmd(['diff'], { cwd })).stdout, /nothing differs/)
  }
})

test.run()
