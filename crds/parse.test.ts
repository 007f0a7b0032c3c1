import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { suite } from 'uvu'
import { stringify } from 'yaml'
import { EXCHANGES } from './exchanges.gen.ts'
import { allOf } from './located.ts'
import { parseResources } from './parse.ts'
import { describeProblem } from './problems.ts'
import { LEAST } from './testdata/least.ts'

const test = suite('parse')

const DESIGN = await readFile(
  fileURLToPath(new URL('testdata/design.yaml', import.meta.url)),
  'utf8'
)

const FEED = `apiVersion: ssmd.io/v1alpha1
kind: Feed
metadata: {name: kalshi}
spec:
  exchange: kalshi
  versions:
    - name: v2
      effectiveFrom: "2025-01-01"
      endpoint: wss://x.test/ws
  channels: [trade]
`

const lines = (text: string): string[] =>
  parseResources(text, 'f.yaml').problems.map(describeProblem)

test('the resources of the design validate as they are written there', () => {
  const found = parseResources(DESIGN, 'design.yaml')
  const { feeds, environments, problems } = found
  assert.deepEqual(problems, [])
  assert.deepEqual(
    allOf(found).map(({ resource }) => `${resource.kind} ${resource.metadata.name}`),
    ['Feed kalshi', 'Environment local', 'Archive kalshi-local', 'Signal wide-spread']
  )
  assert.equal(environments[0]?.resource.apiVersion, 'ssmd.io/v1alpha1')
  assert.equal(feeds[0]?.resource.spec.versions[0]?.authMethod, 'apiKey')
})

test('a field is found where it stands, a missing one at its nearest parent', () => {
  const feed = parseResources(FEED, 'f.yaml').feeds[0]
  assert.deepEqual(feed?.fieldAt('spec.versions[0].endpoint'), { line: 9, column: 17 })
  assert.deepEqual(feed?.fieldAt('spec.versions[0].restEndpoint'), { line: 7, column: 7 })
  assert.deepEqual(feed?.fieldAt('spec.state'), { line: 5, column: 3 })
  assert.deepEqual(feed?.fieldAt('nonsense[7]'), { line: 1, column: 1 })
})

