import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { queryProgress } from './commands/query-progress.ts'

const test = suite('query progress')

test('progress is shown at a terminal after two seconds, no wider than it, and is gone at the end', () => {
  for (const isTTY of [true, false]) {
    const said: string[] = []
    let now = 0
    const stream = {
      isTTY,
      columns: 20,
      write: (text: unknown) => said.push(String(text)) > 0,
    }
    const progress = queryProgress(stream, () => now)
    for (now = 0; now < 5000; now += 50) progress.show(`${now} of 5000 and much more`)
    progress.end()
    progress.end()
    if (!isTTY) {
      assert.equal(said, [])
      continue
    }
    assert.is(said[0], '\r2000 of 5000 and mu\u001b[K')
    assert.ok(said.length > 10 && said.length < 20)
    assert.is(said.at(-1), '\r\u001b[K')
  }
})

test.run()
