// Every example of docs/examples runs as it is printed, over the recordings that come with ssmd: only the address is that of this test.

import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { temporaryFolder } from '#archive/testing/folders.ts'
import { startTestApi, type TestApi } from '#data/testing/api.ts'
import { DEMO } from '#data/testing/make-demo.ts'
import { patience } from '#testing/deadline.ts'
import { missingProgram } from '#testing/programs.ts'
import { examplePython } from './python.ts'

const test = suite('examples')
const folder = new URL('../../docs/examples/', import.meta.url)
const page = readFileSync(new URL('README.md', folder), 'utf8')
const examples = [...page.matchAll(/^## (.*)$|^```(sh|python)\n([\s\S]*?)^```$/gm)]

const missing = await missingProgram(['curl', 'jq', 'python3'])
const python =
  missing === undefined ? await examplePython() : { missing: `${missing.tool} is missing` }
const plain = missing === undefined

let api: TestApi
test.before(async () => {
  api = await startTestApi({ roots: [{ path: DEMO, name: '' }] })
})
test.after(async () => api[Symbol.asyncDispose]())

const here = (text: string): string =>
  text.replaceAll('http://127.0.0.1:8080', api.url).replaceAll('ARCHIVE', DEMO)

async function run(file: string, args: readonly string[], cwd: string): Promise<string> {
  const env = { ...process.env, SSMD_DATA_URL: api.url }
  const { stdout } = await promisify(execFile)(file, args, { cwd, env, timeout: patience(120_000) })
  return stdout
}

const needsPackages = (code: string): boolean =>
  /^import (pandas|pyarrow|polars|duckdb)/m.test(code)

let heading = ''
for (const [i, [, title, language, code = '']] of examples.entries()) {
  if (title !== undefined) heading = title
  if (language === undefined) continue
  const skip = language === 'python' && needsPackages(code) ? 'missing' in python : !plain
  if (skip) {
    const why = 'missing' in python ? python.missing : ''
    console.log(`skipped: example ${i} (${heading}): ${why}`)
    continue
  }
  test(`${heading}, example ${i}: it runs as printed and prints something`, async () => {
    using place = temporaryFolder()
    const printed =
      language === 'sh'
        ? await run('sh', ['-ec', here(code)], place.path)
        : await run('python' in python ? python.python : 'python3', ['-c', here(code)], place.path)
    assert.ok(printed.trim().length > 0)
  })
}

type Cell = { readonly cell_type: string; readonly source: readonly string[] }
const notebook = JSON.parse(readFileSync(new URL('demo.ipynb', folder), 'utf8')) as {
  readonly nbformat: number
  readonly cells: readonly Cell[]
}
const cells = notebook.cells.filter(({ cell_type }) => cell_type === 'code')

if ('missing' in python) console.log(`skipped: the notebook: ${python.missing}`)
else {
  test('the cells of the notebook run one after the other', async () => {
    using place = temporaryFolder()
    const program = cells.map(({ source }) => source.join('')).join('\n\n')
    await run(python.python, ['-c', program], place.path)
  })
}

test('the page has examples of each tool, and the notebook has cells without outputs', () => {
  for (const word of ['curl', 'urllib', 'pandas', 'polars', 'duckdb', '/v1/query'])
    assert.ok(
      examples.some(([, , , code = '']) => code.includes(word)),
      word
    )
  assert.is(notebook.nbformat, 4)
  assert.ok(cells.length > 2)
  assert.not.match(JSON.stringify(notebook), /"output_type"/)
})

test.run()
