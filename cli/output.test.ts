// Output that cannot be written: every command says so in one line and ends with 1, wherever it notices.

import { existsSync } from 'node:fs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { makeArchive } from '#archive/testing/made-archive.ts'
import { seeded } from '#archive/testing/random.ts'
import { skip } from '#testing/skip.ts'
import { TestFolder, writeResources } from '../operator/local/testing/folder.ts'
import { runSsmd } from './testing/run.ts'

const test = suite('output')
const FULL = '/dev/full'

const COMMANDS: readonly (readonly string[])[] = [
  [],
  ['version'],
  ['--version'],
  ['help'],
  ['help', 'data', 'sample'],
  ['validate', '$exchanges'],
  ['validate', '$exchanges', '-o', 'json'],
  ['data', 'list', '--path', '$archive'],
  ['data', 'list', '--path', '$archive', '-o', 'json'],
  ['data', 'sample', 'made', 'latest', '--path', '$archive'],
  ['data', 'verify', '--path', '$archive'],
  ['up', '$exchanges', '--data', '$data'],
  ['simulator', 'kalshi', '--port', '0'],
]

for (const command of COMMANDS) {
  test(`ssmd ${command.join(' ')} > /dev/full ends with one line and exit code 1`, async () => {
    if (!existsSync(FULL)) return skip('this system has no /dev/full')
    using folder = new TestFolder()
    writeResources(folder, 4222)
    await makeArchive(`${folder.path}/archive`, seeded(1))
    const paths: Readonly<Record<string, string>> = {
      $exchanges: folder.exchanges,
      $archive: `${folder.path}/archive`,
      $data: `${folder.path}/data`,
    }
    const args = command.map((arg) => paths[arg] ?? arg)
    const { code, stderr } = await runSsmd(args, { stdout: FULL })
    // What is simulated is noted first.
    assert.match(
      stderr,
      /^(?:ssmd: made .* is simulated.*\n)?ssmd( \w+)?: .*ENOSPC.* \(SSMD_E_DISK_FULL\)\n$/
    )
    assert.is(code, 1)
  })
}

test.run()
