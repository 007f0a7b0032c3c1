// A YAML text as documents in which every field has a line and a column. Never throws: unreadable text is a flaw with its place.
// Anchors, size and depth are bounded, and keys are unique. Text that kubectl would read differently is a flaw, or a doubt of
// its field.

import type { Document, ParsedNode } from 'yaml'
import { isAlias, isMap, isScalar, isSeq, parseAllDocuments, visit } from 'yaml'
import { type Doubt, doubtsOf, isMergeKey, leadingTab } from './doubts.ts'
import type { Path } from './paths.ts'
import { shorten, withoutSecrets } from './problems.ts'
import { conflictOfGit, separatorProblems, strangeCharacter } from './yaml-text.ts'

/** More than a ConfigMap holds, and more than a person writes. */
export const MAX_FILE_BYTES = 1_048_576
const MAX_ALIASES = 100
const MAX_DOCUMENTS = 1000

export type Place = { readonly line: number; readonly column: number }

export type Flaw = Place & { readonly message: string; readonly hint: string }

export type YamlDocument = {
  readonly value: unknown
  readonly start: Place
  /** Fields that kubectl reads differently, or may. */
  readonly doubts: readonly (Omit<Doubt, 'offset'> & Place)[]
  /** The text of an unquoted scalar as written in the file, or undefined. */
  textOf(path: Path): string | undefined
  /** The place of a field's value, or of its nearest existing parent. */
  placeOf(path: Path): Place
  /** The place of a field's name, or of its nearest existing parent. */
  placeOfKey(path: Path): Place
}

export type YamlFile = {
  readonly documents: readonly YamlDocument[]
  readonly flaws: readonly Flaw[]
}

/** Reads every readable document; documents with only comments are left out. */
export function readYaml(text: string): YamlFile {
  const bytes = Buffer.byteLength(text)
  if (bytes > MAX_FILE_BYTES) {
    const message = `expected at most ${MAX_FILE_BYTES} bytes, found ${bytes}`
    return {
      documents: [],
      flaws: [{ line: 1, column: 1, message, hint: 'split the file, or put data elsewhere' }],
    }
  }
  const place = placer(text)
  const strange = strangeCharacter(text)
  if (strange) {
    const { index, message, hint } = strange
    const before = text.slice(0, index).split('\n')
    const at = { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 }
    return { documents: [], flaws: [{ ...at, message, hint }] }
  }
  const conflict = conflictOfGit(text)
  if (conflict) {
    const { index, message, hint } = conflict
    return { documents: [], flaws: [{ ...place(index), message, hint }] }
  }
  const documents: YamlDocument[] = []
  const flaws: Flaw[] = separatorProblems(text).map(({ index, message, hint }) => ({
    ...place(index),
    message,
    hint,
  }))
  for (const document of parse(text, flaws)) {
    const read = readDocument(text, document, place)
    if ('message' in read) flaws.push(read)
    else if (read.value !== null) documents.push(read)
  }
  return { documents, flaws }
}

type Parsed = Document.Parsed<ParsedNode, true>

function parse(text: string, flaws: Flaw[]): readonly Parsed[] {
  try {
    // uniqueKeys is ours to check: the parser compares every pair of keys, and names one place only.
    const documents = parseAllDocuments(text, {
      uniqueKeys: false,
      merge: true,
      prettyErrors: false,
      logLevel: 'silent',
    })
    if (!Array.isArray(documents)) return []
    if (documents.length > MAX_DOCUMENTS) {
      const message = `expected at most ${MAX_DOCUMENTS} documents, found ${documents.length}`
      flaws.push({ line: 1, column: 1, message, hint: 'split the file' })
      return []
    }
    return documents
  } catch (thrown) {
    flaws.push({ line: 1, column: 1, ...unreadable(thrown) })
    return []
  }
}

/** A stack that overflows and an anchor without bound are the file's doing; anything else is ours. */
function unreadable(thrown: unknown): { message: string; hint: string } {
  if (thrown instanceof RangeError) {
    return {
      message: 'the file is nested too deeply to be read',
      hint: 'resources need few levels',
    }
  }
  const reason = thrown instanceof Error ? thrown.message : String(thrown)
  return { message: `not YAML that can be read: ${shorten(reason)}`, hint: 'write the values out' }
}

