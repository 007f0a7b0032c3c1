// Edits of a YAML text in place: only the bytes of what changes are replaced, so that comments, order, quotes, line endings and
// blank lines stay as a person wrote them. Pure. Each edit is proved afterwards: the new text says exactly what was wanted.

import { isDeepStrictEqual } from 'node:util'
import { isMap, isScalar, isSeq, type Node, parseAllDocuments } from 'yaml'
import { SsmdError } from '#crds/errors.ts'
import { contentEnd, type Existing, type Missing, placeOf } from './edit-places.ts'
import { renderFlow, renderLines, renderScalar } from './edit-text.ts'

export type YamlPath = readonly (string | number)[]

/** `undefined` removes. An index that is the length of a list appends to it. Missing maps on the way are made. */
export type Edit = { readonly path: YamlPath; readonly value: unknown }

/** Which document of the text is meant, by its value. */
export type DocumentTest = (value: unknown) => boolean

/** The text with these edits, one after the other. Throws SSMD_E_RESOURCE_SYNTAX for what cannot be edited in place. */
export function editYaml(
  text: string,
  edits: readonly Edit[],
  isMeant: DocumentTest = () => true
): string {
  let edited = text
  for (const { path, value } of edits) {
    const before = valueIn(edited, isMeant)
    for (const step of stepsOf(before, path, value)) edited = applyStep(edited, step, isMeant)
    const wanted = withValue(before, path, value)
    // The document itself may be told by what was edited, such as its name.
    const after = isDeepStrictEqual(before, wanted)
      ? valueIn(edited, isMeant)
      : valueIn(edited, (other) => isDeepStrictEqual(other, wanted))
    if (!isDeepStrictEqual(after, wanted)) throw notInPlace(path)
  }
  return edited
}

const notInPlace = (path: YamlPath): SsmdError =>
  new SsmdError('SSMD_E_RESOURCE_SYNTAX', `${path.join('.')} cannot be changed in place`, {
    hint: 'its YAML is written in an unusual form, such as an anchor: edit the file by hand',
  })

function documentOf(text: string, isMeant: DocumentTest) {
  const documents = parseAllDocuments(text, { uniqueKeys: true })
  const found = [...documents].find((one) => one.errors.length === 0 && isMeant(one.toJS()))
  if (found === undefined) {
    throw new SsmdError('SSMD_E_NOT_FOUND', 'the file has no such resource any more', {
      hint: 'another program changed it meanwhile: run the command again',
    })
  }
  return found
}

const valueIn = (text: string, isMeant: DocumentTest): unknown => documentOf(text, isMeant).toJS()

const isPlainMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const childOf = (value: unknown, key: string | number): unknown =>
  typeof value === 'object' && value !== null
    ? (value as Record<string | number, unknown>)[key]
    : undefined

/** The smallest edits that make `value` of what is at `path`: what is equal is not touched, so its comments stay. */
function stepsOf(root: unknown, path: YamlPath, value: unknown): Edit[] {
  const before = path.reduce(childOf, root)
  if (isDeepStrictEqual(before, value)) return []
  if (isPlainMap(before) && isPlainMap(value) && Object.keys(value).length > 0) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(value)])]
    // What is added first keeps the map from being empty meanwhile.
    const [gone, kept] = [keys.filter((key) => !(key in value)), keys.filter((key) => key in value)]
    return [...kept, ...gone].flatMap((key) => stepsOf(root, [...path, key], value[key]))
  }
  if (Array.isArray(before) && Array.isArray(value) && value.length > 0) {
    const common = Math.min(before.length, value.length)
    const steps: Edit[] = []
    for (let i = 0; i < common; i++) steps.push(...stepsOf(root, [...path, i], value[i]))
    for (let i = common; i < value.length; i++) steps.push({ path: [...path, i], value: value[i] })
    for (let i = before.length - 1; i >= common; i--)
      steps.push({ path: [...path, i], value: undefined })
    return steps
  }
  return [{ path, value }]
}

/** A copy of the value with the edit made. */
function withValue(root: unknown, [key, ...rest]: YamlPath, value: unknown): unknown {
  if (key === undefined) return value
  const inner = withValue(childOf(root, key), rest, value)
  if (Array.isArray(root)) {
    return inner === undefined
      ? root.filter((_, i) => i !== key)
      : Object.assign([...root], { [key]: inner })
  }
  const copy: Record<string, unknown> = isPlainMap(root) ? { ...root } : {}
  if (inner === undefined) delete copy[key]
  else copy[key] = inner
  return copy
}

function applyStep(text: string, { path, value }: Edit, isMeant: DocumentTest): string {
  const slot = placeOf(text, documentOf(text, isMeant).contents as Node | null, path)
  if (slot === undefined) throw notInPlace(path)
  if (slot.kind === 'missing') {
    if (value === undefined) return text
    const [key, ...deeper] = slot.rest
    const nested = deeper.reduceRight<unknown>((inner, name) => ({ [name]: inner }), value)
    return insert(text, slot, key ?? '', nested)
  }
  return value === undefined ? remove(text, slot) : replace(text, slot, value)
}

const lineFeedOf = (text: string): string => (text.includes('\r\n') ? '\r\n' : '\n')

const splice = (text: string, start: number, end: number, inserted: string): string =>
  text.slice(0, start) + inserted + text.slice(end)

