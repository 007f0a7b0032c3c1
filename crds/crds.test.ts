// The CRDs themselves: what an API server and a reviewer ask of them.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFile, stat } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import { patience } from '#testing/deadline.ts'
import { EXCHANGES } from './exchanges.gen.ts'
import { WORDS_OF_PATTERN } from './expectations.ts'
import { renderAll } from './generate.ts'
import type { Schema } from './generator/schema.ts'
import { CRD_FILES, readCrd, walk } from './generator/schema.ts'

const FOLDER = fileURLToPath(new URL('.', import.meta.url))
const crds = await Promise.all(CRD_FILES.map((file) => readCrd(FOLDER, file)))

const test = suite('crds')

/** Every field of every CRD that is not Kubernetes' own. */
const fields = crds.flatMap(({ kind, schema }) =>
  [...walk(schema)]
    .filter(({ path }) => !/^(apiVersion|kind|metadata)/.test(path))
    .map((field) => ({ ...field, name: `${kind} ${field.path}` }))
)

const isPlain = (schema: Schema): boolean =>
  schema.properties === undefined && schema.items === undefined

test('every text, list, number and map has bounds', () => {
  for (const { name, schema } of fields) {
    switch (schema.type) {
      case 'string':
        assert.ok(schema.enum ?? schema.maxLength, `${name} has no maxLength`)
        break
      case 'array':
        assert.ok(schema.maxItems, `${name} has no maxItems`)
        assert.ok(schema['x-kubernetes-list-type'], `${name} has no list type`)
        break
      case 'integer':
      case 'number':
        assert.notEqual(schema.minimum, undefined, `${name} has no minimum`)
        if (name.includes(' spec')) assert.ok(schema.maximum, `${name} has no maximum`)
        break
      case 'object':
        if (schema.additionalProperties) assert.ok(schema.maxProperties, `${name} is endless`)
        break
      default:
    }
  }
})

test('every field but a plain entry of a list or map is described, in a sentence', () => {
  for (const { name, schema } of fields) {
    if (/(\[\]|\.\*)$/.test(name) && isPlain(schema)) continue
    assert.match(schema.description ?? '', /^[A-Z`0-9gm].*[.]$/s, name)
  }
})

test('every pattern has words for people, and no words are left over', () => {
  const patterns = new Set(
    crds.flatMap(({ schema }) => [...walk(schema)].flatMap((field) => field.schema.pattern ?? []))
  )
  // Only a status has this one, and no file has a status that we judge.
  patterns.delete('^[A-Z][A-Za-z0-9]*$')
  assert.deepEqual([...patterns].sort(), Object.keys(WORDS_OF_PATTERN).sort())
})

test('the exchanges of the CRD are those that ssmd knows', () => {
  const exchange = fields.find(({ name }) => name === 'Feed spec.exchange')
  assert.deepEqual(exchange?.schema.enum, Object.keys(EXCHANGES))
})

test('every default satisfies the schema of its field', () => {
  for (const { name, schema } of fields) {
    const value = schema.default
    if (value === undefined) continue
    if (schema.pattern) assert.match(String(value), new RegExp(schema.pattern, 'u'), name)
    if (schema.enum) assert.ok(schema.enum.includes(String(value)), name)
    if (typeof value === 'number') {
      assert.ok(value >= (schema.minimum ?? value) && value <= (schema.maximum ?? value), name)
    }
  }
})

test('each CRD is smaller than 256 KiB, which an annotation of kubectl apply may hold', async () => {
  for (const { file } of crds) assert.ok((await stat(`${FOLDER}${file}`)).size < 256 * 1024, file)
})

test('the generated files are up to date', async () => {
  for (const [path, text] of await renderAll()) {
    const present = await readFile(`${FOLDER}../${path}`, 'utf8').catch(() => '')
    assert.ok(present === text, `${path} is stale: run npm run generate`)
  }
})

test('generating twice gives the same bytes', async () => {
  assert.deepEqual(await renderAll(), await renderAll())
})

test('the generated types are laid out as the formatter lays them out', async () => {
  const biome = fileURLToPath(new URL('../node_modules/.bin/biome', import.meta.url))
  for (const [path, text] of await renderAll()) {
    if (!path.endsWith('.gen.ts')) continue
    const formatted = execFileSync(biome, ['format', '--stdin-file-path=crds/x.ts'], {
      cwd: `${FOLDER}..`,
      input: text,
      encoding: 'utf8',
      stdio: ['pipe', 'pipe', 'ignore'],
      timeout: patience(20_000),
    })
    assert.equal(formatted, text, path)
  }
})

test.run()
