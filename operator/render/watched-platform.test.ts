import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Platform } from './platform.ts'
import { watch } from './watched-platform.ts'

const test = suite('watched platform')

const PLATFORM: Platform = {
  image: 'ssmd:1',
  namespace: 'ssmd',
  date: '2026-11-24',
  simulatorUrl: (environment, feed) => `ws://${environment}-${feed}`,
  hostPath: (path) => `/host/${path}`,
  secretHash: () => 'one',
  variables: undefined,
}

test('it answers as the platform that it watches', () => {
  const { platform } = watch(PLATFORM)
  assert.is(platform.simulatorUrl('local', 'kalshi'), 'ws://local-kalshi')
  assert.is(platform.hostPath('data'), '/host/data')
  assert.is(platform.secretHash('key', ['id']), 'one')
  assert.is(platform.image, 'ssmd:1')
})

test('another platform answers as before until one of the answers that were asked for is another', () => {
  const { platform, answersAsBefore } = watch(PLATFORM)
  platform.secretHash('key', ['id'])
  assert.ok(answersAsBefore({ ...PLATFORM }))
  assert.ok(answersAsBefore({ ...PLATFORM, hostPath: () => 'was not asked for' }))
  assert.not(answersAsBefore({ ...PLATFORM, secretHash: () => 'two' }))
  for (const other of [
    { image: 'ssmd:2' },
    { namespace: 'other' },
    { date: '2026-11-25' },
    { variables: 'keys' },
  ]) {
    assert.not(answersAsBefore({ ...PLATFORM, ...other }), JSON.stringify(other))
  }
})

test.run()
