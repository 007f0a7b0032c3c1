// The lines that fetch what the page shows from elsewhere: curl, Python's standard library, DuckDB. They run as they are;
// a key comes from the environment, never from the page. Pure.

/**
 * @typedef {'curl' | 'python' | 'duckdb'} Tool
 * @typedef {'records' | 'trade' | 'quote' | 'bars'} What
 */

/** @type {Readonly<Record<What, { readonly path: string, readonly more: Readonly<Record<string, string>> }>>} */
const ASKS = {
  records: { path: 'v1/records', more: {} },
  trade: { path: 'v1/events', more: { event: 'trade' } },
  quote: { path: 'v1/events', more: { event: 'quote' } },
  bars: { path: 'v1/bars', more: { interval: '1m' } },
}

/**
 * What is fetched: its path and parameters, without a format.
 * @param {What} what
 * @param {{ feed: string, symbol: string, from: string, to: string }} of
 */
export function askFor(what, { feed, symbol, from, to }) {
  const { path, more } = ASKS[what]
  return { path, parameters: { feed, ...(symbol === '' ? {} : { symbol }), from, to, ...more } }
}

/**
 * A name for the file: the letters that every file system takes.
 * @param {What} what
 * @param {{ feed: string, symbol: string, from: string }} of
 */
export const fileName = (what, { feed, symbol, from }) =>
  [feed, from.slice(0, 10), symbol, what === 'records' ? '' : what]
    .filter((part) => part !== '')
    .map((part) => part.replaceAll(/[^A-Za-z0-9._-]+/g, '_').replace(/^[-.]+/, ''))
    .join('-')

/**
 * @param {Tool} tool
 * @param {(format: string) => string} urlOf the address with a format
 * @param {{ name: string, hasKey: boolean, what: What }} with_
 */
export function snippet(tool, urlOf, { name, hasKey, what }) {
  const header = hasKey ? ` -H "X-API-Key: $SSMD_API_KEY"` : ''
  if (tool === 'curl') return `curl -fsS${header} '${urlOf('ndjson')}' -o ${name}.ndjson`
  if (tool === 'python') return python(urlOf('ndjson'), hasKey)
  return [
    `curl -fsS${header} '${urlOf('parquet')}' -o ${name}.parquet`,
    `duckdb -c "${SQL[what](`'${name}.parquet'`)}"`,
  ].join('\n')
}

/** @type {Readonly<Record<What, (file: string) => string>>} */
const SQL = {
  records: (file) => `SELECT type, count(*) AS records FROM ${file} GROUP BY ALL ORDER BY ALL`,
  trade: (file) =>
    `SELECT symbol, count(*) AS trades, min(price), max(price) FROM ${file} GROUP BY ALL ORDER BY ALL`,
  quote: (file) =>
    `SELECT symbol, count(*) AS quotes, avg(ask - bid) FROM ${file} GROUP BY ALL ORDER BY ALL`,
  bars: (file) => `SELECT * FROM ${file} ORDER BY time LIMIT 20`,
}

/**
 * @param {string} url
 * @param {boolean} hasKey
 */
const python = (url, hasKey) =>
  [
    hasKey ? 'import json, os, urllib.request' : 'import json, urllib.request',
    '',
    `url = ${JSON.stringify(url)}`,
    hasKey
      ? 'request = urllib.request.Request(url, headers={"X-API-Key": os.environ["SSMD_API_KEY"]})'
      : 'request = urllib.request.Request(url)',
    'with urllib.request.urlopen(request) as answer:',
    '    for line in answer:',
    '        print(json.loads(line))',
  ].join('\n')
