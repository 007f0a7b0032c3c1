import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { blankCode, checkComments, checkEnglish, checkLiterals, DENIED, readBy } from './english.ts'

const test = suite('english')

const EXAMPLES: readonly (readonly [text: string, instead: RegExp])[] = [
  ['Whoever reads it', /name the reader/],
  ['it needs somebody', /"you"/],
  ['nobody listens', /"no client"/],
  ['capture goes on', /"continue"/],
  ['published at once', /"immediately"/],
  ['it starts by itself', /"automatically"/],
  ['the stream is not there', /"is missing"/],
  ['enforced as it stands', /"unchanged"/],
  ['a cluster of yours', /"your own server"/],
  ['nothing but a restart', /"only"/],
  ['it is given back', /"return", "release"/],
  ['looks around a Deployment', /"diagnose"/],
  ['waits for ever', /"without limit"/],
  ['made anew', /"again"/],
  ['in place of kwok', /"instead of"/],
  ['an archiver is at work', /"running"/],
  ['edited by hand: put right', /"revert"/],
  ['at most so many lines', /the number/],
  ['after all else', /"everything else"/],
  ['the server lets in its users', /"admit"/],
  ['it heals within a minute', /"recover"/],
  ['JetStream fell silent', /"stopped answering"/],
  ['the very same file', /"the same"/],
  ['it ended without a word', /"without reporting it"/],
  ['while NATS is away', /"is down"/],
  ['the consumer is made again', /"recreate"/],
  ['Degraded, in our words', /"quoted"/],
]

for (const [text, instead] of EXAMPLES)
  test(`"${text}" is refused, with what to write`, () => {
    const [finding, ...more] = checkEnglish('docs/x.md', `First line.\n${text}, then.`)
    assert.equal(more, [])
    assert.match(finding ?? '', /^docs\/x\.md:2: "/)
    assert.match(finding ?? '', instead)
  })

test('each denied phrase has an example here', () => {
  const texts = EXAMPLES.map(([text]) => text).join('\n')
  const unused = DENIED.filter(([phrase]) => !new RegExp(phrase, 'i').test(texts))
  assert.equal(unused, [])
})

test('plain English passes: words that only contain a denied one, and their other meanings', () => {
  const text = 'Ongoing work continues. There is a self-heal option. Therefore there are 3 lines.'
  assert.equal(checkEnglish('README.md', text), [])
})

test('a phrase is found across a line break, in a comment of YAML and in a quoted paragraph', () => {
  for (const text of ['capture goes\non', '# capture goes\n  # on here', '> goes\n> on'])
    assert.is(checkEnglish('x.yaml', text).length, 1, text)
})

test('a program is read by its string literals: code and comments say nothing to users', () => {
  const source = [
    "// nobody reads this, and it isn't 'at once'",
    "const nobody = 'fine' /* at once */",
    'const pattern = /nobody\'s "at once/',
    'throw new Error(`it $' + '{why ? `goes on` : {a: 1}.b} for ever`)',
    "log.info('it starts \\' at once')",
  ].join('\n')
  assert.equal(
    checkLiterals('cli/x.ts', source).map((line) => line.replace(/: write.*/, '')),
    ['cli/x.ts:4: "goes on"', 'cli/x.ts:4: "for ever"', 'cli/x.ts:5: "at once"']
  )
})

test('comments of what ships are checked too, but not its code', () => {
  const source = "// nobody\nconst nobody = 'at once' /* for\n * ever */\n/** Runs at once. */\n"
  const found = (path: string) =>
    checkComments(path, source).map((line) => line.replace(/: write.*/, ''))
  assert.equal(found('operator/x.ts'), [
    'operator/x.ts:1: "nobody"',
    'operator/x.ts:2: "for * ever"',
    'operator/x.ts:4: "at once"',
  ])
  assert.is(found('workloads/archiver/x.ts').length, 3)
})

test('what is blanked keeps every line break and every column', () => {
  const source = "const a = 1 // x\n/* two\nlines */ const b = 'kept'\n"
  const blank = blankCode(source)
  assert.is(blank.length, source.length)
  assert.equal(blank.split('\n').length, source.split('\n').length)
  assert.is(blank.indexOf("'kept'"), source.indexOf("'kept'"))
})

test('documents, shipped YAML, the chart and what ships are read by users; tests and generated code are not', () => {
  const texts = ['README.md', 'docs/runbook/Crashing.md', 'charts/ssmd/templates/NOTES.txt']
  texts.push('exchanges/feeds/kalshi.yaml', 'crds/feed.yaml', 'charts/ssmd/values.yaml')
  for (const path of texts) assert.is(readBy(path), 'text', path)
  for (const path of ['cli/program.ts', 'crds/errors.ts', 'workloads/archive/gaps.ts'])
    assert.is(readBy(path), 'program', path)
  const unread = ['cli/cli.test.ts', 'crds/feed.gen.ts', 'operator/testdata/real/resources.yaml']
  unread.push('workloads/testing/stack.ts', '.ci/check.ts', 'package.json')
  for (const path of unread) assert.is(readBy(path), undefined, path)
})

test.run()
