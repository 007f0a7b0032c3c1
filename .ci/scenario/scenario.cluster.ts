// test: alone, limit 1800s
// The whole of ssmd on a real cluster, from nothing: image, chart and resources of this checkout, a real kubelet, real pods.
// One chapter after the other on the same cluster; where one fails, those behind it are not told. For whoever works on one:
// SSMD_CHAPTERS names those to tell, by a part of their titles, behind the first.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import { skip } from '#testing/skip.ts'
import { missingNode } from '../node/tools.ts'
import { argo } from './argo.ts'
import { newVersion, operatorAway, operatorUpgrade, secretRotation, suspend } from './changes.ts'
import { dataApi, dataApiAfterDrain } from './data-api.ts'
import { drain, kills, kubeletRestart } from './failures.ts'
import { exchangeRestarts, install } from './install.ts'
import { kraken } from './kraken.ts'
import { feedDeleted, lastWord, uninstall } from './removal.ts'
import { shards } from './shards.ts'
import { tellStory } from './story.ts'
import { trouble } from './trouble.ts'
import { type Chapter, explain, makeWorld, type World } from './world.ts'

const CHAPTERS: readonly Chapter[] = [
  install,
  exchangeRestarts,
  kraken,
  shards,
  newVersion,
  operatorUpgrade,
  kills,
  kubeletRestart,
  operatorAway,
  suspend,
  secretRotation,
  trouble,
  dataApi,
  drain,
  dataApiAfterDrain,
  feedDeleted,
  lastWord,
  uninstall,
  argo,
]

const missing = await missingNode()
const test = suite('ssmd on a real cluster')
const write = (line: string) => void process.stdout.write(`${line}\n`)

let folder = ''
let world: World | undefined
let broken: string | undefined

test.before(async () => {
  if (missing !== undefined) return
  folder = await mkdtemp(join(tmpdir(), 'scenario-'))
  write('\na cluster of one node')
  const story = tellStory(write, () => performance.now())
  try {
    world = await makeWorld(folder, story)
  } catch (thrown) {
    // What fails before the first test is printed by nobody else.
    write(thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown))
    throw thrown
  }
})

test.after(async () => {
  await world?.close()
  if (folder !== '') await rm(folder, { recursive: true, force: true })
})

const wanted = process.env.SSMD_CHAPTERS?.split(',')
const told = CHAPTERS.filter(
  ({ title }, i) => wanted === undefined || i === 0 || wanted.some((part) => title.includes(part))
)

for (const chapter of told) {
  test(chapter.title, async () => {
    if (missing !== undefined || world === undefined) return skip(missing ?? 'there is no cluster')
    if (broken !== undefined) {
      throw Object.assign(new Error(`not told: "${broken}" failed before`), { stack: '' })
    }
    write(`\n${chapter.title}`)
    try {
      await chapter.run(world)
    } catch (thrown) {
      broken = chapter.title
      write(await explain(world).catch((error: unknown) => String(error)))
      throw thrown
    }
  })
}

test.run()
