// What kubectl and Argo CD would read differently from us in a document: each place is a doubt. They read YAML 1.1
// with go-yaml v2; we read YAML 1.2. Another YAML 1.1 parser alone makes only a note.

import type { Alias, Document, Node, Pair, Scalar, YAMLMap } from 'yaml'
import { isAlias, isMap, isPair, isScalar, isSeq, visit } from 'yaml'
import type { Path } from './paths.ts'
import { shorten, withoutSecrets } from './problems.ts'
import { otherReading, type Plain, readPlain } from './yaml11.ts'

export type Doubt = {
  /** `note`: kubectl reads it as we do. */
  readonly kind: 'problem' | 'note'
  readonly path: Path
  readonly at: 'key' | 'value'
  /** Where it stands in the text. */
  readonly offset: number
  readonly message: string
  readonly hint: string
}

/** One bad generator makes thousands. */
const MOST = 100
const STRING_TAG = 'tag:yaml.org,2002:str'

type What = Pick<Doubt, 'kind' | 'message' | 'hint'>
type Ancestors = readonly (Document | Node | Pair)[]

export function doubtsOf(document: Document, text: string): Doubt[] {
  const doubts: Doubt[] = []
  const look = (
    key: number | 'key' | 'value' | null,
    node: Node,
    ancestors: Ancestors,
    what: What | undefined
  ): symbol | undefined => {
    if (what === undefined) return undefined
    const at = key === 'key' ? 'key' : 'value'
    const offset = node.range?.[0] ?? 0
    doubts.push({ ...what, path: pathOf(ancestors, node), at, offset })
    return doubts.length < MOST ? undefined : visit.BREAK
  }
  const isYaml = !isJson(text)
  visit(document, {
    Scalar: (key, node, ancestors) =>
      look(
        key,
        node,
        ancestors,
        tagDoubt(node) ??
          anchorDoubt(node) ??
          (isYaml ? quoteDoubt(node, text) : undefined) ??
          (isYaml && inFlow(ancestors) ? flowDoubt(node, key === 'key', text) : undefined) ??
          (key === 'key' ? nameDoubt(node) : undefined) ??
          plainDoubt(node)
      ),
    Alias: (key, node, ancestors) =>
      look(key, node, ancestors, key === 'key' ? notAKey('an alias') : anchorDoubt(node)),
    Map: (key, node, ancestors) =>
      look(
        key,
        node,
        ancestors,
        tagDoubt(node) ?? anchorDoubt(node) ?? keyDoubt(key) ?? mergeDoubt(node, document)
      ),
    Seq: (key, node, ancestors) =>
      look(key, node, ancestors, tagDoubt(node) ?? anchorDoubt(node) ?? keyDoubt(key)),
  })
  return doubts
}

const problem = (message: string, hint: string): What => ({ kind: 'problem', message, hint })

/** Where a tab stands before what begins in a line, and not inside a text: go-yaml v2 refuses most of these. */
export function leadingTab(document: Document, text: string): number | undefined {
  if (!text.includes('\t') || isJson(text)) return undefined
  const texts: [start: number, end: number][] = []
  visit(document, {
    Scalar(_, { type = 'PLAIN', range }) {
      if (type === 'PLAIN' || !range) return
      // The lines of a block are indented as its first one with text is, which must not begin with a tab.
      const head = type.startsWith('BLOCK') ? /^.*(?:\s*\n)?[ ]*/.exec(text.slice(range[0])) : null
      texts.push([range[0] + (head?.[0].length ?? 0) + (head ? 1 : 0), range[1]])
    },
  })
  const [start = 0, , end = text.length] = document.range ?? []
  let next = 0
  for (const { 0: lead, index } of text.matchAll(/^[ ?:-]*\t/gm)) {
    const at = index + lead.length - 1
    // `-x` begins a text, `- ` an entry.
    if (/[-?:](?![ \t])/.test(lead) || at < start || at >= end) continue
    while (next < texts.length && texts[next]![1] <= at) next++
    const inside = texts[next]
    if (inside === undefined || at < inside[0]) return at
  }
  return undefined
}