function readDocument(
  text: string,
  document: Parsed,
  place: (offset: number) => Place
): YamlDocument | Flaw {
  const start = place(document.contents?.range?.[0] ?? document.range[0])
  const error = document.errors[0]
  if (error) {
    const at = place(error.pos[0])
    const line = withoutSecrets(text.split(/\r?\n/, at.line)[at.line - 1] ?? '').trim()
    const quoted = line === '' ? '' : `, in the line ${JSON.stringify(shorten(line))}`
    const { message, hint } = inWords(error.code, error.message)
    return { ...at, message: `not YAML: ${message}${quoted}`, hint }
  }
  try {
    const twice = repeatedKey(document, place)
    if (twice) return twice
    const tab = leadingTab(document, text)
    if (tab !== undefined) {
      return {
        ...place(tab),
        message: 'not YAML: a tab in the indentation',
        hint: 'indent with spaces',
      }
    }
    const value: unknown = document.toJS({ maxAliasCount: MAX_ALIASES })
    // Aliases share what they stand for, and may even contain themselves; a copy through JSON is a plain tree.
    const tree: unknown = JSON.parse(JSON.stringify(value ?? null))
    return {
      value: tree,
      start,
      doubts: doubtsOf(document, text).map(({ offset, ...doubt }) => ({
        ...doubt,
        ...place(offset),
      })),
      textOf: (path) => {
        const node: unknown = document.getIn(path, true)
        return isScalar(node) && node.type === 'PLAIN' ? node.source : undefined
      },
      placeOf: (path) => place(offsetOf(document, path, 'value')),
      placeOfKey: (path) => place(offsetOf(document, path, 'key')),
    }
  } catch (thrown) {
    if (thrown instanceof TypeError) {
      return { ...start, message: 'an anchor contains itself', hint: 'write the values out' }
    }
    if (thrown instanceof ReferenceError) {
      const message = `expected at most ${MAX_ALIASES} uses of anchors, found more`
      return { ...start, message, hint: 'write the values out' }
    }
    return { ...start, ...unreadable(thrown) }
  }
}

/** Our messages for the parser's common errors; any other error keeps its own message. */
function inWords(code: string, message: string): { message: string; hint: string } {
  const own = message.split('\n')[0]?.replace(/ at line .*/, '') ?? ''
  if (own.startsWith('Maximum call stack')) {
    return { message: 'nested too deeply to be read', hint: 'resources need few levels' }
  }
  switch (code) {
    case 'TAB_AS_INDENT':
      return { message: 'a tab in the indentation', hint: 'indent with spaces' }
    case 'MULTILINE_IMPLICIT_KEY':
      return {
        message: 'a line that is neither a field nor part of one',
        hint: 'write key: value, with a colon and a space',
      }
    case 'MISSING_CHAR':
      return own.includes('quote')
        ? { message: 'a quote that is not closed', hint: 'close it, or remove it' }
        : { message: own, hint: 'check for a colon, comma or bracket that is missing' }
    case 'BAD_INDENT':
      return own.includes('Flow')
        ? { message: 'a bracket that is not closed', hint: 'close it in the line where it begins' }
        : { message: own, hint: 'indent the fields of one map alike' }
    case 'BAD_ALIAS':
      return { message: own, hint: 'put a text that begins with * in quotes' }
    case 'BAD_SCALAR_START':
    case 'UNEXPECTED_TOKEN':
      return { message: own, hint: 'put a text with special characters in quotes' }
    default:
      return { message: own, hint: 'check this line and the one before it' }
  }
}

function repeatedKey(document: Parsed, place: (offset: number) => Place): Flaw | undefined {
  let flaw: Flaw | undefined
  visit(document, {
    Map(_, map) {
      const seen = new Map<string, number>()
      for (const { key } of map.items) {
        if (!isScalar(key)) continue
        const name = isMergeKey(key) ? '<<' : String(key.value)
        const offset = key.range?.[0] ?? 0
        const before = seen.get(name)
        if (before !== undefined) {
          const message = `the key ${JSON.stringify(shorten(name))} stands twice in the same map, first in line ${place(before).line}`
          flaw = { ...place(offset), message, hint: 'remove one of the two' }
          return visit.BREAK
        }
        seen.set(name, offset)
      }
      return undefined
    },
  })
  return flaw
}

/** Where a path stands in the text; as far as the document goes along with it. */
function offsetOf(document: Parsed, path: Path, want: 'key' | 'value'): number {
  let node: unknown = document.contents
  let offset = document.contents?.range?.[0] ?? document.range[0]
  for (const part of path) {
    if (isAlias(node)) node = node.resolve(document)
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(part))
      if (!pair || !isScalar(pair.key)) break
      const keyOffset = pair.key.range?.[0] ?? offset
      const value = pair.value
      const isNode = isMap(value) || isSeq(value) || isScalar(value) || isAlias(value)
      node = value
      offset = want === 'key' || !isNode ? keyOffset : (value.range?.[0] ?? keyOffset)
    } else if (isSeq(node)) {
      const item: unknown = node.items[Number(part)]
      if (!(isMap(item) || isSeq(item) || isScalar(item) || isAlias(item))) break
      node = item
      offset = item.range?.[0] ?? offset
    } else break
  }
  return offset
}

/**
 * Offsets as places; one behind the end belongs to the last line that has text. The parser's own LineCounter will not
 * do: after an error it counts wrong in the documents that follow.
 */
function placer(text: string): (offset: number) => Place {
  const end = text.trimEnd().length
  const starts = [0]
  for (let i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) starts.push(i + 1)
  return (offset) => {
    const within = Math.max(0, Math.min(offset, end))
    let line = 0
    let after = starts.length
    while (after - line > 1) {
      const middle = (line + after) >> 1
      if ((starts[middle] ?? 0) <= within) line = middle
      else after = middle
    }
    return { line: line + 1, column: within - (starts[line] ?? 0) + 1 }
  }
}
