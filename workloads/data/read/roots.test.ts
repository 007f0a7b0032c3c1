import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { feedLabel, placeOf, readRoots } from './roots.ts'

const test = suite('roots')

test('a root is a folder, or a name and a folder; a folder with an equals sign is a folder', () => {
  assert.equal(readRoots(['data']), [{ path: 'data', name: '' }])
  assert.equal(readRoots(['live=data/live']), [{ path: 'data/live', name: 'live' }])
  assert.equal(readRoots(['/mnt/a=b']), [{ path: '/mnt/a=b', name: '' }])
})

test('a name that no feed could have, no folder, and a folder or a name given twice are refused', () => {
  for (const [paths, words] of [
    [['Live=data'], /is no name/],
    [['=data'], /is no name/],
    [['live='], /names no folder/],
    [['data', './data'], /given twice/],
    [['a=data', 'a=other'], /two folders are named a/],
  ] as const) {
    assert.throws(() => readRoots(paths), words)
  }
})

test('a feed of a named root goes by both names', () => {
  const [root] = readRoots(['live=data/live'])
  assert.is(feedLabel(root!, 'kraken'), 'live.kraken')
  assert.is(placeOf(root!, 'live.kraken').feed, 'kraken')
})

test.run()
