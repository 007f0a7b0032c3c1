import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { generate } from 'openapi-typescript-codegen'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { patience } from '#testing/deadline.ts'
import { startTestApi, type TestApi } from '../testing/api.ts'
import { DEMO } from '../testing/make-demo.ts'
import { RECORDED_DAYS, recordedArchive } from '../testing/recorded.ts'

type Parameter = {
  readonly name: string
  readonly in: 'path' | 'query'
  readonly required: boolean
  readonly schema: { readonly default?: unknown; readonly enum?: readonly unknown[] }
}
type Operation = {
  readonly operationId: string
  readonly parameters: readonly Parameter[]
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, unknown>> }>
  >
}
type Document = {
  readonly openapi: string
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
}

const test = suite('openapi')
let api: TestApi
let archive: Awaited<ReturnType<typeof recordedArchive>>
let document: Document
let given: Readonly<Record<string, string>>

test.before(async () => {
  archive = await recordedArchive()
  api = await startTestApi({ roots: [{ path: archive.path, name: '' }] })
  document = (await api.get('/openapi.json')).json
  const day = RECORDED_DAYS[1]
  const { segments } = (await api.get(`/v1/datasets/kalshi/${day}`)).json
  const at = segments[0].to
  given = {
    feed: 'kalshi',
    date: day,
    name: 'manifest.json',
    type: 'trade',
    at,
    symbol: await aSymbol(),
  }
})
test.after(async () => {
  await api[Symbol.asyncDispose]()
  archive[Symbol.dispose]()
})

/** The symbol that trades most. */
async function aSymbol(): Promise<string> {
  const { json } = await api.get(`/datasets/kalshi/${RECORDED_DAYS[1]}/sample?type=trade&limit=1`)
  return json[0]?.msg?.market_ticker ?? 'KXGOLD15M-26NOV231915-15'
}

/** Every operation that is a plain question, with the path of a call that names what it needs. */
function calls(): { readonly path: string; readonly operation: Operation; readonly url: string }[] {
  return Object.entries(document.paths).flatMap(([path, { get: operation }]) => {
    // Streams do not end; their own tests read them.
    const content = operation?.responses[200]?.content
    if (operation === undefined || content === undefined) return []
    if (content['text/event-stream'] && !content['application/json']) return []
    const value = ({ name, schema }: Parameter): string =>
      encodeURIComponent(given[name] ?? String(schema.default ?? schema.enum?.[0] ?? 'x'))
    const url = operation.parameters
      .filter((one) => one.in === 'path')
      .reduce((text, one) => text.replace(`{${one.name}}`, value(one)), path)
    const query = operation.parameters
      .filter((one) => one.in === 'query' && one.required)
      .map((one) => `${one.name}=${value(one)}`)
    return [{ path, operation, url: query.length === 0 ? url : `${url}?${query.join('&')}` }]
  })
}

/** A recorded capture tells no instruments. */
const MAY_BE_EMPTY = ['instruments']

const pointer = (...parts: string[]): string =>
  parts.map((part) => `/${part.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')

function validator(): (at: string, value: unknown) => string {
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false })
  ajv.addSchema(document, 'api')
  return (at, value) => {
    const check = ajv.getSchema(`api#${at}`)
    assert.ok(check, `${at} is in the document`)
    return check!(value) ? '' : JSON.stringify(check!.errors?.slice(0, 3))
  }
}

test('every answer is as the document says, and every refusal a problem of it', async () => {
  const check = validator()
  const seen: string[] = []
  for (const { path, operation, url } of calls()) {
    const answer = await api.get(url)
    assert.is(answer.status, 200, `${url}: ${answer.text.slice(0, 300)}`)
    const type = answer.headers['content-type']!
    const content = ['paths', path, 'get', 'responses', '200', 'content', type]
    assert.ok(operation.responses[200]?.content?.[type], `${path} documents ${type}`)
    if (type === 'application/json')
      assert.is(check(pointer(...content, 'schema'), answer.json), '', url)
    // Of nothing every schema is right.
    if (!MAY_BE_EMPTY.includes(operation.operationId))
      assert.ok(answer.json.rows === undefined || answer.json.rows.length > 0, `${url} has rows`)
    const wrong = await api.get(`${url}${url.includes('?') ? '&' : '?'}nonsense=1`)
    if (operation.operationId !== 'health') {
      assert.is(wrong.status, 400, url)
      assert.is(check(pointer('components', 'schemas', 'Problem'), wrong.json), '', url)
    }
    seen.push(operation.operationId)
  }
  assert.ok(seen.length >= 8, seen.join(' '))
})

