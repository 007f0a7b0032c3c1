// The chart's data API over the archive of running feeds: while it is written, before and after a segment is sealed, and after
// the node was drained. It is asked through its Service, from inside the cluster.

import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import * as assert from 'uvu/assert'
import { until } from '#testing/deadline.ts'
import { upgrade } from './install.ts'
import { kept, writeResource } from './resources.ts'
import type { Chapter, World } from './world.ts'

const DATA_API = 'app.kubernetes.io/component=data-api'
const SSMD = new URL('../../cli/main.ts', import.meta.url).pathname
const CLAIM = ['--set', 'dataApi.claims[0].claim=archiver-kept']

/** Runs in the pod of the API: prints the status and the body. */
const ASK = `const [url, key] = process.argv.slice(1)
const answer = await fetch(url, { headers: key ? { 'x-api-key': key } : {} })
console.log(JSON.stringify({ status: answer.status, body: await answer.json() }))`

type Segment = { readonly file: string; readonly sealed: boolean; readonly records: number }
type Day = { readonly records: number; readonly segments: readonly Segment[] }
type Answer<T> = { readonly status: number; readonly body: T }

async function ask<T>({ view }: World, path: string, key = ''): Promise<Answer<T>> {
  const url = `http://ssmd-data-api${path}`
  const node = ['/usr/bin/node', '--input-type=module', '-e', ASK, url, key]
  return JSON.parse(await view.kubectl('exec', 'deployment/ssmd-data-api', '--', ...node))
}

const today = (): string => new Date().toISOString().slice(0, 10)
let key = ''

/** What the API says of a feed's day, and what stood on the volume before and after it was asked. */
async function dayOf(world: World, feed: string) {
  const path = join(await world.archiveRoot(), feed, today(), 'manifest.json')
  const onDisk = async () => JSON.parse(await readFile(path, 'utf8')) as Day
  const before = await onDisk()
  const { status, body } = await ask<Day>(world, `/v1/datasets/${feed}/${today()}`, key)
  assert.is(status, 200, JSON.stringify(body))
  return { before, told: body, after: await onDisk() }
}

/** The API answers what is committed: no less than the manifest had before, no more than it has now. */
async function isCurrent(world: World, feed: string): Promise<Day> {
  const { before, told, after } = await dayOf(world, feed)
  assert.ok(
    before.records <= told.records && told.records <= after.records,
    `${before.records} <= ${told.records} <= ${after.records}`
  )
  return told
}

const available = (world: World, seconds = 90): Promise<string> =>
  world.view.kubectl(
    ...['wait', '--for=condition=Available', `--timeout=${seconds}s`, 'deployment/ssmd-data-api']
  )

export const dataApi: Chapter = {
  title: 'the data API answers over the archive while it is written',
  async run(world) {
    const { step, view, images } = world
    await step(
      'helm upgrade with a claim: the captures stay, the pod waits for its keys',
      async () => {
        const lives = await view.lives()
        await upgrade(world, images.now, ...CLAIM)
        await until(60_000, 'an Event that names the Secret', async () => {
          const events = await view.kubectl('get', 'events', '-o', 'jsonpath={.items[*].message}')
          return events.includes('secret "ssmd-api-keys" not found')
        })
        assert.equal(await view.lives(), lives)
      }
    )
    await step('ssmd api-key create | kubectl apply: it is available', async () => {
      const store = join(world.folder, 'api-keys')
      const { stdout, stderr } = await promisify(execFile)(process.execPath, [
        ...[SSMD, 'api-key', 'create', 'scenario', '--store', store, '-o', 'yaml'],
      ])
      key = stderr.split('\n')[0] ?? ''
      const path = join(world.folder, 'api-keys.yaml')
      await writeFile(path, stdout)
      await view.kubectl('apply', '-f', path)
      await available(world, 150)
    })
    await step('without a key it answers 401, with it the feeds of the archive', async () => {
      assert.is((await ask(world, '/v1/feeds')).status, 401)
      const { body } = await ask<{ rows: { feed: string }[] }>(world, '/v1/feeds', key)
      assert.equal(
        body.rows.map(({ feed }) => feed),
        ['gold', 'kalshi', 'made']
      )
    })
    await step('what it says grows as the archive does', async () => {
      const first = await isCurrent(world, 'made')
      await until(60_000, 'more records', async () => {
        return (await isCurrent(world, 'made')).records > first.records
      })
    })
    await step('a segment is sealed under it', async () => {
      const sealed = ({ segments }: Day) => segments.filter((one) => one.sealed).length
      const before = sealed(await isCurrent(world, 'made'))
      const short = kept()
      await writeResource(world.checkout, {
        ...short,
        spec: { ...(short.spec as object), rotation: { maxAge: '30s' } },
      })
      await world.push('Shorter segments')
      await until(150_000, 'a sealed segment more', async () => {
        return sealed(await isCurrent(world, 'made')) > before
      })
    })
    await step('the log of its pod names the key of each request, and not the key', async () => {
      const { name } = await view.pod(DATA_API)
      const log = await view.kubectl('logs', name, '--tail=2000')
      assert.match(log, `"key":"${key.split('_')[1]}","address"`)
      assert.not.match(log, key.slice(-40))
    })
  },
}

export const dataApiAfterDrain: Chapter = {
  title: 'after the drain the data API answers again',
  async run(world) {
    const { step } = world
    await step('with every record that the manifests have', async () => {
      await available(world, 150)
      for (const feed of ['gold', 'kalshi', 'made']) await isCurrent(world, feed)
    })
  },
}
