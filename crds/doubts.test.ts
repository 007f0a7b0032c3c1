import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { suite } from 'uvu'
import { WORDS_OF_PATTERN } from './expectations.ts'
import { parseResources } from './parse.ts'
import { describeProblem } from './problems.ts'
import { readPlain } from './yaml11.ts'

const test = suite('doubts')

const feed = (symbols: string, name = 'gold'): string => `apiVersion: ssmd.io/v1alpha1
kind: Feed
metadata: {name: ${name}}
spec:
  exchange: kalshi
  versions:
    - name: v2
      effectiveFrom: "2025-01-01"
      endpoint: wss://x.test/ws
  channels: [trade]
  symbols: {include: ${symbols}}
`
const problems = (text: string): string[] =>
  parseResources(text, 'f.yaml').problems.map(describeProblem)
const notes = (text: string): string[] => parseResources(text, 'f.yaml').notes.map(describeProblem)

for (const [written, theirs] of [
  ['NO', 'false'],
  ['on', 'true'],
  ['y', 'true'],
  ['Yes', 'true'],
  ['1_000', 'the number 1000'],
  ['0b11', 'the number 3'],
  ['-0x1F', 'the number -31'],
] as const) {
  test(`an unquoted ${written} is refused, and the hint quotes it as it is written (kubernetes/kubernetes#34146)`, () => {
    const said = problems(feed(`[A, ${written}]`)).join()
    assert.ok(said.startsWith('f.yaml:11:26: spec.symbols.include[1]: kubectl reads'), said)
    assert.ok(said.includes(`${written} as ${theirs}, by YAML 1.1`), said)
    assert.ok(said.includes(`write it as "${written}"`), said)
    assert.deepEqual(problems(feed(`[A, "${written}"]`)), [])
    assert.deepEqual(problems(feed(`[A, !!str ${written}]`)), [])
  })
}

