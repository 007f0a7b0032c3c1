import { suite } from 'uvu'
import * as assert from 'uvu/assert'
// @ts-expect-error a module of the page: page/tsconfig.json has its types
import { askFor, fileName, snippet } from './snippets.mjs'

const test = suite('lines to copy')
const OF = {
  feed: 'kraken',
  symbol: '; rm -rf "$HOME" `id` \'',
  from: '2026-11-30',
  to: '2026-12-01',
}

test('a symbol of any name can break out of neither a shell nor Python', () => {
  for (const what of ['records', 'trade', 'quote', 'bars']) {
    const { path, parameters } = askFor(what, OF)
    const urlOf = (format: string) =>
      `http://localhost:8080/${path}?${new URLSearchParams({ ...parameters, format })}`
    const name = fileName(what, OF)
    assert.match(name, /^[A-Za-z0-9][A-Za-z0-9._-]*$/)
    for (const tool of ['curl', 'python', 'duckdb']) {
      const text = snippet(tool, urlOf, { name, hasKey: false, what })
      assert.not.match(text, /rm -rf|`id`|\$HOME/, text)
      // Quotes in pairs alone: what stands between them is one word.
      for (const line of text.split('\n')) assert.is((line.match(/'/g) ?? []).length % 2, 0, line)
    }
  }
})

test('a key comes from the environment and is never printed', () => {
  for (const tool of ['curl', 'python', 'duckdb']) {
    const text = snippet(tool, () => 'http://localhost/', { name: 'x', hasKey: true, what: 'bars' })
    assert.match(text, /SSMD_API_KEY/)
  }
})

test.run()
