// The queries that manifests alone answer: feeds, datasets, dataset, coverage, gaps.

import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { formatManifest } from '#archive/format/manifest.ts'
import type { Manifest } from '#archive/read/reader.ts'
import { manifestOf } from '#archive/testing/folders.ts'
import { SsmdError } from '#crds/errors.ts'
import { ManifestCache } from '../model/manifests.ts'
import { answerOf, ask, askInPages } from '../testing/ask.ts'
import { independent, onlyOf } from '../testing/independent.ts'
import { recordedArchive } from '../testing/recorded.ts'
import { QUERIES } from './index.ts'

const test = suite('queries of days')
const archive = await recordedArchive({}, ['kalshi', 'kalshi-b'])
const { path } = archive
test.after(() => archive[Symbol.dispose]())

for (const [question, asked] of [
  ['feeds', {}],
  ['coverage', {}],
  ['gaps', {}],
  ['gaps', { from: '2026-11-23T23:40:00.000000000Z', to: '2026-11-24T00:01:00.000000000Z' }],
] as const) {
  test(`${question} ${JSON.stringify(asked)} equals what Python computes from the files`, async () => {
    const expected = independent(question, path, asked)
    const { rows } = await ask([path], question, asked)
    assert.ok(expected.length > 1)
    assert.equal(onlyOf(rows, expected), expected)
    assert.is(rows.length, expected.length)
  })
}

test('datasets in pages of one row are the same rows, and a page of a whole answer has no next', async () => {
  const { rows, next } = await ask([path], 'datasets')
  assert.equal(
    rows.map(({ feed, day }) => `${feed} ${day}`),
    ['kalshi 2026-11-23', 'kalshi 2026-11-24', 'kalshi-b 2026-11-23', 'kalshi-b 2026-11-24']
  )
  assert.is(next, null)
  for (const question of ['datasets', 'feeds', 'coverage', 'gaps']) {
    const all = await ask([path], question)
    for (const limit of [1, 3])
      assert.equal(await askInPages([path], question, {}, limit), all.rows)
  }
})

test('dataset is the manifest with proof and files, whose checksums are those of the segments', async () => {
  const answer = await answerOf([path], 'dataset', { feed: 'kalshi', date: '2026-11-24' })
  assert.is(answer.kind, 'document')
  const body = answer.kind === 'document' ? (answer.body as Manifest & { files: object[] }) : null
  const manifest = manifestOf(path, '2026-11-24', 'kalshi')
  assert.equal(body?.segments, manifest.segments)
  assert.equal(body?.gaps, manifest.gaps)
  const [first] = manifest.segments
  assert.ok(
    body?.files.some((file) => JSON.stringify(file).includes(`"sha256":"${first?.sha256}"`))
  )
})

test('a feed of a named root goes by that name, and the same feed of two roots without names is refused', async () => {
  const { rows } = await ask([`live=${path}`], 'feeds')
  assert.equal(
    rows.map(({ feed }) => feed),
    ['live.kalshi', 'live.kalshi-b']
  )
  const { rows: gaps } = await ask([`live=${path}`], 'gaps', { feed: 'live.kalshi' })
  assert.ok(gaps.length > 0)
  assert.ok(gaps.every(({ feed }) => feed === 'live.kalshi'))
  await rejects(ask([path, `${path}/.`], 'feeds'), 'SSMD_E_USAGE', /hold a feed kalshi/)
})

test('to a caller without a grant, a feed and a day do not exist: in no query, no count and no hint', async () => {
  const grant = {
    feeds: (feed: string) => feed === 'kalshi-b',
    days: (day: string) => day === '2026-11-24',
  }
  for (const question of ['feeds', 'datasets', 'coverage', 'gaps']) {
    const { rows } = await ask([path], question, {}, { grant })
    assert.ok(rows.length > 0)
    assert.ok(rows.every(({ feed }) => feed === 'kalshi-b'))
    assert.ok(rows.every(({ day }) => day === undefined || day === '2026-11-24'))
  }
  const [feed] = (await ask([path], 'feeds', {}, { grant })).rows
  assert.equal([feed?.from, feed?.days], ['2026-11-24', 1])
  for (const asked of [{ feed: 'kalshi' }, { feed: 'nothing' }]) {
    const error = await rejects(
      ask([path], 'gaps', asked, { grant }),
      'SSMD_E_NOT_FOUND',
      /no feed/
    )
    assert.not.match(`${error.message.replace('"kalshi"', '')} ${error.hint}`, /kalshi(?!-b)/)
  }
  const asked = { feed: 'kalshi-b', date: '2026-11-23' }
  const hidden = await rejects(
    answerOf([path], 'dataset', asked, { grant }),
    'SSMD_E_NOT_FOUND',
    /no day/
  )
  assert.not.match(`${hidden.hint}`, /2026-11-23/)
})

