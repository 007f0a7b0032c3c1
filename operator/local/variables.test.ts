import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { passedVariables } from './variables.ts'

const test = suite('variables')

const ENV = {
  PATH: '/bin',
  HOME: '/h',
  LC_ALL: 'C',
  NODE_OPTIONS: '--trace-warnings',
  NODE_EXTRA_CA_CERTS: '/ca.pem',
  NODE_AUTH_TOKEN: 'npm',
  SSMD_LOG_LEVEL: 'debug',
  SSMD_KALSHI_KEY: 'k',
  HTTPS_PROXY: 'http://me:secret@proxy',
  https_proxy: 'http://me:secret@proxy',
  KALSHI_API_KEY: 'k',
  AWS_SECRET: 's',
  DATABASE_URL: 'postgres://me:secret@db',
}
const SYSTEM = ['PATH', 'HOME', 'LC_ALL']
const NODE = [...SYSTEM, 'NODE_OPTIONS', 'NODE_EXTRA_CA_CERTS', 'SSMD_LOG_LEVEL']

for (const [program, names] of [
  ['guard', ['PATH']],
  ['nats-server', SYSTEM],
  ['simulator', NODE],
  ['archiver', NODE],
  ['connector', [...NODE, 'HTTPS_PROXY', 'https_proxy']],
] as const) {
  test(`${program} sees ${names.join(', ')}, and no secret of another`, () => {
    const passed = Object.entries(passedVariables(ENV, program)).filter(([name]) => name in ENV)
    assert.equal(
      passed,
      Object.entries(ENV).filter(([name]) => names.some((one) => one === name))
    )
  })
}

test('nats-server runs Go code on one thread, unless the person says otherwise', () => {
  assert.is(passedVariables(ENV, 'nats-server').GOMAXPROCS, '1')
  assert.is(passedVariables({ ...ENV, GOMAXPROCS: '4' }, 'nats-server').GOMAXPROCS, '4')
  for (const program of ['guard', 'simulator', 'archiver', 'connector'] as const) {
    const names = Object.keys(passedVariables({ ...ENV, GOMAXPROCS: '4' }, program))
    assert.not.ok(names.includes('GOMAXPROCS'), program)
    const added = Object.keys(passedVariables(ENV, program)).filter((name) => !(name in ENV))
    assert.equal(added, [], 'nothing is added for the others')
  }
})

test.run()
