// Writes docs/reference/data-api.md from the queries; with --check it only compares.

import { readFile, writeFile } from 'node:fs/promises'
import type { Parameter, Query } from '#data/model/query.ts'
import { QUERIES } from '#data/queries/index.ts'
import { query as sql } from '#data/sql/query.ts'
import { QUERY_EXAMPLES } from '../cli/query-examples.ts'

export const DATA_API_PAGE = new URL('../docs/reference/data-api.md', import.meta.url)

const HEAD = `# Queries

<!-- Generated from workloads/data/queries by .ci/data-api.ts: run \`npm run format\` to update it. -->

Each query is defined once. The data API answers it under its path, and \`ssmd data\` has a command of its name for most of
them; both take the same parameters. How to ask: [docs/data.md](../data.md).

Every query that answers rows also takes \`limit\` (rows at most), \`cursor\` (continue an answer that was cut) and \`times\`
(\`rfc3339\`, or \`ns\` since 1970 as text), in the API \`format\` (json, ndjson, csv, parquet, arrow), in a command \`--output\`.
Lists are given several times or with commas between. \`from\` is inclusive, \`to\` exclusive; all times are UTC.
`

export function renderQueries(queries: readonly Query[]): string {
  const rows = queries.map(
    ({ name, path, method = 'GET', summary }) =>
      `| [${name}](#${name}) | \`${method} ${path}\` | ${commandOf(name)} | ${cell(summary)} |`
  )
  return [
    HEAD,
    '| query | API | command | answers |',
    '|---|---|---|---|',
    ...rows,
    '',
    ...queries.flatMap(sectionOf),
  ].join('\n')
}

const commandOf = (name: string): string =>
  QUERY_EXAMPLES[name] === undefined ? '' : `\`ssmd data ${name}\``

function sectionOf({ name, description, parameters, answer }: Query): string[] {
  const lines = [`## ${name}`, '', description, '']
  if (parameters.length > 0) {
    lines.push('| parameter | | meaning |', '|---|---|---|', ...parameters.map(parameterRow), '')
  }
  if (answer.kind === 'document') return [...lines, 'It answers one JSON object.', '']
  const { columns, limit } = answer
  const most = `Rows: ${limit.usual} unless \`limit\` says otherwise, at most ${limit.most}.`
  if (columns.length === 0) return [...lines, most, '']
  return [
    ...lines,
    '| column | type | meaning |',
    '|---|---|---|',
    ...columns.map(({ name: column, type, says }) => `| \`${column}\` | ${type} | ${cell(says)} |`),
    '',
    most,
    '',
  ]
}

function parameterRow({ name, schema, required = false, list = false }: Parameter): string {
  const facts = [
    ...(required ? ['required'] : []),
    ...(list ? ['list'] : []),
    ...(Array.isArray(schema.enum) ? [`one of ${schema.enum.join(', ')}`] : []),
    ...(schema.default === undefined ? [] : [`default ${String(schema.default)}`]),
  ]
  return `| \`${name}\` | ${cell(facts.join('; '))} | ${cell(String(schema.description ?? ''))} |`
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ')

if (import.meta.main) {
  const wanted = renderQueries([...QUERIES, sql])
  if (!process.argv.includes('--check')) await writeFile(DATA_API_PAGE, wanted)
  else if ((await readFile(DATA_API_PAGE, 'utf8').catch(() => '')) !== wanted) {
    console.error('docs/reference/data-api.md is not what the queries say: npm run format')
    process.exitCode = 1
  }
}
