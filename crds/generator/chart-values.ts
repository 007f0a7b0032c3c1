// The table of values in the chart's README: one row a value, from the comments of values.yaml.

import { isMap, isPair, isScalar, type Pair, parseDocument } from 'yaml'

const BEGIN = '<!-- values: generated from values.yaml by `npm run generate` -->'
const END = '<!-- end of values -->'

export type ValueRow = { readonly name: string; readonly preset: string; readonly words: string }

/** A map with a comment is one value; one without is looked into. */
export function readValues(text: string): ValueRow[] {
  const { contents } = parseDocument(text)
  if (!isMap(contents)) throw new Error('values.yaml is not a map')
  return contents.items.flatMap((pair, at) => rowsOf(pair, '', at === 0 ? '' : undefined))
}

/** The comment above the first key of a map belongs to the map, in the words of the parser. */
function rowsOf(pair: Pair, prefix: string, inherited: string | undefined): ValueRow[] {
  if (!isPair(pair) || !isScalar(pair.key)) return []
  const name = `${prefix}${String(pair.key.value)}`
  const comment = inherited ?? pair.key.commentBefore ?? ''
  const { value } = pair
  if (isMap(value) && comment === '' && value.items.length > 0) {
    return value.items.flatMap((inner, at) =>
      rowsOf(inner, `${name}.`, at === 0 ? (value.commentBefore ?? '') : undefined)
    )
  }
  const preset = JSON.stringify((value as { toJSON(): unknown } | null)?.toJSON() ?? null)
  return [{ name, preset, words: comment.replaceAll(/\s+/g, ' ').trim() }]
}

/** The README with its table as it has to be. */
export function withValueTable(readme: string, values: string): string {
  const start = readme.indexOf(BEGIN)
  const end = readme.indexOf(END)
  if (start === -1 || end < start) throw new Error(`the chart's README has no ${BEGIN} … ${END}`)
  const cell = (text: string) => text.replaceAll('|', '\\|')
  const rows = readValues(values).map(
    ({ name, preset, words }) => `| \`${name}\` | \`${cell(preset)}\` | ${cell(words)} |`
  )
  const table = ['| value | default | what it is |', '| --- | --- | --- |', ...rows].join('\n')
  return `${readme.slice(0, start)}${BEGIN}\n\n${table}\n\n${readme.slice(end)}`
}