test('every query that takes a feed treats one outside the grant as it treats one that does not exist', async () => {
  const grant = { feeds: (feed: string) => feed === 'kalshi-b', days: () => true }
  const symbol = String((await ask([path], 'symbols', { feed: 'kalshi-b' })).rows[0]?.symbol)
  const needs = { book: { symbol }, asof: { symbol } } as Record<string, Record<string, string>>
  for (const { name, answer, parameters } of QUERIES) {
    if (answer.kind !== 'rows' || !parameters.some((one) => one.name === 'feed')) continue
    const refused = async (feed: string): Promise<string> => {
      const given = { ...needs[name], feed }
      const error = await rejects(
        ask([path], name, given, { grant }),
        'SSMD_E_NOT_FOUND',
        /no feed/
      )
      return `${error.message} ${error.hint}`.replaceAll(`"${feed}"`, 'X')
    }
    // As far from the one that exists.
    assert.is(await refused('kalshi'), await refused('kalshi-bxy'), name)
    const all = parameters.find((one) => one.name === 'feed')?.required ? { feed: 'kalshi-b' } : {}
    const { rows, quality } = await ask(
      [path],
      name,
      { ...needs[name], ...all },
      { grant, limit: 50 }
    )
    assert.ok(
      rows.every(({ feed }) => feed === undefined || feed === 'kalshi-b'),
      name
    )
    assert.ok(quality?.days.every(({ feed }) => feed === 'kalshi-b') ?? true, name)
  }
})

test('a day outside the grant has no records, events, bars, symbols, gaps or book', async () => {
  const grant = { feeds: () => true, days: (day: string) => day === '2026-11-24' }
  const symbol = String((await ask([path], 'symbols', { from: '2026-11-24' })).rows[0]?.symbol)
  for (const [name, given, column] of [
    ['records', {}, 'recv'],
    ['events', {}, 'recv'],
    ['bars', {}, 'time'],
    ['symbols', {}, 'first'],
    ['gaps', {}, 'day'],
    ['estimate', {}, 'day'],
    ['asof', { symbol }, 'bookRecv'],
  ] as const) {
    const { rows, quality } = await ask([path], name, given, { grant, limit: 100_000 })
    assert.ok(rows.length > 0, name)
    assert.ok(
      rows.every((row) => String(row[column] ?? '2026-11-24') >= '2026-11-24'),
      name
    )
    assert.ok(quality?.days.every(({ day }) => day === '2026-11-24') ?? true, name)
  }
  const at = '2026-11-24'
  await rejects(
    ask([path], 'book', { feed: 'kalshi', symbol, at }, { grant }),
    'SSMD_E_NOT_FOUND',
    /no record/
  )
})

test('an unknown feed, parameter, value, time and day are refused by name, with the nearest', async () => {
  await rejects(ask([path], 'gaps', { feed: 'kalsi' }), 'SSMD_E_NOT_FOUND', /kalsi/, /kalshi/)
  await rejects(ask([path], 'gaps', { feeds: 'kalshi' }), 'SSMD_E_USAGE', /feeds/, /feed\?/)
  await rejects(
    ask([path], 'gaps', { from: '2026-02-30' }),
    'SSMD_E_USAGE',
    /from=.* is not a time/
  )
  const swapped = { from: '2026-11-25', to: '2026-11-24' }
  await rejects(ask([path], 'gaps', swapped), 'SSMD_E_USAGE', /not before/, /exclusive/)
  const date = { feed: 'kalshi', date: '2026-11-2' }
  await rejects(answerOf([path], 'dataset', date), 'SSMD_E_USAGE', /date/)
  await rejects(
    answerOf([path], 'dataset', { ...date, date: '2026-11-20' }),
    'SSMD_E_NOT_FOUND',
    /2026-11-20/,
    /2026-11-24, 2026-11-23/
  )
  await rejects(ask([`${path}/none`], 'feeds'), 'SSMD_E_NOT_FOUND', /no archive at/)
})