// What a person gets to read. `FEED` with one line changed, or a text of its own.
const WRONG: readonly (readonly [what: string, text: string, said: string])[] = [
  [
    'an unknown exchange',
    FEED.replace('exchange: kalshi', 'exchange: kalshy'),
    `f.yaml:5:13: spec.exchange: expected one of ${Object.keys(EXCHANGES).join(', ')}, found "kalshy" (did you mean kalshi?)`,
  ],
  [
    'a field with a slip',
    FEED.replace('endpoint:', 'enpoint:'),
    'f.yaml:9:7: spec.versions[0].enpoint: there is no such field in spec.versions[] (did you mean endpoint?)',
  ],
  [
    'a field as the original writes it',
    FEED.replace('effectiveFrom:', 'effective_from:'),
    'f.yaml:8:7: spec.versions[0].effective_from: there is no such field in spec.versions[] (did you mean effectiveFrom?)',
  ],
  [
    'a field that has another name than in the original',
    FEED.replace('- name: v2', '- name: v2\n      version: v2'),
    'f.yaml:8:7: spec.versions[0].version: there is no such field in spec.versions[] (it is called name here)',
  ],
  [
    'a field in the wrong place',
    FEED.replace('  channels:', '  restEndpoint: https://x.test\n  channels:'),
    'f.yaml:10:3: spec.restEndpoint: there is no such field in spec (it belongs to spec.versions[])',
  ],
  [
    'a day that does not exist',
    FEED.replace('2025-01-01', '2025-02-30'),
    'f.yaml:8:22: spec.versions[0].effectiveFrom: expected a day that exists, as YYYY-MM-DD, found "2025-02-30"',
  ],
  [
    'an address of another kind',
    FEED.replace('wss:', 'https:'),
    'f.yaml:9:17: spec.versions[0].endpoint: expected an address that begins with wss://, ws:// or synthetic://, found "https://x.test/ws"',
  ],
  [
    'a text for a list',
    FEED.replace('[trade]', 'trade'),
    'f.yaml:10:13: spec.channels: expected a list, found "trade" (write a list: [trade])',
  ],
  [
    'a number for a text',
    FEED.replace('name: v2', 'name: 2'),
    'f.yaml:7:13: spec.versions[0].name: expected a text, found the number 2 (put it in quotes: "2")',
  ],
  [
    'a value left out',
    FEED.replace('exchange: kalshi', 'exchange:'),
    'f.yaml:5:12: spec.exchange: expected a text, found nothing (write a value, or remove the line)',
  ],
  [
    'a required field left out',
    FEED.replace(/ {6}effectiveFrom.*\n/, ''),
    'f.yaml:7:7: spec.versions[0].effectiveFrom: expected a value, found none: the field is required (First UTC day on which the version is in force, as `YYYY-MM-DD`)',
  ],
  [
    'an unknown kind',
    FEED.replace('kind: Feed', 'kind: Fed'),
    'f.yaml:2:7: kind: expected Feed, Environment, Archive or Signal, found "Fed" (did you mean Feed?)',
  ],
  [
    'no kind',
    'name: kalshi\n',
    'f.yaml:1:1: kind: expected Feed, Environment, Archive or Signal, found none (begin with apiVersion: ssmd.io/v1alpha1 and kind: Feed)',
  ],
  [
    'another version of the group',
    FEED.replace('v1alpha1', 'v1'),
    'f.yaml:1:13: apiVersion: expected ssmd.io/v1alpha1, found "ssmd.io/v1"',
  ],
  [
    'a text that is no resource',
    'hello\n',
    'f.yaml:1:1: expected a resource with apiVersion, kind, metadata and spec, found "hello"',
  ],
  [
    'a key that stands twice',
    FEED.replace('  channels:', '  exchange: kalshi\n  channels:'),
    'f.yaml:10:3: the key "exchange" stands twice in the same map, first in line 5 (remove one of the two)',
  ],
  [
    'a colon left out',
    FEED.replace('exchange: kalshi', 'exchange kalshi'),
    'f.yaml:5:3: not YAML: a line that is neither a field nor part of one, in the line "exchange kalshi" (write key: value, with a colon and a space)',
  ],
  [
    'a tab',
    FEED.replace('  exchange', '\texchange'),
    'f.yaml:5:1: not YAML: a tab in the indentation, in the line "exchange: kalshi" (indent with spaces)',
  ],
  [
    'a quote that is not closed',
    'kind: "Feed\n',
    'f.yaml:1:12: not YAML: a quote that is not closed, in the line "kind: \\"Feed" (close it, or remove it)',
  ],
  [
    'bytes that are no text',
    'kind: Feed\n\u0000\u0001',
    'f.yaml:2:1: expected a text in UTF-8, found bytes that are none (is this a YAML file?)',
  ],
  [
    'an anchor that contains itself',
    'a: &a [*a]\n',
    'f.yaml:1:1: an anchor contains itself (write the values out)',
  ],
]

for (const [what, text, said] of WRONG) {
  test(`says what is wrong with ${what}`, () => {
    assert.equal(lines(text)[0], said)
  })
}

test('a file with a broken document still gives its others', () => {
  const { feeds, problems } = parseResources(`${FEED}---\nkind: Archive\n---\na: [b\n`, 'f.yaml')
  assert.equal(feeds.length, 1)
  assert.deepEqual(problems.map(({ code }) => code).sort(), [
    'SSMD_E_RESOURCE_INVALID',
    'SSMD_E_RESOURCE_INVALID',
    'SSMD_E_RESOURCE_SYNTAX',
  ])
})

test('a name that is taken is a problem of the later resource, and the first stays', () => {
  const { feeds, problems } = parseResources(`${FEED}---\n${FEED}`, 'f.yaml')
  assert.equal(feeds.length, 1)
  assert.equal(feeds[0]?.line, 1)
  assert.equal(
    problems.map(describeProblem).join(),
    'f.yaml:14:18: metadata.name: expected each name once, found Feed kalshi again, first in f.yaml:1 (rename one of the two, or remove it)'
  )
})

test('a kustomization in a folder of resources is expected: no note of it', () => {
  const text = 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n'
  assert.deepEqual(parseResources(text, 'f.yaml').notes, [])
})

test('resources of other tools are left alone, and a slip in our group is not', () => {
  assert.deepEqual(lines('apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n'), [])
  assert.deepEqual(lines('apiVersion: v1\nkind: ConfigMap\n'), [])
  assert.equal(lines('apiVersion: smd.io/v1alpha1\nkind: Fed\n').length, 1)
})

