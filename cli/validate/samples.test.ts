// Every file of testdata/invalid has one mistake, and its first line says what `ssmd validate` prints of it. `# file: <path>` begins another
// file; SSMD_SAMPLES=write writes what is printed into the samples, to be read before it is committed.

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { utcDay } from '#crds/rfc3339.ts'
import { runValidate } from '../commands/validate.ts'

const test = suite('invalid samples')
const FOLDER = new URL('../testdata/invalid/', import.meta.url).pathname
const EXPECT = '# expect: '

/** The problems that are printed, without their number. */
async function problemsOf(text: string): Promise<string[]> {
  const root = mkdtempSync(join(tmpdir(), 'ssmd-samples-'))
  const before = process.cwd()
  const write = process.stdout.write
  let printed = ''
  try {
    for (const [i, part] of text.split(/^# file: (?=\S+$)/m).entries()) {
      const [first = '', ...rest] = part.split('\n')
      const path = join(root, i === 0 ? 'exchanges/sample.yaml' : first)
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, rest.join('\n'))
    }
    process.chdir(root)
    process.stdout.write = (chunk: string | Uint8Array): boolean => {
      printed += String(chunk)
      return true
    }
    await runValidate({ path: 'exchanges', output: 'table' })
    assert.is(process.exitCode, 3, 'exit code 3')
  } finally {
    process.stdout.write = write
    process.chdir(before)
    process.exitCode = 0
    rmSync(root, { recursive: true })
  }
  return printed
    .split('\n')
    .filter((line) => /^\S+:\d+:\d+: /.test(line))
    .map((line) => line.replaceAll(utcDay(Date.now()), '<today>'))
}

for (const name of readdirSync(FOLDER).sort()) {
  test(`${name}: one problem, with its place and its words`, async () => {
    const text = readFileSync(join(FOLDER, name), 'utf8')
    const [first = '', ...rest] = text.split('\n')
    const problems = await problemsOf(text)
    if (process.env.SSMD_SAMPLES === 'write')
      writeFileSync(join(FOLDER, name), [`${EXPECT}${problems.join(' | ')}`, ...rest].join('\n'))
    else assert.equal(problems, [first.slice(EXPECT.length)])
  })
}

test.run()
