import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { testSeed } from '../testing/random.ts'
import { jsonKind } from './json-text.ts'

const test = suite('json text')
const seed = testSeed('json text')

const kindOf = (text: string): string | undefined => {
  const bytes = Buffer.from(`x${text}y`)
  return jsonKind(bytes, 1, bytes.length - 1)
}

function parsed(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'string') return 'string'
    if (typeof value !== 'object' || value === null) return 'other'
    return Array.isArray(value) ? 'array' : 'object'
  } catch {
    return undefined
  }
}

test('it takes what JSON.parse takes, and nothing else', () => {
  const edit = fc.record({ at: fc.nat(), remove: fc.nat(2), insert: fc.constantFrom(...PIECES) })
  fc.assert(
    fc.property(fc.json(), fc.array(edit, { maxLength: 2 }), (json, edits) => {
      let text = json
      for (const { at, remove, insert } of edits) {
        const i = at % (text.length + 1)
        text = text.slice(0, i) + insert + text.slice(i + remove)
      }
      // Half a pair is no UTF-8, and never comes here.
      assert.is(kindOf(text.toWellFormed()), parsed(text.toWellFormed()), JSON.stringify(text))
    }),
    { numRuns: process.env.SSMD_FAULTS === 'all' ? 5000 : 1500, seed }
  )
})

const PIECES = [
  ...'{}[],:"\\-+.eE019 \t\n\r\u0001\u00a0ué',
  'null',
  'true',
  'fals',
  '\\u00e9',
  '""',
  '"a":',
]

test('depth of a million and length of 64 MB cost no stack and no tree', () => {
  const deep = 1_000_000
  assert.is(kindOf('['.repeat(deep) + ']'.repeat(deep)), 'array')
  assert.is(kindOf(`${'{"a":['.repeat(deep)}1${']}'.repeat(deep)}`), 'object')
  assert.is(kindOf('['.repeat(deep)), undefined)
  const before = process.memoryUsage().heapUsed
  assert.is(jsonKind(Buffer.alloc(64_000_002, '['), 0, 64_000_000), undefined)
  const list = Buffer.concat([Buffer.from('['), Buffer.alloc(63_999_999, '[],'), Buffer.from('0]')])
  assert.is(jsonKind(list, 0, list.length), 'array')
  assert.ok(process.memoryUsage().heapUsed - before < 64_000_000)
})

test.run()