test('keys and passwords that stand where they should not are never repeated', () => {
  const pem = '-----BEGIN PRIVATE KEY-----MIIEvQIBADANBgkqhkiG9w0BAQEFAASC'
  const environment = stringify({
    ...LEAST.Environment,
    spec: {
      feeds: ['kalshi'],
      transport: { url: 'http://user:hunter2@x.test' },
      keys: {
        kalshi: {
          type: 'apiKey',
          fields: ['k', 's'],
          source: { env: { k: pem, s: 's3cret-and-no-variable' } },
        },
      },
    },
  })
  const said = lines(environment).join('\n')
  assert.equal(lines(environment).length, 3)
  assert.ok(!/MIIE|hunter2|s3cret/.test(said), said)
  assert.ok(!lines(`key: "${pem}\n`).join('').includes('MIIE'))
})

test('size, number of documents, depth and anchors are bounded', () => {
  assert.match(lines(`# ${'x'.repeat(1_100_000)}`).join(), /expected at most 1048576 bytes/)
  assert.match(lines('---\n'.repeat(1200)).join(), /expected at most 1000 documents/)
  assert.match(lines(`a: ${'['.repeat(5000)}${']'.repeat(5000)}`).join(), /nested too deeply/)
  const bomb = Array.from({ length: 12 }, (_, i) =>
    i === 0
      ? 'a0: &a0 [x, x, x]'
      : `a${i}: &a${i} [${Array(9)
          .fill(`*a${i - 1}`)
          .join(', ')}]`
  )
  assert.match(lines(bomb.join('\n')).join(), /uses of anchors/)
})

test('anchors and merge keys within their bounds are read as kubectl reads them', () => {
  const text = FEED.replace(
    '      endpoint: wss://x.test/ws\n',
    '      <<: &at {endpoint: wss://x.test/ws}\n    - <<: *at\n      name: v3\n      effectiveFrom: "2026-01-01"\n'
  )
  const { feeds, problems } = parseResources(text, 'f.yaml')
  assert.deepEqual(problems, [])
  assert.equal(feeds[0]?.resource.spec.versions[1]?.endpoint, 'wss://x.test/ws')
})

// Pieces that break YAML in the ways in which people, editors and merges break it.
const PIECES = [
  '\t',
  ' ',
  '  ',
  '\n',
  '\r\n',
  ':',
  ': ',
  '- ',
  '[',
  ']',
  '{',
  '}',
  '"',
  "'",
  '#',
  ' #',
  '&a ',
  '*a',
  '!!x ',
  '|',
  '>',
  '%',
  '@',
  '`',
  '---\n',
  '...\n',
  '<<<<<<< HEAD\n',
  '=======\n',
  'null',
  '~',
  '?',
  '? ',
  ',',
  '<<: ',
  '\ufeff',
  '\u2028',
  '\0',
  'é',
  '😀',
] as const

test('however a file is broken, parsing never throws, and every problem points into the file', () => {
  const edit = fc.record({
    at: fc.nat(),
    remove: fc.nat(12),
    insert: fc.oneof(fc.constantFrom(...PIECES), fc.string({ maxLength: 4 })),
  })
  fc.assert(
    fc.property(fc.array(edit, { minLength: 1, maxLength: 4 }), (edits) => {
      let text = DESIGN
      for (const { at, remove, insert } of edits) {
        const i = at % (text.length + 1)
        text = text.slice(0, i) + insert + text.slice(i + remove)
      }
      const rows = text.split(/\r?\n/)
      for (const problem of parseResources(text, 'f.yaml').problems) {
        const row = rows[problem.line - 1]
        assert.ok(row !== undefined, `line ${problem.line} of ${rows.length}`)
        assert.ok(problem.column >= 1 && problem.column <= row.length + 2, describeProblem(problem))
        assert.ok(!describeProblem(problem).includes('\n'), 'a problem is one line')
      }
    }),
    { numRuns: 400 }
  )
})

test('what was parsed, written out again and parsed again is the same', () => {
  const first = parseResources(DESIGN, 'f.yaml')
  const all = allOf(first).map((l) => l.resource)
  const second = parseResources(all.map((resource) => stringify(resource)).join('---\n'), 'f.yaml')
  assert.deepEqual(second.problems, [])
  assert.deepEqual(
    allOf(second).map((l) => l.resource),
    all
  )
})

test.run()
