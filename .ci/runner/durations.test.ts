// The order of test files, and what is kept for the next run.

import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { keptDurations, longestFirst } from './durations.ts'
import type { TestFile } from './files.ts'

const test = suite('durations')

const file = (path: string, limitMs = 120_000): TestFile => ({
  path,
  limitMs,
  alone: false,
  unknown: [],
  enclosed: false,
  joinsCluster: false,
})
const order = (files: readonly TestFile[], known: Record<string, number>) =>
  longestFirst(files, { of: (path) => known[path], record: () => {} }).map(({ path }) => path)

let folder = ''
test.before.each(() => {
  folder = mkdtempSync(join(tmpdir(), 'ssmd-durations-'))
})
test.after.each(() => rmSync(folder, { recursive: true }))

test('the longest is started first', () => {
  const files = [file('a'), file('b'), file('c')]
  assert.equal(order(files, { a: 10, b: 900, c: 50 }), ['b', 'c', 'a'])
})

test('a file that never ran may be long: it is started before those that are known', () => {
  const files = [file('a'), file('new'), file('new and slow', 300_000)]
  assert.equal(order(files, { a: 10 }), ['new and slow', 'new', 'a'])
  const none = longestFirst([file('a'), file('b', 300_000)], undefined)
  assert.equal(
    none.map(({ path }) => path),
    ['b', 'a']
  )
})

test('what took how long is there in the next run, and files that did not run keep theirs', () => {
  const path = join(folder, 'below', 'durations.json')
  const first = keptDurations(path)
  first.record('a', 10.4)
  first.record('b', 20)
  first.save()
  const second = keptDurations(path)
  assert.equal([second.of('a'), second.of('b'), second.of('c')], [10, 20, undefined])
  second.record('b', 30)
  second.save()
  const third = keptDurations(path)
  assert.equal([third.of('a'), third.of('b')], [10, 30])
  assert.equal(readdirSync(join(folder, 'below')), ['durations.json'])
})

test('a file that is torn, or not ours, is an order not known', () => {
  const path = join(folder, 'durations.json')
  for (const text of ['', '{"a": 1', 'null', '[]', '{"a": "long"}']) {
    writeFileSync(path, text)
    assert.is(keptDurations(path).of('a'), undefined, text)
  }
})

test.run()
