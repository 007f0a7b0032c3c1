import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { proofText } from './proof-text.ts'

const test = suite('proof-text')

for (const [proof, text] of [
  [{}, ''],
  [{ ticker: 'nothing', trade: 'frames', book: 'frames' }, 'frames: book, trade; nothing: ticker'],
  [{ a: 'later', b: 'nothing', c: 'book' }, 'book: c; nothing: b; later: a'],
] as const) {
  test(`${JSON.stringify(proof)} reads ${JSON.stringify(text)}`, () => {
    assert.is(proofText(proof), text)
  })
}

test.run()
