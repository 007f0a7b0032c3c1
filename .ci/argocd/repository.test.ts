// The repository that tests push to, with the real git, and what Argo CD is told about where to listen and write.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { skip } from '#testing/skip.ts'
import { run } from '../../operator/local/nats-server/run.ts'
import { makeRepository, missingGit } from '../../operator/testing/git-repository.ts'
import { argoSettings, settingFiles } from './settings.ts'

const missing = await missingGit()
const test = suite('what Argo CD reads')

test('a push is in the bare repository, and a revert undoes the last one', async () => {
  if (missing !== undefined) return skip(missing)
  const folder = await mkdtemp(join(tmpdir(), 'ssmd-repository-'))
  try {
    const repository = await makeRepository(folder)
    const show = async (path: string) => {
      const done = await run('git', ['--git-dir', repository.url, 'show', `main:${path}`])
      return done.code === 0 ? done.output : undefined
    }
    const first = await repository.push('first', { 'a/x.yaml': [{ kind: 'X' }, { kind: 'Y' }] })
    assert.is(await repository.head(), first)
    assert.match((await show('a/x.yaml')) ?? '', /"kind": "X"\n}\n---\n{\n {2}"kind": "Y"/)
    const second = await repository.push('second', { 'a/x.yaml': undefined, b: 'text' })
    assert.is(await show('a/x.yaml'), undefined)
    assert.is(await show('b'), 'text\n')
    const third = await repository.revert()
    assert.is(new Set([first, second, third]).size, 3)
    assert.ok(await show('a/x.yaml'))
    assert.is(await show('b'), undefined)
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('every address is loopback, and every folder is ours', () => {
  const files = settingFiles('/state')
  const { env, args } = argoSettings({
    files,
    ports: {
      redis: 1,
      repo: 2,
      repoFigures: 3,
      controllerFigures: 4,
      server: 5,
      serverFigures: 6,
    },
    timing: { resyncSeconds: 7 },
    kubeconfig: '/kubeconfig',
    path: '/bin',
  })
  const words = Object.values(args).flat()
  for (const [i, word] of words.entries()) {
    if (/address$/.test(word)) assert.is(words[i + 1], '127.0.0.1')
    if (word === '--redis') assert.is(words[i + 1], '127.0.0.1:1')
  }
  assert.ok(args['repo-server'].includes('7s'))
  const { PATH: _path, KUBECONFIG: _config, ...rest } = env
  const places = Object.values(rest).filter((value) => value.startsWith('/'))
  assert.ok(places.length >= 10)
  for (const place of places) assert.ok(place === '/state' || place.startsWith('/state/'), place)
})

test.run()
