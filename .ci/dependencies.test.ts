// docs/dependencies.md and package.json name the same packages, and every version is exact.

import { readFile } from 'node:fs/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { TOOLS } from './tools/specs.ts'

const test = suite('dependencies')
const root = new URL('..', import.meta.url)

type Lists = 'dependencies' | 'devDependencies' | 'optionalDependencies'
const manifest = JSON.parse(await readFile(new URL('package.json', root), 'utf8')) as Record<
  Lists,
  Record<string, string>
>
const page = await readFile(new URL('docs/dependencies.md', root), 'utf8')
const namesBelow = (heading: string): string[] => {
  const section = page.split(/^## /m).find((part) => part.startsWith(heading)) ?? ''
  return [...section.matchAll(/^\| `([^`]+)` \|/gm)].map((match) => match[1] ?? '')
}

for (const [heading, list] of [
  ['At run time', 'dependencies'],
  ['For development', 'devDependencies'],
  ['Optional', 'optionalDependencies'],
] as const) {
  test(`the page lists exactly the ${list} of package.json`, () => {
    assert.equal(namesBelow(heading), Object.keys(manifest[list]).sort())
  })
  test(`every version of ${list} is exact`, () => {
    for (const [name, version] of Object.entries(manifest[list])) {
      assert.match(version, /^\d+\.\d+\.\d+(-r\.\d+)?$/, `${name} ${version}`)
    }
  })
}

test('the image with SQL of docs/data-api.md has the DuckDB of package.json', async () => {
  const text = await readFile(new URL('docs/data-api.md', root), 'utf8')
  const named = [...text.matchAll(/@duckdb\/node-api@(\S+)/g)].map(([, version]) => version)
  assert.equal(named, [manifest.devDependencies['@duckdb/node-api']])
})

test('the page lists exactly the programs of .ci/tools', () => {
  assert.equal(namesBelow('Programs'), Object.keys(TOOLS))
})

test.run()
