// Values as YAML text in the style of the file that they are written into: its indentation, its quotes, its padding. Words that YAML
// 1.1 reads as something else (`no`, `1_000`, a date) are quoted, because kubectl reads YAML 1.1. Pure.

import { Document, Scalar, type SchemaOptions, stringify, type ToStringOptions } from 'yaml'

const SCHEMA = { version: '1.1' as const } satisfies SchemaOptions & { version: '1.1' }

function styleOf(text: string): ToStringOptions {
  const [, indent] = /^( +)\S/m.exec(text.replaceAll(/^ *#.*$/gm, '')) ?? []
  return {
    indent: indent === undefined ? 2 : Math.min(Math.max(indent.length, 1), 8),
    indentSeq: isIndentedList(text),
    lineWidth: 0,
    singleQuote: text.split("'").length > text.split('"').length,
    flowCollectionPadding: !/\[[^\s\]]/.test(text),
  }
}

/** False if the first list below a key begins in the column of that key. */
function isIndentedList(text: string): boolean {
  let key = -1
  for (const line of text.split('\n')) {
    const content = line.trim()
    if (content === '' || content.startsWith('#')) continue
    const column = line.length - line.trimStart().length
    if (content.startsWith('- ') && key >= 0) return column > key
    key = content.endsWith(':') ? column : -1
  }
  return true
}

/** A value in block style, as lines without indentation. */
export const renderLines = (text: string, value: unknown): string[] =>
  stringify(value, { ...SCHEMA, ...styleOf(text) })
    .trimEnd()
    .split('\n')

/** A value in one line. */
export const renderFlow = (text: string, value: unknown): string =>
  new Document(value, SCHEMA)
    .toString({ ...styleOf(text), collectionStyle: 'flow', defaultStringType: defaultOf(value) })
    .trimEnd()

/** A text with a line break would become a block, which does not fit into a line. */
const defaultOf = (value: unknown): 'PLAIN' | 'QUOTE_DOUBLE' =>
  JSON.stringify(value)?.includes('\\n') ? 'QUOTE_DOUBLE' : 'PLAIN'

/** A single value in one line, quoted as the one before if that was quoted. */
export function renderScalar(text: string, value: unknown, before?: string | null): string {
  const scalar = new Scalar(value)
  const isText = typeof value === 'string'
  if (isText && value.includes('\n')) scalar.type = 'QUOTE_DOUBLE'
  else if (isText && (before === 'QUOTE_DOUBLE' || before === 'QUOTE_SINGLE')) scalar.type = before
  return stringify(scalar, { ...SCHEMA, ...styleOf(text) }).trimEnd()
}
