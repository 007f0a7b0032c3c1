import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { SsmdError } from '#crds/errors.ts'
import { toFailure } from './websocket.ts'

const test = suite('websocket')

test('an error of our own keeps its hint; a key that cannot be used counts as refused', () => {
  const failure = toFailure(new SsmdError('SSMD_E_CREDENTIALS', 'no key', { hint: 'make one' }))
  assert.equal([failure.kind, failure.hint], ['unauthorized', 'make one'])
  assert.is(toFailure(new SsmdError('SSMD_E_RESOURCE_INVALID', 'x')).kind, 'refused')
  const refused = Object.assign(new TypeError('Invalid character'), { code: 'ERR_INVALID_CHAR' })
  assert.is(toFailure(refused).kind, 'refused', 'a header that Node does not send is no network')
  assert.is(toFailure(new Error('x', { cause: new Error('ECONNREFUSED') })).message, 'ECONNREFUSED')
})

test.run()