test('a number where a text belongs is quoted as it is written: 1.10, not 1.1', () => {
  assert.match(
    problems(feed('[A, 1.10]')).join(),
    /found the number 1\.1 \(put it in quotes: "1\.10"\)/
  )
  assert.match(
    problems(feed('[A, 017]')).join(),
    /as the number 15, .* as the number 17 \(write it as "017"/
  )
  assert.match(problems(feed('[A]', '2025')).join(), /metadata\.name: .*in quotes: "2025"/)
})

test('names of fields, labels and resources are held to the same', () => {
  assert.match(
    problems(feed('[A]', 'on')).join(),
    /f\.yaml:3:18: metadata\.name: kubectl reads on as true/
  )
  assert.match(
    problems(feed('[A]', 'a, labels: {on: x}')).join(),
    /metadata\.labels\.on: kubectl takes the name on for true/
  )
  assert.match(
    problems(feed('[A]', 'a, labels: {a: off}')).join(),
    /metadata\.labels\.a: kubectl reads off as false/
  )
  assert.match(
    problems(feed('[A]', 'a, labels: {1.10: x}')).join(),
    /the name 1\.10 for the number 1\.1/
  )
  assert.match(problems(`${feed('[A]')}  on: true\n`).join(), /spec\.on: kubectl takes the name on/)
})

test('what only other tools read differently is a note', () => {
  const text = feed('[12:30:45, A]').replace('"2025-01-01"', '2025-01-01')
  assert.deepEqual(problems(text), [])
  assert.match(notes(text).join('\n'), /12:30:45 as a number to the base 60.*"12:30:45"/)
  assert.match(notes(text).join('\n'), /2025-01-01 as a time/)
  assert.equal(parseResources(text, 'f.yaml').feeds.length, 1)
})

const REFUSED: readonly (readonly [what: string, text: string, said: RegExp])[] = [
  ['a tag', feed('[!!binary aGk=]'), /include\[0\]: .*the tag !!binary/],
  ['a number without end', feed('[A]').replace('kalshi', '.inf'), /no resource can hold/],
  [
    'a merge key behind what it replaces',
    feed('[A]').replace('      endpoint', '      <<: &x {name: v3}\n      endpoint'),
    /takes name from the merge key/,
  ],
  ['an escape of YAML 1.2', feed('["a\\/b"]'), /the escape/],
  [
    'a text on the line of ---',
    `--- {a: b}\n${feed('[A]')}`,
    /f\.yaml:1:1: expected nothing behind ---/,
  ],
  [
    'what stands behind ...',
    `${feed('[A]')}...\n${feed('[A]', 'b')}`,
    /f\.yaml:13:1: kubectl passes over/,
  ],
  ['a directive', `%YAML 1.2\n---\n${feed('[A]')}`, /f\.yaml:1:1: found a directive/],
  ['a line separator', feed('["A\u2028B"]'), /f\.yaml:11:25: .*U\+2028/],
  ['a carriage return alone', feed('[A]').replace('\n', '\r'), /U\+000D/],
  [
    'a byte order mark between documents',
    `${feed('[A]')}---\n\ufeff${feed('[A]', 'b')}`,
    /f\.yaml:13:1: .*byte order mark/,
  ],
  ['a key that is nothing', feed('[A]', 'a, labels: {~: x}'), /expected the name of a field/],
  [
    'a quote that is not closed',
    feed("['A']").replace('exchange: kalshi', "exchange: '''"),
    /a quote is not closed/,
  ],
]
for (const [what, text, said] of REFUSED) {
  test(`${what} is refused with its place`, () => {
    assert.match(problems(text).join('\n'), said)
  })
}

test('CRLF, a byte order mark at the start and comments change nothing', () => {
  assert.deepEqual(
    problems(`\ufeff# c\n---\n# d\n---\n${feed('[A]')}...\n# e\n`.replaceAll('\n', '\r\n')),
    []
  )
})

test('a generator that writes a thousand doubts gets a hundred problems', () => {
  assert.equal(problems(feed(`[${Array(1000).fill('NO').join()}]`)).length, 100)
})

test('a text of a megabyte is read without recursion', () => {
  for (const piece of ['1:', '1_', '1', '.1', '-', '0x', 'a?']) {
    assert.ok(problems(feed(`[${piece.repeat(1_000_000 / piece.length)}]`)).length < 3)
  }
  assert.equal(readPlain('1'.repeat(1_000_000)), '1'.repeat(1_000_000))
})

test('no pattern of the CRDs overflows on a megabyte', () => {
  for (const pattern of Object.keys(WORDS_OF_PATTERN)) {
    for (const piece of ['a', '1', 'a.', 'a-', '/a']) {
      const text = piece.repeat(500_000)
      for (const end of ['', 'a', '!']) new RegExp(pattern, 'u').test(text + end)
    }
  }
})

const indented = (text: string): string =>
  text.replaceAll(/^(?=.)/gm, '    ').replace('    ', '  - ')

test('each item of a List is read where it stands', () => {
  const list = `apiVersion: v1\nkind: List\nitems:\n${indented(feed('[A]', 'a'))}${indented(feed('[NO]', 'b'))}`
  const { feeds } = parseResources(list, 'f.yaml')
  assert.deepEqual(
    feeds.map(({ resource }) => resource.metadata.name),
    ['a']
  )
  assert.equal(feeds[0]?.line, 4)
  assert.deepEqual(feeds[0]?.fieldAt('spec.exchange'), { line: 8, column: 17 })
  assert.match(
    problems(list).join(),
    /^f\.yaml:25:27: items\[1\]\.spec\.symbols\.include\[0\]: kubectl reads NO as false/
  )
})

test('a FeedList gives its items their kind, as kubectl does', () => {
  const bare = feed('[A]').split('\n').slice(2).join('\n')
  const list = `apiVersion: ssmd.io/v1alpha1\nkind: FeedList\nitems:\n${indented(bare)}`
  assert.deepEqual(problems(list), [])
  assert.equal(parseResources(list, 'f.yaml').feeds.length, 1)
})

test('a List without items, an item that is none, and a list in a list are refused', () => {
  const list = 'apiVersion: v1\nkind: List\n'
  assert.match(
    problems(list).join(),
    /^f\.yaml:1:1: items: expected a list of resources, found nothing/
  )
  assert.match(problems(`${list}items: [x]\n`).join(), /items\[0\]: expected a resource/)
  assert.match(problems(`${list}items: [{kind: List, items: []}]\n`).join(), /a list inside a list/)
  assert.match(
    problems(`${list}items: [{kind: Feed}]\n`).join('\n'),
    /items\[0\]\.apiVersion: .*required/
  )
})

test('what ssmd does not read is named in one note a file', () => {
  const map = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: on}\n'
  const far = 'apiVersion: velero.io/v1\nkind: Archive\n'
  assert.deepEqual(problems(`${map}---\n${far}---\n${map}`), [])
  assert.deepEqual(notes(`${map}---\n${far}---\n${map}`), [
    'f.yaml:1:1: passed over 3 resources that ssmd does not read: ConfigMap and Archive',
  ])
  assert.match(
    problems(feed('[A]').replace('v1alpha1', 'v1beta1')).join(),
    /expected ssmd\.io\/v1alpha1/
  )
})

test('a document that has its apiVersion from the one before is told what kubectl needs', () => {
  const text = `${feed('[A]')}---\n${feed('[A]', 'b').split('\n').slice(1).join('\n')}`
  assert.deepEqual(problems(text), [])
  assert.match(
    notes(text).join(),
    /f\.yaml:13:1: apiVersion: kubectl needs the apiVersion in each document/
  )
})

test('JSON is read as kubectl reads it: tabs, escapes and all', async () => {
  const { parse } = await import('yaml')
  const json = JSON.stringify(parse(feed('["a\\\\b"]')), null, '\t').replaceAll('/', '\\/')
  assert.deepEqual(problems(json), [])
  assert.deepEqual(notes(json), [])
})

test('the resources that come with ssmd raise no doubt', async () => {
  const shipped = await readFile(new URL('../exchanges/feeds/kalshi.yaml', import.meta.url), 'utf8')
  assert.deepEqual([...problems(shipped), ...notes(shipped)], [])
})

test.run()
