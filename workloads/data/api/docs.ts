// `/docs`: the OpenAPI document as a page to read, without a script and without anything from elsewhere. Every text is escaped. Pure.

import { ERROR_CODES } from '#crds/errors.ts'
import { pathNames, type Route } from '../http/route.ts'
import type { Parameter, Schema } from '../model/query.ts'

const escaped = (text: string): string =>
  text.replaceAll(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`)

/** Words between backticks as code. */
const prose = (text: string): string => escaped(text).replaceAll(/`([^`]+)`/g, '<code>$1</code>')

export function docsPage(routes: readonly Route[], version: string): string {
  const documented = routes.flatMap((route) =>
    route.document ? [{ ...route, document: route.document }] : []
  )
  const tags = [...new Set(documented.map(({ document }) => document.tag))]
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>ssmd data API ${escaped(version)}</title>
<link rel="stylesheet" href="docs.css">
</head>
<body>
<header>
<h1>ssmd data API <small>${escaped(version)}</small></h1>
<p>${INTRODUCTION.map(prose).join('</p>\n<p>')}</p>
<p><a href="./">The page</a> · <a href="openapi.json">OpenAPI 3.1</a></p>
</header>
<nav aria-label="Paths">
${tags
  .map(
    (tag) =>
      `<h2>${escaped(HEADINGS[tag] ?? tag)}</h2>\n<ul>\n${documented
        .filter(({ document }) => document.tag === tag)
        .map(entry)
        .join('\n')}\n</ul>`
  )
  .join('\n')}
</nav>
<main>
${documented.map(section).join('\n')}
<section id="errors" aria-labelledby="errors-title">
<h2 id="errors-title">Errors</h2>
<p>Every error is an <code>application/problem+json</code> (RFC 9457) with one of these codes.</p>
<dl>
${Object.entries(ERROR_CODES)
  .map(([code, says]) => `<dt id="${code}"><code>${code}</code></dt><dd>${prose(says)}</dd>`)
  .join('\n')}
</dl>
</section>
</main>
</body>
</html>
`
}

const HEADINGS: Readonly<Record<string, string>> = {
  v1: 'Archived data',
  live: 'Live',
  original: 'The original paths',
}

const INTRODUCTION = [
  'Answers are JSON; rows also come as `ndjson`, `csv`, `parquet` and `arrow`, by `Accept` or `?format=`.',
  'Times are receive times in UTC with nine decimals; `?times=ns` gives nanoseconds. `from` is inclusive, `to` exclusive.',
  'Every answer over an interval says how good its data is. One that was cut says so: send its `next_cursor` as `cursor`, with the same parameters.',
  'With API keys, send yours as `X-API-Key` or `Authorization: Bearer`.',
]

type Documented = Route & { readonly document: NonNullable<Route['document']> }

const entry = ({ path, document }: Documented): string =>
  `<li><a href="#${escaped(document.id)}"><code>${escaped(path)}</code></a> ${prose(document.summary)}</li>`

function section({ method, path, document }: Documented): string {
  const { id, summary, description, parameters, answers } = document
  const types = Object.entries(answers).flatMap(([, { media }]) => Object.keys(media))
  return `<section id="${escaped(id)}" aria-labelledby="${escaped(id)}-title">
<h2 id="${escaped(id)}-title"><code>${method} ${escaped(path)}</code></h2>
<p>${prose(summary)}. ${prose(description)}</p>
<pre><code>${escaped(exampleOf(method, path, parameters))}</code></pre>
${parameters.length === 0 ? '' : table(parameters, pathNames(path))}
${columnsOf(answers)}
<p class="types">${[...new Set(types)].map((type) => `<code>${escaped(type)}</code>`).join(' ')}</p>
</section>`
}

/** A call with the examples of the parameters that it needs. */
export function exampleOf(method: string, path: string, parameters: readonly Parameter[]): string {
  const example = ({ name, schema }: Parameter): string =>
    String((schema.examples as readonly unknown[] | undefined)?.[0] ?? schema.default ?? name)
  const whole = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const one = parameters.find((parameter) => parameter.name === name)
    return one ? encodeURIComponent(example(one)) : name
  })
  const inPath = pathNames(path)
  const needed = parameters.filter(
    ({ name, required }) => required === true && !inPath.includes(name)
  )
  const query = needed.map((one) => `${one.name}=${encodeURIComponent(example(one))}`).join('&')
  return `curl ${method === 'POST' ? '-X POST ' : ''}'http://localhost:8080${whole}${query === '' ? '' : `?${query}`}'`
}

function table(parameters: readonly Parameter[], inPath: readonly string[]): string {
  const rows = parameters.map(({ name, schema, required, list }) => {
    const what = [
      kindOf(schema),
      list === true ? 'list' : '',
      inPath.includes(name) ? 'in the path' : required === true ? 'required' : '',
      schema.default === undefined ? '' : `default ${String(schema.default)}`,
    ].filter((word) => word !== '')
    return `<tr><th scope="row"><code>${escaped(name)}</code></th><td>${escaped(what.join(', '))}</td><td>${prose(String(schema.description ?? ''))}</td></tr>`
  })
  return `<table>
<caption>Parameters</caption>
<thead><tr><th scope="col">name</th><th scope="col">kind</th><th scope="col">meaning</th></tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table>`
}

function kindOf({ type, enum: values, format }: Schema): string {
  if (Array.isArray(values)) return values.join(' | ')
  return String(format ?? type ?? 'text')
}

/** What the columns of rows say. */
function columnsOf(answers: Documented['document']['answers']): string {
  const schema = answers[200]?.media['application/json'] as
    | { properties?: { rows?: { items?: { properties?: Record<string, Schema> } } } }
    | undefined
  const columns = schema?.properties?.rows?.items?.properties
  if (columns === undefined) return ''
  const rows = Object.entries(columns).map(
    ([name, { type, description }]) =>
      `<tr><th scope="row"><code>${escaped(name)}</code></th><td>${escaped([type ?? 'any'].flat().join(' | '))}</td><td>${prose(String(description ?? ''))}</td></tr>`
  )
  return `<table>
<caption>Columns</caption>
<thead><tr><th scope="col">name</th><th scope="col">in JSON</th><th scope="col">meaning</th></tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table>`
}

export const DOCS_CSS = `:root { color-scheme: light dark; --line: #c8ccd2; --code: #f1f3f5; }
@media (prefers-color-scheme: dark) { :root { --line: #41464d; --code: #23272c; } }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 62rem; padding: 1rem; }
h1 small { font-size: 1rem; font-weight: normal; }
nav ul { list-style: none; padding: 0; }
nav li { margin: 0.25rem 0; }
section { border-top: 1px solid var(--line); margin-top: 2rem; overflow-x: auto; }
code { background: var(--code); border-radius: 3px; padding: 0 0.2em; overflow-wrap: anywhere; }
pre { background: var(--code); border-radius: 3px; overflow-x: auto; padding: 0.5rem; }
pre code { padding: 0; }
table { border-collapse: collapse; margin: 1rem 0; width: 100%; }
caption { font-weight: bold; text-align: left; }
th, td { border-bottom: 1px solid var(--line); padding: 0.25rem 0.75rem 0.25rem 0; text-align: left; vertical-align: top; }
dt { margin-top: 0.75rem; }
`