function isJson(text: string): boolean {
  if (!/^\s*[{[]/.test(text)) return false
  try {
    JSON.parse(text)
    return true
  } catch {
    return false // kubectl too then tries YAML
  }
}

function quoteDoubt({ type, range }: Scalar, text: string): What | undefined {
  if ((type !== 'QUOTE_DOUBLE' && type !== 'QUOTE_SINGLE') || !range) return undefined
  const inner = text.slice(range[0] + 1, range[1] - 1)
  const [pair, alone] = type === 'QUOTE_DOUBLE' ? ['\\\\', /\\$/] : ["''", /'/]
  const rest = inner.includes(pair) ? inner.replaceAll(pair, '') : inner
  // The parser takes the last of three quotes for the end.
  if (alone.test(rest)) return problem('a quote is not closed', 'close it, or remove it')
  return type === 'QUOTE_DOUBLE' && rest.includes('\\/')
    ? problem('kubectl does not read the escape \\/', 'write / alone')
    : undefined
}

/** Inside brackets go-yaml v2 ends a plain text elsewhere. */
function flowDoubt(node: Scalar, isKey: boolean, text: string): What | undefined {
  const { type, source = '', range } = node
  if (!range) return undefined
  if (type !== 'PLAIN') {
    return /[^\s,:\]}]/.test(text[range[1]] ?? ' ')
      ? problem('kubectl needs a blank behind this quote', 'write a blank')
      : undefined
  }
  // Not shown: it may be part of a key.
  if (/^[?:]|[?]|:(?=$|[,[\]{}])/.test(source)) {
    return problem('kubectl does not read this text inside brackets', 'put it in quotes')
  }
  const behind = isKey ? /^\s*:(?=\S)/.test(text.slice(range[1], range[1] + 100)) : false
  return behind
    ? problem('kubectl takes a colon that no blank follows for a part of the text', 'write a blank')
    : undefined
}

/** The name of a field is a text to both. */
function nameDoubt(node: Scalar): What | undefined {
  const { type, source, value, tag } = node
  if (tag !== undefined || source === undefined) return notAKey('a tag')
  if (type === 'BLOCK_LITERAL' || type === 'BLOCK_FOLDED') return notAKey('a text of several lines')
  if (type !== 'PLAIN' || isMergeKey(node)) return undefined
  if (value === null) return notAKey(show(source))
  const theirs = readPlain(source)
  if (typeof theirs === 'string' || (Number.isSafeInteger(theirs) && String(theirs) === source)) {
    return undefined
  }
  return problem(
    `kubectl takes the name ${show(source)} for ${words(theirs)}, by YAML 1.1`,
    quoteIt(source)
  )
}

function plainDoubt(node: Scalar): What | undefined {
  const { type, value, source } = node
  if (isMergeKey(node)) return undefined
  if (type !== 'PLAIN' || source === undefined || node.tag === STRING_TAG) return undefined
  const theirs = readPlain(source)
  if (typeof value === 'number' && !Number.isFinite(value)) {
    return problem(`${show(source)} is a number that no resource can hold`, quoteIt(source))
  }
  if (theirs !== value) {
    const other = typeof value === 'string' ? '' : `, or as ${String(value)}`
    const meant = typeof theirs === 'string' ? '' : `, or as ${String(theirs)}`
    return problem(
      `kubectl reads ${show(source)} as ${words(theirs)}, by YAML 1.1; YAML 1.2 as ${words(value)}`,
      `${quoteIt(source)}${meant}${other}`
    )
  }
  const other = otherReading(source)
  if (other === undefined) return undefined
  return {
    kind: 'note',
    message: `some tools read ${show(source)} as ${other}, by YAML 1.1; ssmd and kubectl read a text`,
    hint: quoteIt(source),
  }
}

const quoteIt = (source: string): string =>
  `write it as ${JSON.stringify(shorten(withoutSecrets(source)))}`
const show = (source: string): string =>
  source === '' ? 'nothing' : shorten(withoutSecrets(source))

function words(value: unknown): string {
  if (typeof value === 'string') return 'a text'
  return typeof value === 'number' ? `the number ${value}` : String(value as Plain)
}

function tagDoubt({ tag }: Pick<Node, 'tag'>): What | undefined {
  if (tag === undefined || tag === STRING_TAG) return undefined
  const shown = shorten(tag.replace('tag:yaml.org,2002:', '!!'))
  return problem(
    `expected a plain value, found one with the tag ${shown}, which tools read differently`,
    'remove the tag; a text goes in quotes'
  )
}

/** go-yaml v2 ends the name of an anchor where any other character stands. */
function anchorDoubt(node: Node): What | undefined {
  const name = isAlias(node) ? node.source : (node as Scalar).anchor
  if (name === undefined || /^[A-Za-z0-9_-]+$/.test(name)) return undefined
  return problem(
    `kubectl does not read the anchor name ${show(name)}`,
    'use letters, digits, dashes and underscores'
  )
}

const keyDoubt = (key: number | 'key' | 'value' | null): What | undefined =>
  key === 'key' ? notAKey('a list or a map') : undefined

const notAKey = (found: string): What =>
  problem(`expected the name of a field, found ${found}`, 'write the name as a plain text')

/** A merge key replaces what stands before it in kubectl, and nothing in YAML 1.2. */
function mergeDoubt(map: YAMLMap, document: Document): What | undefined {
  const before = new Set<string>()
  for (const { key, value } of map.items) {
    if (!isScalar(key)) continue
    if (!isMergeKey(key)) {
      before.add(String(key.value))
      continue
    }
    const names = new Set<string>()
    for (const source of isSeq(value) ? value.items : [value]) {
      const merged = isAlias(source) ? resolve(source, document) : source
      for (const item of isMap(merged) ? merged.items : []) {
        const name = isScalar(item.key) ? String(item.key.value) : ''
        if (isScalar(item.key) && isMergeKey(item.key)) {
          // Which of the two comes first would have to be followed to any depth.
          return problem(
            'a merge key << leads to a map that has one itself',
            'write the values out'
          )
        }
        if (before.has(name)) {
          return problem(
            `kubectl takes ${show(name)} from the merge key <<, which stands after it`,
            'write << first in its map, and once'
          )
        }
        names.add(name)
      }
    }
    for (const name of names) before.add(name)
  }
  return undefined
}

/** Its value is a symbol. */
export const isMergeKey = ({ type, source }: Scalar): boolean => type === 'PLAIN' && source === '<<'

const resolve = (alias: Alias, document: Document): unknown => alias.resolve(document)

const inFlow = (ancestors: Ancestors): boolean =>
  ancestors.some((node) => (isMap(node) || isSeq(node)) && node.flow === true)

const nameOf = (key: unknown): string =>
  isScalar(key) ? (isMergeKey(key) ? '<<' : String(key.value)) : ''

/** The path of a node: the names and positions on the way to it. */
function pathOf(ancestors: Ancestors, node: Node): Path {
  const path: (string | number)[] = []
  ancestors.forEach((ancestor, i) => {
    if (isPair(ancestor)) path.push(nameOf(ancestor.key))
    else if (isSeq(ancestor)) path.push(ancestor.items.indexOf(ancestors[i + 1] ?? node))
  })
  return path
}