test('API9: what is answered is what is documented: each path names its parameters, and no two share an id', () => {
  assert.is(document.openapi, '3.1.0')
  const ids = Object.values(document.paths).flatMap((item) =>
    Object.values(item).map(({ operationId }) => operationId)
  )
  assert.is(new Set(ids).size, ids.length)
  for (const [path, item] of Object.entries(document.paths)) {
    for (const { parameters } of Object.values(item)) {
      const inPath = parameters.filter((one) => one.in === 'path').map(({ name }) => name)
      assert.equal(
        inPath,
        [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1])
      )
      assert.ok(parameters.every((one) => one.in !== 'path' || one.required))
    }
  }
  for (const [, ref] of JSON.stringify(document).matchAll(/"\$ref":"#([^"]+)"/g)) {
    const found = ref!
      .split('/')
      .slice(1)
      .reduce<unknown>((at, key) => (at as Record<string, unknown>)?.[key], document)
    assert.ok(found, ref!)
  }
})

test('/docs names every path, parameter and code, escapes what it shows, and needs nothing from elsewhere', async () => {
  const { text, headers } = await api.get('/docs')
  for (const [path, item] of Object.entries(document.paths)) {
    assert.ok(text.includes(path), path)
    for (const { parameters } of Object.values(item))
      for (const { name } of parameters) assert.ok(text.includes(`<code>${name}</code>`), name)
  }
  assert.match(text, 'id="SSMD_E_NOT_FOUND"')
  assert.not.match(text, /<script|https?:\/\/(?!localhost:8080)|style=/)
  assert.match(headers['content-security-policy'] ?? '', "default-src 'none'")
  assert.is((await api.get('/docs.css')).status, 200)
  const { etag = '' } = headers
  assert.is((await api.get('/docs', { 'if-none-match': etag })).status, 304)
})

test('every call that /docs prints runs as printed over the recordings of --demo', async () => {
  await using demo = await startTestApi({ roots: [{ path: DEMO, name: '' }] })
  const { text } = await demo.get('/docs')
  const printed = [
    ...text.matchAll(/<pre><code>curl &#39;http:\/\/localhost:8080([^<]*)&#39;<\/code>/g),
  ]
  const paths = printed.map((match) => match[1]!.replaceAll('&#38;', '&'))
  assert.ok(paths.length > 15, String(paths.length))
  for (const path of paths.filter((one) => !/\/v1\/(live|tail)/.test(one)))
    assert.is(
      (await demo.get(path)).status,
      200,
      `${path}: ${(await demo.get(path)).text.slice(0, 200)}`
    )
})

test('every call of docs/data-api.md runs as printed over the recordings of --demo', async () => {
  await using demo = await startTestApi({ roots: [{ path: DEMO, name: '' }] })
  const text = readFileSync(join(import.meta.dirname, '../../../docs/data-api.md'), 'utf8')
  const paths = [...text.matchAll(/^curl 'http:\/\/localhost:8080([^']*)'/gm)].map(
    (match) => match[1]!
  )
  assert.ok(paths.length > 5)
  for (const path of paths) {
    const { status, bytes, text: body } = await demo.get(path)
    assert.equal([status, bytes.length > 100], [200, true], `${path}: ${body.slice(0, 200)}`)
  }
})

test('a client that a public generator makes of the document compiles and reads data', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ssmd-client-'))
  try {
    const source = join(folder, 'source')
    await generate({
      input: structuredClone(document) as never,
      output: source,
      httpClient: 'fetch',
      useOptions: true,
      useUnionTypes: true,
    })
    writeFileSync(
      join(source, 'use.ts'),
      `import { OpenAPI, OriginalService, V1Service } from './index'
export async function use(base: string): Promise<readonly [string, number, readonly string[]]> {
  OpenAPI.BASE = base
  const { status } = await OriginalService.health()
  const { rows } = await V1Service.datasets({ feed: ['kalshi'] })
  const records: number = rows.reduce((sum, { records }) => sum + (records ?? 0), 0)
  const days = (await OriginalService.originalDatasets({})).map(({ date }) => date)
  return [status, records, days]
}
`
    )
    const tsc = join(
      createRequire(import.meta.url).resolve('typescript/package.json'),
      '../bin/tsc'
    )
    const out = join(folder, 'out')
    const options =
      '--strict --skipLibCheck --target ES2022 --lib ES2022,DOM,DOM.Iterable --types node'
    const typeRoots = join(import.meta.dirname, '../../../node_modules/@types')
    const args = [
      tsc,
      ...options.split(' '),
      '--typeRoots',
      typeRoots,
      '--module',
      'commonjs',
      '--moduleResolution',
      'bundler',
      '--rootDir',
      source,
      '--outDir',
      out,
      join(source, 'use.ts'),
    ]
    await promisify(execFile)(process.execPath, args, {
      cwd: folder,
      timeout: patience(60_000),
    }).catch((failed: { stdout?: string }) => {
      throw new Error(`the client does not compile: ${failed.stdout}`)
    })
    assert.ok(readdirSync(out).includes('use.js'))
    writeFileSync(join(out, 'package.json'), '{"type":"commonjs"}')
    const { use } = createRequire(import.meta.url)(join(out, 'use.js'))
    const [status, records, days] = await use(api.url)
    const { rows } = (await api.get('/v1/datasets')).json
    assert.is(status, 'ok')
    assert.is(
      records,
      rows.reduce((sum: number, row: { records: number }) => sum + row.records, 0)
    )
    assert.equal(days, [...RECORDED_DAYS])
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

test.run()
