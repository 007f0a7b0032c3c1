// The `ssmd data` commands that queries become: one adapter from the parameters of a query to arguments and options, so that the API and
// the commands take the same words.
import { type Command, Option } from 'commander'
import type { Parameter, Query } from '#data/model/query.ts'
import type { QueryFlags } from './commands/data-query.ts'
import { collect, examples, wholeNumber } from './flags.ts'
import { QUERY_EXAMPLES } from './query-examples.ts'
import { QUERY_FORMS } from './query-forms.ts'

export function addQueries(data: Command, queries: readonly Query[]): void {
  for (const query of queries) if (QUERY_EXAMPLES[query.name] !== undefined) addQuery(data, query)
}

function addQuery(data: Command, query: Query): void {
  const { name, summary, description, parameters, answer } = query
  const { positional, optional } = split(parameters)
  const command = examples(
    data.command(name).summary(summary.toLowerCase()).description(`${summary}.\n\n${description}`),
    QUERY_EXAMPLES[name] ?? ''
  )
  for (const parameter of positional) {
    const { required = false, schema, list = false } = parameter
    const more = list ? ' Several: with commas between.' : ''
    const text = `${schema.description ?? ''}${more}`
    command.argument(required ? `<${parameter.name}>` : `[${parameter.name}]`, text)
  }
  for (const parameter of optional) command.addOption(optionOf(parameter))
  if (answer.kind === 'rows') {
    const { usual, most } = answer.limit
    command.addOption(
      new Option('--limit <n>', `rows at most (default: ${usual}; 1000 in a table)`).argParser(
        wholeNumber(1, most)
      )
    )
    command.option('--cursor <text>', 'continue an answer that was cut; with the same parameters')
    command.addOption(
      new Option('--times <form>', 'in json, ndjson and csv: RFC 3339, or nanoseconds since 1970')
        .choices(['rfc3339', 'ns'])
        .default('rfc3339')
    )
    if (answer.columns.some(({ type }) => type === 'bytes')) {
      command.option('--raw', 'only the frames, byte for byte, each with a line feed behind')
    }
  }
  command
    .option('-p, --path <folder>', PATH, collect)
    .option(
      '--url <address>',
      'ask this data API; the key is that of SSMD_API_KEY (or SSMD_DATA_URL)'
    )
    .addOption(
      new Option('-o, --output <form>', 'how to print the result')
        .choices(QUERY_FORMS)
        .default('table')
    )
    .option('--to-file <file>', 'write the result into this file')
    .option(
      '--cache-dir <folder>',
      'folder of the columnar cache (or SSMD_CACHE_DIR; default: ~/.cache/ssmd/events)'
    )
    .action(async (...called: unknown[]) => {
      const flags = called[positional.length] as QueryFlags & Record<string, unknown>
      const { runDataQuery } = await import('./commands/data-query.ts')
      await runDataQuery(query, textsOf(positional, called, optional, flags), flags)
    })
}

const PATH =
  'root of an archive, or <name>=<folder>; may be given several times (or SSMD_DATA_PATH; default: data)'

/** What a query needs are its arguments; one that needs nothing may be given a feed. */
function split(parameters: readonly Parameter[]) {
  const needs = parameters.filter(({ required }) => required === true)
  const positional = needs.length > 0 ? needs : parameters.filter(({ name }) => name === 'feed')
  return { positional, optional: parameters.filter((one) => !positional.includes(one)) }
}

function optionOf({ name, schema, list = false }: Parameter): Option {
  const value = schema.type === 'boolean' ? '' : ` <${schema.type === 'integer' ? 'n' : 'text'}>`
  const usual = schema.default === undefined ? '' : ` (default: ${String(schema.default)})`
  const many = list ? ' May be given several times, or with commas between.' : ''
  const text = `${schema.description ?? ''}${many}${schema.type === 'boolean' ? '' : usual}`
  const option = new Option(`--${name}${value}`, text)
  return list ? option.argParser(collect) : option
}

/** Names and values as a URL would give them: the query reads them. */
function textsOf(
  positional: readonly Parameter[],
  called: readonly unknown[],
  optional: readonly Parameter[],
  flags: Readonly<Record<string, unknown>>
): [name: string, text: string][] {
  const given: [string, unknown][] = [
    ...positional.map(({ name }, i): [string, unknown] => [name, called[i]]),
    ...optional.map(({ name }): [string, unknown] => [name, flags[name]]),
  ]
  return given.flatMap(([name, value]) =>
    value === undefined ? [] : [value].flat().map((one): [string, string] => [name, String(one)])
  )
}
