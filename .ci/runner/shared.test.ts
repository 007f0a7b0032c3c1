import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { lazilyShared } from './shared.ts'

const test = suite('shared by test files')

function server(fails = false) {
  const log: string[] = []
  const start = async () => {
    log.push('start')
    if (fails) throw new Error('no etcd here')
    return { env: { WHERE: 'here' }, stop: async () => void log.push('stop') }
  }
  return { log, start }
}
const silent = () => {}

test('starts for the first file that asks, once for all, and ends after the last', async () => {
  const { log, start } = server()
  const shared = lazilyShared(start, 2, silent)
  assert.equal(log, [])
  assert.equal(await Promise.all([shared.env(), shared.env()]), [
    { WHERE: 'here' },
    { WHERE: 'here' },
  ])
  await shared.leave()
  assert.equal(log, ['start'])
  await shared.leave()
  await shared.stop()
  assert.equal(log, ['start', 'stop'])
})

test('one file alone starts its own', async () => {
  const { log, start } = server()
  assert.equal(await lazilyShared(start, 1, silent).env(), {})
  assert.equal(log, [])
})

test('an interrupted run ends it although files are left', async () => {
  const { log, start } = server()
  const shared = lazilyShared(start, 5, silent)
  await shared.env()
  await shared.stop()
  assert.equal(log, ['start', 'stop'])
})

test('if it cannot start, that is said once, and each file starts its own', async () => {
  const { log, start } = server(true)
  const lines: string[] = []
  const shared = lazilyShared(start, 2, (line) => lines.push(line))
  assert.equal([await shared.env(), await shared.env()], [{}, {}])
  await shared.stop()
  assert.equal(log, ['start'])
  assert.is(lines.length, 1)
  assert.match(lines[0] ?? '', 'no etcd here')
})

test.run()
