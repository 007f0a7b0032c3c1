// test: limit 200s
// A described exchange with a JSON Schema: the connector counts what of its sample does not fit, the manifest keeps the counts, and
// `ssmd data verify --schema` finds every frame that does not fit, and no other.

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { stringify } from 'yaml'
import { temporaryFolder } from '#archive/testing/folders.ts'
import type { Feed } from '#crds/feed.gen.ts'
import { COUNTED, feedOf } from '#exchanges/generic/testing/feeds.ts'
import { archived, recordsOf } from '#exchanges/protocol/testing/archived.ts'
import { until } from '#testing/deadline.ts'
import { runSsmd } from './testing/run.ts'

const test = suite('schemas of described feeds')

/** Trades of one product alone fit it: others are misfits that are known. */
const SCHEMA = JSON.stringify({
  required: ['data'],
  properties: {
    data: { properties: { product: { not: { const: 'BTC-USD' } }, seq: { type: 'integer' } } },
  },
})

type Said = {
  readonly valid: boolean
  readonly frames?: readonly {
    readonly type: string
    readonly checked: number
    readonly misfit: number
    readonly samples: readonly { readonly reason: string; readonly n: number }[]
  }[]
}

test('the sample of the connector, the manifest and data verify --schema say the same of the same frames', async () => {
  using folder = temporaryFolder()
  const ssmd = async (...args: string[]) => {
    const ran = await runSsmd(args, { cwd: folder.path })
    assert.is(ran.code, 0, `${args.join(' ')}\n${ran.stderr}`)
    return ran
  }
  mkdirSync(join(folder.path, 'exchanges/feeds'), { recursive: true })
  const feedFile = join(folder.path, 'exchanges/feeds/made.yaml')
  writeFileSync(feedFile, stringify(feedOf(COUNTED)))
  writeFileSync(join(folder.path, 'ticks.json'), SCHEMA)
  await ssmd('schema', 'register', 'ticks', '--file', 'ticks.json')
  await ssmd('feed', 'update', 'made', '--schema', 'ticks:v1')
  await ssmd('validate')

  const verify = async (root: string, ...args: string[]) => {
    const all = ['data', 'verify', '--path', root, '-o', 'json', ...args]
    const { code, stdout, stderr } = await runSsmd(all, { cwd: folder.path })
    assert.match(stdout, /^\{/, stderr)
    return { code, ...(JSON.parse(stdout) as Said) }
  }
  const feedYaml = readFileSync(feedFile, 'utf8')
  const { archive } = await archived({
    exchange: 'generic',
    feed: 'made',
    feedYaml,
    simulate: () => ['--feed', feedFile, '--markets', '3', '--rate', '300', '--seed', '7'],
    async use({ journal }) {
      await until(60_000, 'frames', () => readFileSync(journal, 'utf8').split('\n').length > 3_000)
    },
    isComplete: (one, sent) =>
      recordsOf(one).filter(({ frame }) => frame !== null).length >= sent.length,
    async inspect(root) {
      const day = join(
        root,
        'made',
        readdirSync(join(root, 'made')).find((name) => /^\d/.test(name))!
      )
      const manifest = JSON.parse(readFileSync(join(day, 'manifest.json'), 'utf8')) as {
        counts?: { types?: Record<string, { checked?: number; misfit?: number }> }
      }
      writeFileSync(join(folder.path, 'manifest'), JSON.stringify(manifest))
      const plain = await verify(root)
      assert.is(plain.code, 0)
      assert.is(plain.frames, undefined)
      const { code, valid, frames } = await verify(root, '--schema')
      assert.equal([code, valid], [3, false])
      writeFileSync(join(folder.path, 'frames'), JSON.stringify(frames))

      // A schema that all frames fit, by its name.
      writeFileSync(join(folder.path, 'loose.json'), '{"type":"object"}')
      await ssmd('schema', 'register', 'loose', '--file', 'loose.json')
      const loose = await verify(root, '--schema', 'loose:v1')
      assert.equal([loose.code, loose.frames?.map(({ misfit }) => misfit)], [0, [0, 0]])
      const table = await runSsmd(['data', 'verify', '--path', root, '--schema'], {
        cwd: folder.path,
      })
      assert.match(table.stdout, /MISFITS\n.*ticks:v1/)
      assert.match(table.stdout, /record \d+ of \S+: does not fit ticks:v1: \/data\/product/)
    },
  })
  const read = (name: string) => JSON.parse(readFileSync(join(folder.path, name), 'utf8'))

  const data = recordsOf(archive).flatMap(({ frame }) => {
    const value = frame === null ? {} : (JSON.parse(frame) as { type?: string; data?: object })
    return value.data === undefined ? [] : [value as { type: string; data: { product: string } }]
  })
  const counted = (type: string) => {
    const ofType = data.filter((frame) => frame.type === type)
    return {
      ...{ type, checked: ofType.length },
      misfit: ofType.filter(({ data: { product } }) => product === 'BTC-USD').length,
    }
  }
  assert.equal(
    (read('frames') as NonNullable<Said['frames']>).map(({ type, checked, misfit }) => ({
      type,
      checked,
      misfit,
    })),
    ['ticker', 'trade'].map(counted).sort((a, b) => (a.type < b.type ? -1 : 1))
  )

  const counts = recordsOf(archive).flatMap(({ event }) =>
    event?.kind === 'counts' ? [event as unknown as { types: Record<string, Counts> }] : []
  )
  const sums = { checked: 0, misfit: 0 }
  for (const { types } of counts)
    for (const { checked = 0, misfit = 0 } of Object.values(types)) {
      sums.checked += checked
      sums.misfit += misfit
    }
  assert.ok(sums.checked >= 40, `${sums.checked} frames of the sample were checked`)
  assert.ok(sums.misfit > 0 && sums.misfit < sums.checked)
  const told = Object.values(
    (read('manifest') as { counts: { types: Record<string, Counts> } }).counts.types
  )
  const sum = (name: 'checked' | 'misfit') => told.reduce((all, one) => all + (one[name] ?? 0), 0)
  assert.equal(
    { checked: sum('checked'), misfit: sum('misfit') },
    sums,
    'the manifest has the sums'
  )
})

type Counts = { readonly checked?: number; readonly misfit?: number }

test('a schema that is no JSON Schema, or is not the one that was registered, is a problem of validate', async () => {
  using folder = temporaryFolder()
  const ssmd = (...args: string[]) => runSsmd(args, { cwd: folder.path })
  mkdirSync(join(folder.path, 'exchanges/feeds'), { recursive: true })
  const file = join(folder.path, 'exchanges/feeds/made.yaml')
  const write = (schema: Feed['spec']['schema']) => {
    const feed = feedOf(COUNTED)
    writeFileSync(file, stringify({ ...feed, spec: { ...feed.spec, schema } }))
  }
  const problems = async () => {
    const { stdout } = await ssmd('validate', '-o', 'json')
    return (JSON.parse(stdout) as { problems: { field: string; message: string }[] }).problems.map(
      ({ field, message }) => `${field}: ${message}`
    )
  }
  writeFileSync(join(folder.path, 'ticks.json'), SCHEMA)
  assert.is((await ssmd('schema', 'register', 'ticks', '--file', 'ticks.json')).code, 0)
  write({ name: 'ticks:v1', source: SCHEMA })
  assert.equal(await problems(), [])
  write({ name: 'ticks:v1', source: '{"type":"any"}' })
  assert.match((await problems())[0] ?? '', /^spec\.schema\.source: ticks:v1 is not a JSON Schema/)
  write({ name: 'ticks:v1', source: `${SCHEMA}\n` })
  assert.equal(await problems(), [
    'spec.schema.source: it is another text than the one that was registered as ticks:v1',
  ])
  write({ name: 'ticks:v2', source: SCHEMA })
  assert.equal(await problems(), [
    'spec.schema.name: there is no schema ticks:v2 in the folder schemas',
  ])

  // What no program reads is refused by name, and so is a schema of an exchange that has code.
  writeFileSync(join(folder.path, 'x.proto'), 'syntax = "proto3";\n')
  assert.is((await ssmd('schema', 'register', 'x', '--file', 'x.proto')).code, 0)
  const proto = await ssmd('feed', 'update', 'made', '--schema', 'x:v1')
  assert.match(proto.stderr, /x:v1 is protobuf: no program reads it/)
  assert.is((await ssmd('feed', 'create', 'kraken')).code, 0)
  const kraken = await ssmd('feed', 'update', 'kraken', '--schema', 'ticks:v1')
  assert.match(kraken.stderr, /frames of kraken are checked by its own code/)
  assert.match((await ssmd('schema', 'show', 'x')).stdout, /no program reads it/)
})

test.run()
