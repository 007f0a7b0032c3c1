// What ssmd accepts is what kubectl sends: files made at random are read by both, and the values are compared.
// `kubectl annotate --local` reads files as `apply` does, and needs no server.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text as textOf } from 'node:stream/consumers'
import fc from 'fast-check'
import { suite } from 'uvu'
import { skip } from '#testing/skip.ts'
import { toolPath } from '#testing/tools.ts'
import type { SsmdError } from './errors.ts'
import { readYaml } from './yaml-documents.ts'

const test = suite('as kubectl reads it')
const seed = Number(process.env.SSMD_TEST_SEED ?? Math.floor(Math.random() * 1e9))
process.stdout.write(`as kubectl reads it: SSMD_TEST_SEED=${seed}\n`)
const TEXTS = process.env.SSMD_FAULTS === 'all' ? 3000 : 1000

const kubectl = await toolPath('kubectl').catch((error: SsmdError) => skip(error))

type Sent = { readonly metadata?: { readonly name?: string }; readonly spec?: unknown }

/** What kubectl makes of each file, by `metadata.name`; a file that it refuses has nothing there. */
async function sentBy(files: readonly string[]): Promise<Map<string, Sent>> {
  const folder = await mkdtemp(join(tmpdir(), 'ssmd-kubectl-'))
  try {
    for (const [i, file] of files.entries()) await writeFile(join(folder, `${i}.yaml`), file)
    const args = ['annotate', '--local', '-f', folder, 'x=y', '-o', 'json']
    const env = { PATH: process.env.PATH, KUBECONFIG: '/dev/null' }
    const child = spawn(kubectl!, args, { stdio: ['ignore', 'pipe', 'ignore'], env })
    const printed = await textOf(child.stdout)
    const sent = new Map<string, Sent>()
    for (const part of printed.split(/^(?=\{)/m)) {
      if (part === '') continue
      const resource = JSON.parse(part) as Sent
      sent.set(String(resource.metadata?.name), resource)
    }
    return sent
  } finally {
    await rm(folder, { recursive: true })
  }
}

const head = (i: number): string =>
  `apiVersion: ssmd.io/v1alpha1\nkind: Feed\nmetadata: {name: f${i}}\nspec:\n`

/** Holds all that we read without a doubt against what kubectl sends; returns how many that were. */
async function compare(specs: readonly string[]): Promise<number> {
  const files = specs.map((spec, i) => head(i) + spec)
  const sent = await sentBy(files)
  let accepted = 0
  for (const [i, file] of files.entries()) {
    const { documents, flaws } = readYaml(file)
    const isDoubted = documents.some(({ doubts }) => doubts.some(({ kind }) => kind === 'problem'))
    const { spec } = (documents[0]?.value ?? {}) as Sent
    if (flaws.length > 0 || isDoubted || documents.length > 1 || spec === undefined) continue
    accepted++
    const said = `seed ${seed}: ${JSON.stringify(specs[i])}`
    assert.ok(sent.has(`f${i}`), `${said}: kubectl refuses it`)
    // As JSON, which has one zero.
    assert.deepEqual(asJson(sent.get(`f${i}`)?.spec), asJson(spec), said)
  }
  return accepted
}

const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value)) as unknown

const WORDS = 'y n yes no on off true false null nan inf .inf .nan ~ = << 2025-01-01'.split(' ')
const cases = (word: string) => [word, word.toUpperCase(), word[0]!.toUpperCase() + word.slice(1)]
const scalar = fc.oneof(
  fc.constantFrom(
    ...WORDS.flatMap(cases),
    '',
    '12:30:45',
    '1_000',
    '1.10',
    '0o17',
    '017',
    '08',
    '-'
  ),
  fc.stringMatching(/^[-+.]?0?[xXoObB_]?[0-9a-fA-F_.:eE+-]{1,10}$/),
  fc.stringMatching(/^[-+]?(0x|0b|0o|0)?[0-9]{1,22}([.][0-9_]{0,3})?([eE][-+]?[0-9]{1,3})?$/),
  fc.stringMatching(/^[-+.:?*&!%@`"'|>=#~a-z0-9 \t/\\<]{1,6}$/)
)
/** Places where a scalar can stand. */
const place = fc.constantFrom<(scalar: string) => string>(
  (s) => `  a: ${s}\n`,
  (s) => `  a: {b: ${s}, c: 1}\n`,
  (s) => `  a: [x, ${s}]\n`,
  (s) => `  a:\n    - ${s}\n`,
  (s) => `  ${s}: 1\n`,
  (s) => `  a: {${s}: 1}\n`,
  (s) => `  a: !!str ${s}\n`,
  (s) => `  a: ${s} # why\n`,
  (s) => `  a:\n    b: ${s}\n      more\n`
)

if (kubectl !== undefined) {
  test('each scalar that is accepted, wherever it stands, has the value that kubectl sends (kubernetes/kubernetes#34146)', async () => {
    const made = fc.sample(fc.tuple(scalar, place), { numRuns: TEXTS, seed })
    const accepted = await compare(made.map(([text, at]) => at(text)))
    assert.ok(accepted > TEXTS / 10, `only ${accepted} were accepted`)
  })

  const GOOD = `  a: &x {b: "c", d: [1, 2]}
  # why
  e:
    - f: 'g'
      <<: *x
    - |
      text
    - >-
      more
      text
  h: https://x.test/v2?a=b
  i: {j: k, "l": 'm'}
  z: "two
    lines"
`
  // Pieces that break YAML in the ways in which people, editors and merges break it.
  const PIECES = [
    '\t',
    ' ',
    '  ',
    '\n',
    '\r\n',
    '\r',
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
    '*x',
    '!!str ',
    '!x ',
    '|',
    '>',
    '%',
    '@',
    '`',
    '---\n',
    '--- x\n',
    '...\n',
    'null',
    '~',
    '?',
    '? ',
    ',',
    '<<: ',
    '<<: *x\n  ',
    '\ufeff',
    '\u2028',
    '\u0085',
    'é',
    '😀',
    '\\',
    '\\/',
    'no',
    '0',
    ': 1\n  ',
  ]
  test('a text that is broken anywhere is refused, or has the value that kubectl sends', async () => {
    const edit = fc.record({
      at: fc.nat(),
      remove: fc.nat(6),
      insert: fc.oneof(fc.constantFrom(...PIECES), fc.string({ maxLength: 3, unit: 'binary' })),
    })
    const edits = fc.array(edit, { minLength: 1, maxLength: 2 })
    const made = fc.sample(edits, { numRuns: TEXTS, seed }).map((list) => {
      let text = GOOD
      for (const { at, remove, insert } of list) {
        const i = at % (text.length + 1)
        text = text.slice(0, i) + insert + text.slice(i + remove)
      }
      return text
    })
    const accepted = await compare(made)
    assert.ok(accepted > TEXTS / 10, `only ${accepted} were accepted`)
  })
}

test.run()
