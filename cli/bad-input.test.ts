// test: limit 300s
// What a command is given by mistake or by bad luck: files that are no text, links in circles, words that do not exist, terminals that are
// narrow or none, readers that go away. Each is one clear answer, and none hangs. Conflicts of git are in repository-diff.test.ts, full disks in
// full-disk.test.ts and output.test.ts, hung files in hung-file.test.ts.

import { execFileSync, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { until, within } from '#testing/deadline.ts'
import { skip } from '#testing/skip.ts'
import { TestFolder, writeResources } from '../operator/local/testing/folder.ts'
import { ENTRY, runSsmd } from './testing/run.ts'

const test = suite('bad input')
const MS = 60_000
const SSMD = new URL('./ssmd.mjs', import.meta.url).pathname

/** Valid resources, and what `add` puts beside them. */
async function validateWith(add: (folder: TestFolder) => void) {
  using folder = new TestFolder()
  writeResources(folder, 4222)
  add(folder)
  const { code, stdout, stderr } = await runSsmd(['validate'], { cwd: folder.path })
  const lines = stdout.split('\n').filter((line) => line.startsWith('exchanges/'))
  return { code, stderr, lines, last: stdout.trimEnd().split('\n').at(-1) ?? '' }
}

const FEED = `apiVersion: ssmd.io/v1alpha1
kind: Feed
metadata: { name: other }
spec:
  exchange: synthetic
  versions:
    - { name: v1, effectiveFrom: "2025-01-01", endpoint: "synthetic://generator?seed=1" }
  channels: [trade]
`

const FILES: Readonly<
  Record<string, readonly [add: (folder: TestFolder) => unknown, said: RegExp]>
> = {
  'a huge file': [
    (folder) => truncateSync(folder.write('exchanges/x.yaml', ''), 2 ** 40),
    /^exchanges\/x\.yaml:1:1: expected at most 1048576 bytes, found 1099511627776 \(split the file/,
  ],
  'a binary file': [
    (folder) => writeFileSync(join(folder.exchanges, 'x.yaml'), randomBytes(5000)),
    /^exchanges\/x\.yaml:1:\d+: expected a text in UTF-8, found bytes that are none/,
  ],
  'a link to a folder above it': [
    (folder) => symlinkSync('..', join(folder.exchanges, 'x')),
    /^exchanges\/x:1:1: exchanges\/x is a link to a folder, which kubectl does not follow/,
  ],
  'a link to itself': [
    (folder) => symlinkSync('x.yaml', join(folder.exchanges, 'x.yaml')),
    /^exchanges\/x\.yaml:1:1: a link that leads to itself \(remove it\)$/,
  ],
  'a link to nothing': [
    (folder) => symlinkSync('gone', join(folder.exchanges, 'x.yaml')),
    /^exchanges\/x\.yaml:1:1: there is no such file or folder \(it is a link that leads nowhere/,
  ],
  'a pipe': [
    (folder) => execFileSync('mkfifo', [join(folder.exchanges, 'x.yaml')]),
    /^exchanges\/x\.yaml:1:1: exchanges\/x\.yaml is a FIFO, not a regular file/,
  ],
  'a folder named as a file': [
    (folder) => folder.write('exchanges/x.yaml/y.yaml', 'kind: ['),
    /^exchanges\/x\.yaml\/y\.yaml:1:\d+: not YAML: a bracket that is not closed/,
  ],
  tabs: [
    (folder) => folder.write('exchanges/x.yaml', FEED.replace('  exchange', '\texchange')),
    /^exchanges\/x\.yaml:5:1: not YAML: a tab in the indentation/,
  ],
  'an alias bomb': [
    (folder) =>
      folder.write(
        'exchanges/x.yaml',
        [
          'a: &a [x]',
          ...'bcdefghi'
            .split('')
            .map(
              (name, i) => `${name}: &${name} [${Array(9).fill(`*${'abcdefgh'[i]}`).join(', ')}]`
            ),
        ].join('\n')
      ),
    /^exchanges\/x\.yaml:1:1: expected at most 100 uses of anchors, found more/,
  ],
  'an anchor in itself': [
    (folder) => folder.write('exchanges/x.yaml', 'a: &a [*a]\n'),
    /^exchanges\/x\.yaml:1:\d+: (an anchor contains itself|Unresolved alias|.*anchor)/,
  ],
  'a key twice': [
    (folder) => folder.write('exchanges/x.yaml', `${FEED}  channels: [ticker]\n`),
    /^exchanges\/x\.yaml:9:3: the key "channels" stands twice in the same map, first in line 8/,
  ],
  'a document of thousands of levels': [
    (folder) => folder.write('exchanges/x.yaml', `a: ${'['.repeat(20_000)}${']'.repeat(20_000)}`),
    /^exchanges\/x\.yaml:1:\d+: .*nested too deeply/,
  ],
}

for (const [name, [add, said]] of Object.entries(FILES)) {
  test(`${name} is one problem with its place, and the other files are still read`, async () => {
    const { code, lines, last, stderr } = await validateWith(add)
    assert.is(code, 3, stderr)
    assert.is(lines.length, 1, lines.join('\n'))
    assert.match(lines[0] ?? '', said)
    assert.is(last, 'exchanges: 1 feed, 1 environment, 1 archive: 1 problem')
  })
}

for (const [name, write] of Object.entries({
  'line ends of Windows': (text: string) => text.replaceAll('\n', '\r\n'),
  'a byte order mark': (text: string) => `\ufeff${text}`,
  'both, and no last line end': (text: string) =>
    `\ufeff${text.trimEnd().replaceAll('\n', '\r\n')}`,
  'anchors, where few are used': (text: string) =>
    text.replace('channels: [trade]', 'channels: &c [trade]\n  symbols: { include: *c }'),
})) {
  test(`a file with ${name} is read, and an edit keeps it so`, async () => {
    using folder = new TestFolder()
    writeResources(folder, 4222)
    const file = 'exchanges/feeds/other.yaml'
    folder.write(file, write(FEED))
    const cwd = folder.path
    const { code, stdout } = await runSsmd(['validate'], { cwd })
    assert.is(code, 0, stdout)
    const edit = await runSsmd(['feed', 'update', 'other', '--display-name', 'Other'], { cwd })
    assert.is(edit.code, 0, edit.stderr)
    const after = folder.read(file)
    assert.match(after, /displayName: Other/)
    const before = write(FEED)
    for (const mark of ['\ufeff', '\r\n', '&c'])
      assert.is(after.includes(mark), before.includes(mark))
    assert.is(/[^\r]\n/.test(after), /[^\r]\n/.test(before), 'no line end of the other kind')
  })
}

const WORDS: readonly (readonly [args: readonly string[], said: RegExp])[] = [
  [['valdate'], /unknown command 'valdate' \(SSMD_E_USAGE\)\n {2}Did you mean validate\?/],
  [['feed', 'shw', 'x'], /unknown command 'shw' .*\n {2}Did you mean show\?/],
  [['help', 'fed'], /unknown command 'fed' .*\n {2}Did you mean feed\?/],
  [['help', 'feed', 'creat'], /unknown command 'feed creat' .*\n {2}Did you mean create\?/],
  [['help', 'qqq'], /unknown command 'qqq' .*\n {2}run ssmd help for the list of commands/],
  [['validate', '--chek-keys'], /unknown option '--chek-keys' .*\n {2}Did you mean --check-keys\?/],
  [['feed', 'list', '--zzz'], /unknown option '--zzz' .*\n {2}run ssmd feed list --help/],
  [['validate', '-o', 'sarf'], /'sarf' is invalid.*\n {2}Did you mean sarif\?/],
  [['completion', 'bsh'], /'bsh' is invalid.*\n {2}Did you mean bash\?/],
  [['--hlep'], /unknown option '--hlep' .*\n {2}Did you mean --help\?/],
  [['feed', 'show'], /missing required argument 'name' .*\n {2}run ssmd feed show --help/],
  [['feed', 'show', 'a', 'b'], /too many arguments.*\n {2}run ssmd feed show --help/],
]

for (const [args, said] of WORDS) {
  test(`ssmd ${args.join(' ')} ends with 2, one sentence and one hint`, async () => {
    const { code, stdout, stderr } = await runSsmd(args)
    assert.equal([code, stdout], [2, ''])
    assert.match(stderr, said)
    assert.is(stderr.split('\n').length, 3)
  })
}

test('a reader that goes away ends a long table quietly, with 0', async () => {
  using folder = new TestFolder()
  mkdirSync(folder.exchanges)
  for (const name of ['feeds', 'environments']) mkdirSync(join(folder.exchanges, name))
  for (let i = 0; i < 2000; i++)
    folder.write(`exchanges/feeds/f${i}.yaml`, FEED.replace('name: other', `name: f${i}`))
  for (const args of [
    ['feed', 'list'],
    ['feed', 'list', '-o', 'json'],
    ['validate', '-o', 'json', 'exchanges'],
  ]) {
    const { code, stderr } = await runSsmd(args, {
      cwd: folder.path,
      onStart: (child) => child.stdout?.once('data', () => child.stdout?.destroy()),
    })
    assert.equal([code, stderr], [0, ''], args.join(' '))
  }
})

test('without a terminal, and with NO_COLOR, nothing is coloured; FORCE_COLOR wins over no terminal', async () => {
  using folder = new TestFolder()
  writeResources(folder, 4222)
  const cwd = folder.path
  const colour = '\u001b['
  for (const env of [{}, { NO_COLOR: '1' }, { TERM: 'dumb' }]) {
    const plain = await runSsmd(['feed', 'show', 'nothing'], {
      cwd,
      env: { NO_COLOR: undefined, ...env },
    })
    assert.not(`${plain.stdout}${plain.stderr}`.includes(colour), JSON.stringify(env))
  }
  const forced = await runSsmd(['feed', 'show', 'nothing'], {
    cwd,
    env: { NO_COLOR: undefined, FORCE_COLOR: '1' },
  })
  assert.ok(forced.stderr.includes(colour))
})

/** Runs a command line in a terminal of so many columns, as `script` makes one; undefined without `script`. */
function inTerminal(columns: number, args: readonly string[], cwd: string): string | undefined {
  try {
    const words = [process.execPath, ENTRY, ...args].map((word) => `'${word}'`).join(' ')
    return execFileSync('script', ['-qec', `stty cols ${columns}; ${words}`, '/dev/null'], {
      cwd,
      encoding: 'utf8',
      env: { ...process.env, NO_COLOR: '1', TERM: 'xterm' },
      stdio: ['ignore', 'pipe', 'ignore'],
    }).replaceAll('\r', '')
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw thrown
  }
}

for (const args of [
  ['feed', 'list'],
  ['env', 'list'],
  ['archive', 'list'],
]) {
  test(`in 40 columns no line of ssmd ${args.join(' ')} is wider`, () => {
    using folder = new TestFolder()
    writeResources(folder, 4222)
    const text = inTerminal(40, args, folder.path)
    if (text === undefined) return skip('this system has no script')
    const wide = text.split('\n').filter((line) => line.length > 40)
    assert.equal(wide, [])
    assert.ok(text.trim().split('\n').length >= 1)
  })
}

test('Ctrl-C ends a program in order with 0, and a command that is reading at once; nothing is left', async () => {
  using folder = new TestFolder()
  for (let i = 0; i < 3000; i++)
    folder.write(`exchanges/f${i}.yaml`, FEED.replace('name: other', `name: f${i}`))
  for (const [args, wanted] of [
    [
      ['simulator', 'kalshi', '--port', '0', '--health-addr', '127.0.0.1:0'],
      [0, null],
    ],
    [['validate'], [null, 'SIGINT']],
  ] as const) {
    const child = spawn(process.execPath, [SSMD, ...args], {
      cwd: folder.path,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let text = ''
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (data: Buffer) => {
        text += data.toString()
      })
    const ended = once(child, 'close')
    if (args[0] === 'simulator') await until(MS, 'it runs', () => text.includes('\n'))
    child.kill('SIGINT')
    assert.equal(await within(MS, 'the end', ended), wanted, text)
    assert.not.match(text, /Error|^ +at /m)
  }
})

test.run()
