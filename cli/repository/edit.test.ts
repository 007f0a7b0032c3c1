import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { parse } from 'yaml'
import { editYaml, type YamlPath } from './edit.ts'

const test = suite('edits in place')

const FEED = `# What we capture.
apiVersion: ssmd.io/v1alpha1
kind: Feed
metadata:
  name: kalshi   # the exchange's own name
spec:
  exchange: kalshi

  versions:
    # The one in force.
    - name: v1
      effectiveFrom: "2025-12-22" # a Monday
      endpoint: wss://example.test/ws
  channels: [trade, ticker]
  symbols:
  # The end.
`

const set = (path: YamlPath, value: unknown, text = FEED) => editYaml(text, [{ path, value }])

test('a value is replaced where it stands; its comment, quotes and neighbours stay', () => {
  assert.is(
    set(['spec', 'versions', 0, 'effectiveFrom'], '2026-01-05'),
    FEED.replace('"2025-12-22"', '"2026-01-05"')
  )
  assert.is(set(['metadata', 'name'], 'k2'), FEED.replace('name: kalshi', 'name: k2'))
})

test('a key is added behind the last one of its map, with its indentation', () => {
  assert.is(
    set(['spec', 'versions', 0, 'authMethod'], 'none'),
    FEED.replace('example.test/ws\n', 'example.test/ws\n      authMethod: none\n')
  )
  assert.is(
    set(['metadata', 'annotations', 'ssmd.io/rollout'], 'now'),
    FEED.replace(
      "exchange's own name\n",
      "exchange's own name\n  annotations:\n    ssmd.io/rollout: now\n"
    )
  )
})

test('an item is appended to a block list and to a flow list', () => {
  const version = { name: 'v2', effectiveFrom: '2026-02-01' }
  assert.is(
    set(['spec', 'versions', 1], version),
    FEED.replace(
      'example.test/ws\n',
      'example.test/ws\n    - name: v2\n      effectiveFrom: "2026-02-01"\n'
    )
  )
  assert.is(set(['spec', 'channels', 2], 'book'), FEED.replace('ticker]', 'ticker, book]'))
})

test('a key without a value becomes a map', () => {
  assert.is(
    set(['spec', 'symbols', 'include'], ['A', 'B']),
    FEED.replace('  symbols:\n', '  symbols:\n    include:\n      - A\n      - B\n')
  )
})

test('an entry is removed with its line; the last of a list leaves an empty list', () => {
  assert.is(set(['spec', 'channels', 0], undefined), FEED.replace('trade, ', ''))
  assert.is(set(['spec', 'channels', 1], undefined), FEED.replace(', ticker', ''))
  assert.is(
    set(['spec', 'versions', 0, 'endpoint'], undefined),
    FEED.replace('      endpoint: wss://example.test/ws\n', '')
  )
  assert.is(set(['spec', 'exchange'], undefined), FEED.replace('  exchange: kalshi\n', ''))
  assert.equal(parse(set(['spec', 'versions', 0], undefined)).spec.versions, [])
  const first = set(['spec', 'versions', 0, 'name'], undefined)
  assert.ok(first.includes('    - effectiveFrom: "2025-12-22" # a Monday\n'), first)
})

test('only what differs of a whole list or map is changed', () => {
  const versions = [
    { name: 'v1', effectiveFrom: '2025-12-22', endpoint: 'wss://other.test/ws' },
    { name: 'v2', effectiveFrom: '2026-02-01', endpoint: 'wss://third.test/ws' },
  ]
  const text = set(['spec', 'versions'], versions)
  assert.equal(parse(text).spec.versions, versions)
  assert.ok(text.includes('# a Monday'))
  assert.ok(text.includes('# The one in force.'))
})