test('a day without trades, one without data, and one that cannot be read are told apart', async () => {
  using folder = await recordedArchive()
  const manifest = manifestOf(folder.path, '2026-11-23', 'kalshi')
  const { sha256: _, ...plain } = manifest as Manifest & { sha256?: string }
  const days = join(folder.path, 'kalshi')
  const write = (day: string, changed: object): void => {
    mkdirSync(join(days, day), { recursive: true })
    writeFileSync(
      join(days, day, 'manifest.json'),
      formatManifest({ ...plain, day, ...changed } as Manifest)
    )
  }
  const quiet = { segments: plain.segments.filter(({ group }) => group !== 'trades') }
  write('2026-11-26', quiet)
  write('2026-11-27', { segments: [], records: 0, condition: 'missing', from: null, to: null })
  mkdirSync(join(days, '2026-11-28'))
  writeFileSync(join(days, '2026-11-28', 'manifest.json'), '{}')
  const { rows } = await ask([folder.path], 'coverage', { from: '2026-11-24' })
  assert.equal(
    rows.map(({ day, state }) => `${day} ${state}`),
    [
      '2026-11-24 captured',
      '2026-11-25 not-captured',
      '2026-11-26 no-trades',
      '2026-11-27 not-captured',
      '2026-11-28 damaged',
    ]
  )
  const damaged = (await ask([folder.path], 'datasets')).rows.at(-1)
  assert.is(damaged?.condition, 'damaged')
  assert.match(String(damaged?.problem), /sha256/)
})

test('a day that cannot be read is in the quality of every answer over it, and makes a book suspect', async () => {
  using folder = await recordedArchive({ frames: 400, every: 1, shards: 1 })
  const symbol = String((await ask([folder.path], 'symbols')).rows[0]?.symbol)
  mkdirSync(join(folder.path, 'kalshi', '2026-11-25'))
  writeFileSync(join(folder.path, 'kalshi/2026-11-25/manifest.json'), '{}')
  for (const [question, given] of [
    ['records', {}],
    ['events', {}],
    ['bars', {}],
    ['symbols', {}],
    ['instruments', { from: '2026-11-23' }],
    ['asof', { symbol }],
    ['book', { feed: 'kalshi', symbol }],
  ] as const) {
    const { quality, rows, about } = await ask([folder.path], question, given, { limit: 100_000 })
    const last = quality?.days.at(-1)
    assert.equal([last?.day, last?.condition], ['2026-11-25', 'damaged'], question)
    if (question === 'events') {
      const gap = rows.find(({ reason }) => String(reason).startsWith('damaged:'))
      assert.is(gap?.time, '2026-11-25T00:00:00.000000000Z')
    }
    if (question === 'asof') assert.is(rows[0]?.gap, true)
    if (question === 'book') assert.is(about?.state, 'suspect')
  }
})

test('a manifest that was replaced is read again, and one that was not is not', async () => {
  using folder = await recordedArchive({ frames: 60 })
  const manifests = new ManifestCache()
  const records = async () =>
    (await ask([folder.path], 'datasets', {}, { manifests })).rows.map((row) => row.records)
  const before = await records()
  const file = join(folder.path, 'kalshi/2026-11-23/manifest.json')
  const { sha256: _, ...plain } = manifestOf(folder.path, '2026-11-23', 'kalshi') as Manifest & {
    sha256?: string
  }
  writeFileSync(`${file}.new`, formatManifest({ ...plain, records: 7 }))
  renameSync(`${file}.new`, file)
  const after = await records()
  assert.is(after[0], 7)
  assert.equal(after.slice(1), before.slice(1))
  const first = await manifests.facts(folder.path, 'kalshi', '2026-11-23')
  assert.is(await manifests.facts(folder.path, 'kalshi', '2026-11-23'), first)
  rmSync(join(folder.path, 'kalshi/2026-11-23'), { recursive: true })
  assert.is((await records()).length, before.length - 1)
})

async function rejects(
  asked: Promise<unknown>,
  code: string,
  message: RegExp,
  hint?: RegExp
): Promise<SsmdError> {
  try {
    await asked
  } catch (thrown) {
    assert.instance(thrown, SsmdError)
    const error = thrown as SsmdError
    assert.is(error.code, code, error.message)
    assert.match(error.message, message)
    if (hint !== undefined) assert.match(String(error.hint), hint)
    return error
  }
  throw new Error('was not refused')
}

test.run()