/** Where the line that `at` is in ends, before its line break. */
function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at)
  if (end < 0) return text.length
  return text[end - 1] === '\r' ? end - 1 : end
}

const lineStart = (text: string, at: number): number => text.lastIndexOf('\n', at - 1) + 1

const columnOf = (text: string, at: number): number => at - lineStart(text, at)

const indented = (lines: readonly string[], columns: number, lineFeed: string): string =>
  lines
    .map((line, i) => (i === 0 || line === '' ? line : ' '.repeat(columns) + line))
    .join(lineFeed)

/** `key: value`, or the value of a list behind its dash, as lines from `column` on. */
function entryText(text: string, key: string | number | null, value: unknown, column: number) {
  const lineFeed = lineFeedOf(text)
  const lines = renderLines(text, key === null ? value : { [key]: value })
  return indented(lines, column, lineFeed)
}

function insert(text: string, slot: Missing, key: string | number, value: unknown): string {
  const { parent } = slot
  const lineFeed = lineFeedOf(text)
  if (isScalar(parent)) {
    // `key:` without a value.
    const column = columnOf(text, slot.keyStart) + 2
    const entry = entryText(text, key, value, column)
    const at = lineEnd(text, slot.behindKey)
    const cleared = text.slice(slot.behindKey, at).replace(parent.source ?? '', '')
    return splice(text, slot.behindKey, at, `${cleared}${lineFeed}${' '.repeat(column)}${entry}`)
  }
  if (parent.flow === true) {
    const entry = isMap(parent)
      ? `${renderScalar(text, key)}: ${renderFlow(text, value)}`
      : renderFlow(text, value)
    const close = contentEnd(text, parent) - 1
    const isEmpty = parent.items.length === 0
    let at = close
    while (/[\s,]/.test(text[at - 1] ?? '')) at--
    const space = isMap(parent) ? ' ' : ''
    return splice(text, at, close, `${isEmpty ? space : ', '}${entry}${space}`)
  }
  const last = slot.lastEnd
  const at = lineEnd(text, last)
  const { column } = slot
  const entry = isMap(parent)
    ? entryText(text, key, value, column)
    : `- ${entryText(text, null, value, column + 2)}`
  return splice(text, at, at, `${lineFeed}${' '.repeat(column)}${entry}`)
}

function replace(text: string, slot: Existing, value: unknown): string {
  const { node, key } = slot
  const isCollection = typeof value === 'object' && value !== null
  if (slot.isInFlow) {
    return splice(text, node.range![0], contentEnd(text, node), renderFlow(text, value))
  }
  if (!isCollection && isScalar(node)) {
    const rendered = renderScalar(text, value, node.type)
    const [start] = node.range!
    // `key:` without a value has no place of its own.
    if (node.source === '' && node.type === 'PLAIN') {
      return splice(text, slot.behindKey, slot.behindKey, ` ${rendered}`)
    }
    return splice(text, start, contentEnd(text, node), rendered)
  }
  const column = columnOf(text, slot.start)
  const [first, ...more] = entryText(text, key, value, column).split('\n')
  const end = contentEnd(text, node)
  // A comment behind the old value would become part of a block of text: it goes behind the first line.
  const [comment = ''] = /^[ \t]+#[^\r\n]*/.exec(text.slice(end)) ?? []
  const entry = [first?.replace(/\r?$/, (lineFeed) => comment + lineFeed), ...more].join('\n')
  return splice(text, slot.start, end + comment.length, entry)
}

function remove(text: string, slot: Existing): string {
  const { node } = slot
  const end = contentEnd(text, node)
  if (slot.isInFlow) {
    const behind = /^\s*,\s*/.exec(text.slice(end))
    if (behind) return splice(text, slot.start, end + behind[0].length, '')
    const before = /,\s*$/.exec(text.slice(0, slot.start))
    return splice(text, slot.start - (before?.[0].length ?? 0), end, '')
  }
  if (slot.isOnly) {
    // A map or list without entries is written in brackets, behind its key.
    const empty = isSeq(slot.parent) ? '[]' : '{}'
    const { parentBehindKey } = slot
    const start = slot.dash ?? slot.start
    if (parentBehindKey === undefined) return splice(text, start, end, empty)
    const rest = removeLines(text, start, end)
    return splice(rest, parentBehindKey, parentBehindKey, ` ${empty}`)
  }
  const begin = slot.dash ?? slot.start
  const isFirstOnLine = text.slice(lineStart(text, begin), begin).trim() === ''
  // Behind a dash: the next entry takes its place, or begins on its own line if there are comments before it.
  if (!isFirstOnLine) {
    const next = slot.nextStart ?? end
    const isClose = !text.slice(lineEnd(text, end), next).includes('#')
    return isClose
      ? splice(text, begin, next, '')
      : splice(text, text.slice(0, begin).trimEnd().length, lineEnd(text, end), '')
  }
  return removeLines(text, begin, end)
}

/** Without the lines from that of `begin` to that of `end`. */
function removeLines(text: string, begin: number, end: number): string {
  const after = lineEnd(text, end)
  const start = lineStart(text, begin)
  const lineFeed = text.startsWith('\r\n', after) ? 2 : after < text.length ? 1 : 0
  if (lineFeed > 0) return splice(text, start, after + lineFeed, '')
  return text.slice(0, Math.max(0, start - lineFeedOf(text).length))
}
