import { execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { TestFolder } from '../operator/local/testing/folder.ts'
import { ENTRY } from './testing/run.ts'

const test = suite('schema files')

test('a file whose description cannot be written leaves no copy', () => {
  using folder = new TestFolder()
  const versions = Array.from(
    { length: 20 },
    (_, i) =>
      `  - { name: v${i + 1}, status: active, effectiveFrom: "2025-01-01", hash: "sha256:${'0'.repeat(64)}" }`
  )
  const description = `name: odd\nformat: json_schema\nschemaFile: odd.json\nversions:\n${versions.join('\n')}\n`
  folder.write('exchanges/schemas/odd.yaml', description)
  folder.write('exchanges/schemas/odd.json', '{}')
  folder.write('new.json', '{ "type": "object" }')
  // No file larger than 1 KiB can be written: the schema fits, its description does not.
  const run = (limit: string) => {
    const words = `"${process.execPath}" "${ENTRY}" schema add-version odd --file new.json --effective-from 2026-01-01`
    try {
      execFileSync('bash', ['-c', `ulimit -f ${limit}; ${words}`], {
        cwd: folder.path,
        encoding: 'utf8',
        stdio: 'pipe',
        env: { ...process.env, NODE_DISABLE_COMPILE_CACHE: '1' },
      })
      return ''
    } catch (thrown) {
      return String((thrown as { stderr?: string }).stderr)
    }
  }
  const there = () => readdirSync(join(folder.exchanges, 'schemas')).sort()
  assert.match(run('1'), /EFBIG/)
  assert.equal(there(), ['odd.json', 'odd.yaml'])
  assert.is(folder.read('exchanges/schemas/odd.yaml'), description)
  assert.is(run('unlimited'), '')
  assert.equal(there(), ['odd-v21.json', 'odd.json', 'odd.yaml'])
})

test.run()
