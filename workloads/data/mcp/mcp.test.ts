// `ssmd mcp` as a process, asked by the protocol's own client: every tool is listed and answers, and standard output is the protocol's alone.

import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { packageOnFirstUse } from '#packages/on-first-use.ts'
import { within } from '#testing/deadline.ts'

const test = suite('mcp')
const ROOT = join(import.meta.dirname, '../../..')
const DEMO = join(import.meta.dirname, '../demo')

type Answer = {
  readonly content: readonly { readonly type: string; readonly text: string }[]
  readonly isError?: boolean
}

const { Client } = (await import(
  '@modelcontextprotocol/client'
)) as typeof import('@modelcontextprotocol/client')
const { StdioClientTransport } = (await import(
  '@modelcontextprotocol/client/stdio'
)) as typeof import('@modelcontextprotocol/client/stdio')

const transport = new StdioClientTransport({
  command: process.execPath,
  args: [join(ROOT, 'cli/main.ts'), 'mcp', '--path', DEMO],
  stderr: 'ignore',
})
const client = new Client({ name: 'test', version: '1' })
const call = async (name: string, args: Record<string, unknown>): Promise<Answer> =>
  (await within(60_000, name, client.callTool({ name, arguments: args }))) as Answer
const rowsOf = ({ content }: Answer): Record<string, unknown>[] => JSON.parse(content[0]!.text).rows

test.before(async () => {
  await packageOnFirstUse('@modelcontextprotocol/server')
  await within(60_000, 'connect', client.connect(transport))
})
test.after(() => client.close())

test('twelve tools that read are on one page, each with a schema', async () => {
  const { tools, nextCursor } = await client.listTools()
  assert.is(nextCursor, undefined)
  assert.equal(
    tools.map(({ name }) => name).sort(),
    'asof bars book_at coverage datasets events feeds gaps query records schema symbols'.split(' ')
  )
  for (const { name, inputSchema, annotations, description } of tools) {
    assert.is(inputSchema.type, 'object', name)
    assert.is(annotations?.readOnlyHint, true, name)
    assert.ok((description ?? '').length > 20, name)
  }
})

const DAY = { from: '2026-11-24', to: '2026-11-25' }
const SYMBOL = 'KXGOLD15M-26NOV231915-15'
const CALLS: readonly (readonly [string, Record<string, unknown>])[] = [
  ['feeds', {}],
  ['datasets', { feed: 'kalshi' }],
  ['coverage', { feed: 'kalshi', ...DAY }],
  ['gaps', { feed: ['kalshi'], ...DAY }],
  ['symbols', { feed: 'kalshi', ...DAY }],
  ['schema', { feed: 'kalshi' }],
  ['records', { feed: 'kalshi', ...DAY, limit: 3 }],
  ['events', { feed: 'kalshi', event: 'trade', ...DAY, limit: 3 }],
  ['bars', { feed: 'kalshi', symbol: SYMBOL, interval: '1m', ...DAY }],
  ['book_at', { feed: 'kalshi', symbol: SYMBOL, at: '2026-11-24T00:02:00Z' }],
  ['asof', { feed: 'kalshi', symbol: SYMBOL, at: '2026-11-24T00:02:00Z' }],
  ['query', { sql: 'select count(*) as n from trades', feed: 'kalshi', ...DAY }],
]
for (const [name, args] of CALLS) {
  test(`${name} answers with rows within its budget`, async () => {
    const answer = await call(name, args)
    assert.not.ok(answer.isError, answer.content[0]?.text)
    assert.ok(rowsOf(answer).length > 0)
    assert.ok(Buffer.byteLength(answer.content[0]!.text) <= 32_768)
  })
}

test('the rows of an answer that is cut continue with its cursor, without a hole', async () => {
  const all = rowsOf(await call('records', { feed: 'kalshi', ...DAY, limit: 6 }))
  const first = await call('records', { feed: 'kalshi', ...DAY, limit: 3 })
  const { next_cursor: cursor } = JSON.parse(first.content[0]!.text)
  const rest = rowsOf(await call('records', { feed: 'kalshi', ...DAY, limit: 3, cursor }))
  assert.equal([...rowsOf(first), ...rest], all)
})

test('wrong arguments are an error that names them, and the server answers the next call', async () => {
  const wrong = await call('records', { feed: 'kalshi', colour: 'red' }).catch((thrown: Error) => ({
    isError: true,
    content: [{ type: 'text', text: thrown.message }],
  }))
  assert.is(wrong.isError, true)
  assert.match(wrong.content[0]!.text, /colour/)
  const missing = await call('datasets', { feed: 'nope' })
  assert.match(missing.content[0]!.text, /nope|"rows":\[\]/)
  assert.is(rowsOf(await call('feeds', {})).length, 2)
})

test.run()