test('words that YAML 1.1 reads otherwise are quoted', () => {
  for (const word of ['no', 'on', 'y', '1_000', '2026-01-01', '0x10', '1:30', 'null', '~', '']) {
    const text = set(['metadata', 'name'], word)
    assert.match(text, /name: (".*"|'.*') {3}#/, word)
    assert.is(parse(text, { version: '1.1' }).metadata.name, word)
  }
})

test('line endings stay as the file has them', () => {
  const text = FEED.replaceAll('\n', '\r\n')
  const edited = set(['spec', 'versions', 1], { name: 'v2' }, text)
  assert.is(edited.replaceAll('\r\n', '').includes('\n'), false)
  assert.ok(edited.includes('- name: v2\r\n'))
})

test('the document that is meant is edited, and no other of the file', () => {
  const text = `kind: A\nx: 1\n---\nkind: B\nx: 1 # two\n`
  const isB = (value: unknown) => (value as { kind: string }).kind === 'B'
  const edited = editYaml(text, [{ path: ['x'], value: 2 }], isB)
  assert.is(edited, 'kind: A\nx: 1\n---\nkind: B\nx: 2 # two\n')
})

test('what is reached through an alias is not changed in place', () => {
  const text = 'a: &one\n  x: 1\nb: *one\n'
  assert.throws(
    () => editYaml(text, [{ path: ['b', 'x'], value: 2 }]),
    (thrown: Error) => thrown.message.includes('b.x cannot be changed in place')
  )
})

test('a block of text is replaced whole, and what comes behind it stays', () => {
  const text = 'a: |\n  one\n  two\nb: 1\n'
  assert.is(editYaml(text, [{ path: ['a'], value: 'three' }]), 'a: three\nb: 1\n')
  assert.is(
    editYaml(text, [{ path: ['c'], value: 'x\ny\n' }]),
    'a: |\n  one\n  two\nb: 1\nc: |\n  x\n  y\n'
  )
})

/** A file as people write them: comments everywhere, any indentation, blank lines. */
function written(value: unknown, shape: { comments: readonly boolean[]; indent: number }): string {
  let next = 0
  let named = 0
  const flip = () => shape.comments[next++ % shape.comments.length] ?? false
  const note = (pad: string) => (flip() ? `${pad}# note ${named++}\n` : '')
  const tail = () => (flip() ? ` # note ${named++}` : '')
  const lines = (part: unknown, pad: string): string => {
    if (Array.isArray(part)) {
      return part
        .map((item) =>
          typeof item === 'object' && item !== null
            ? `${note(pad)}${pad}- ${lines(item, `${pad}  `).trimStart()}`
            : `${note(pad)}${pad}- ${JSON.stringify(item)}${tail()}\n`
        )
        .join('')
    }
    return Object.entries(part as Record<string, unknown>)
      .map(([key, inner], i) => {
        const head = i === 0 && pad !== '' ? '' : note(pad)
        const isEmpty =
          typeof inner === 'object' && inner !== null && Object.keys(inner).length === 0
        if (isEmpty) return `${head}${pad}${key}: ${Array.isArray(inner) ? '[]' : '{}'}${tail()}\n`
        if (typeof inner === 'object' && inner !== null)
          return `${head}${pad}${key}:${tail()}\n${lines(inner, pad + ' '.repeat(shape.indent))}`
        return `${head}${pad}${key}: ${JSON.stringify(inner)}${tail()}\n${flip() ? '\n' : ''}`
      })
      .join('')
  }
  return lines(value, '')
}

const leaf = fc.oneof(
  fc.constantFrom('a', 'no', '1_000', '2026-01-01', 'x: y', '# no note', "it's", 'two\nlines', ''),
  fc.integer({ min: -5, max: 5 }),
  fc.boolean()
)
const { map } = fc.letrec((tie) => ({
  map: fc.dictionary(fc.constantFrom('a', 'b', 'name', 'spec', 'x-y'), tie('any'), {
    minKeys: 1,
    maxKeys: 4,
    noNullPrototype: true,
  }),
  any: fc.oneof({ maxDepth: 3 }, leaf, tie('map'), fc.array(tie('item'), { maxLength: 3 })),
  item: fc.oneof({ maxDepth: 3 }, leaf, tie('map')),
}))

const inside = (one: unknown, key: string | number): unknown =>
  (one as Record<string | number, unknown> | undefined)?.[key]

/** Every place of a value, with those where something could be added. */
function placesIn(value: unknown, at: YamlPath = []): YamlPath[] {
  if (Array.isArray(value)) {
    return [...value.flatMap((item, i) => placesIn(item, [...at, i])), [...at, value.length]]
  }
  if (typeof value !== 'object' || value === null) return [at]
  const inner = Object.entries(value).flatMap(([key, one]) => placesIn(one, [...at, key]))
  return [...(at.length > 0 ? [at] : []), ...inner, [...at, 'added']]
}

test('after any edit of 400 generated files the value is the wanted one, and every comment that stood outside of it is kept', () => {
  fc.assert(
    fc.property(
      map,
      fc.array(fc.boolean(), { minLength: 7, maxLength: 23 }),
      fc.integer({ min: 2, max: 4 }),
      fc.nat(),
      fc.oneof(leaf, fc.constant(undefined), map),
      (value, comments, indent, pick, next) => {
        const text = written(value, { comments, indent })
        assert.equal(parse(text), value, text)
        const places = placesIn(value)
        const path = places[pick % places.length]!
        const last = path.at(-1)
        // Removing what is missing changes nothing.
        const edited = editYaml(text, [{ path, value: next }])
        const expected = structuredClone(value) as Record<string, unknown>
        const parent = path.slice(0, -1).reduce(inside, expected) as Record<
          string | number,
          unknown
        >
        if (next !== undefined) parent[last!] = next
        else if (Array.isArray(parent)) parent.splice(Number(last), 1)
        else delete parent[last!]
        assert.equal(parse(edited), expected, `${text}\n${path.join('.')}\n${edited}`)
        const before = path.reduce(inside, value)
        const isWhole = typeof before === 'object' && before !== null
        if (isWhole) return
        // One of the line itself goes with a removed line.
        const lost = [...text.matchAll(/# note (\d+)/g)].filter(
          ([note]) => !new RegExp(`${note}(?!\\d)`).test(edited)
        )
        assert.ok(
          lost.length <= (next === undefined ? 1 : 0),
          `${text}\n${path.join('.')}\n${edited}`
        )
      }
    ),
    { numRuns: 400 }
  )
})

test.run()
