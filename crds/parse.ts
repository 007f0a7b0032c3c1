// A YAML text as resources. Pure, and never throws: an error is a problem with its place, and the rest of the text is still
// read.

import type { ErrorCode } from './errors.ts'
import type { Kind, Resource } from './kinds.ts'
import { API_GROUP, API_VERSION, KINDS } from './kinds.ts'
import type { Located, Resources } from './located.ts'
import { noResources, problemAt } from './located.ts'
import type { Path } from './paths.ts'
import { formatPath, memberOf, parsePath } from './paths.ts'
import type { Problem } from './problems.ts'
import { byPlace, describeValue, listWords, shorten, withoutSecrets } from './problems.ts'
import { nearest } from './suggest.ts'
import { judge } from './validate.ts'
import type { Place, YamlDocument } from './yaml-documents.ts'
import { readYaml } from './yaml-documents.ts'

/** Every resource of the text, and every problem in it, by their places. */
export function parseResources(text: string, file: string): Resources {
  const { documents, flaws } = readYaml(text)
  const found = noResources()
  for (const { line, column, message, hint } of flaws) {
    const code = 'SSMD_E_RESOURCE_SYNTAX'
    found.problems.push({ code, file, line, column, kind: '', name: '', field: '', message, hint })
  }
  // The document that gave it may be the one that could not be read: that is told once, not for each that follows.
  let apiVersion: unknown = flaws.length > 0 ? API_VERSION : undefined
  const foreign: Foreign[] = []
  for (const document of documents) {
    const own = memberOf(document.value, 'apiVersion')
    const part = { document, file, prefix: [], value: document.value, inherited: apiVersion }
    readDocument(part, found, foreign)
    apiVersion = own ?? apiVersion
  }
  if (foreign.length > 0) found.notes.push(foreignNote(foreign, file))
  return mergeResources([found])
}

/** All of them together; a name that is taken already is a problem of the later one, which is left out. */
export function mergeResources(parts: readonly Resources[]): Resources {
  const problems = parts.flatMap((part) => part.problems)
  const notes = parts.flatMap((part) => part.notes)
  const merged = {
    feeds: distinct(
      parts.flatMap((part) => part.feeds),
      problems
    ),
    environments: distinct(
      parts.flatMap((part) => part.environments),
      problems
    ),
    archives: distinct(
      parts.flatMap((part) => part.archives),
      problems
    ),
    signals: distinct(
      parts.flatMap((part) => part.signals),
      problems
    ),
    problems,
    notes,
  }
  problems.sort(byPlace)
  notes.sort(byPlace)
  return merged
}

function distinct<T extends Resource>(
  all: readonly Located<T>[],
  problems: Problem[]
): Located<T>[] {
  const byName = new Map<string, Located<T>>()
  for (const located of all) {
    const { kind, metadata } = located.resource
    const first = byName.get(metadata.name)
    if (!first) {
      byName.set(metadata.name, located)
      continue
    }
    problems.push(
      problemAt(
        located,
        'metadata.name',
        'SSMD_E_RESOURCE_INVALID',
        `expected each name once, found ${kind} ${metadata.name} again, first in ${first.file}:${first.line}`,
        'rename one of the two, or remove it'
      )
    )
  }
  return [...byName.values()]
}

/** A document, or one item of a List. */
type Part = {
  readonly document: YamlDocument
  readonly file: string
  /** Where the resource stands in the document: empty, or `items[2]`. */
  readonly prefix: Path
  readonly value: unknown
  /** The apiVersion of the document before, or that of the list. */
  readonly inherited: unknown
  /** What a list of one kind says of its items. */
  readonly kindOfList?: string
}

type Foreign = Place & { readonly kind: string }

function readDocument(part: Part, found: Resources, foreign: Foreign[]): void {
  const { document, value } = part
  const kind = memberOf(value, 'kind')
  const apiVersion = memberOf(value, 'apiVersion') ?? part.inherited
  const ofList = listedKind(kind, apiVersion)
  if (ofList === undefined) {
    readResource(part, found, foreign)
    return
  }
  const items = memberOf(value, 'items')
  if (!Array.isArray(items)) {
    const place = document.placeOf(['items'])
    const message = `expected a list of resources, found ${describeValue(items)}`
    report(part, found, { place, path: ['items'], message, hint: 'write them out below items' })
  }
  for (const [i, item] of (Array.isArray(items) ? items : []).entries()) {
    const prefix = ['items', i]
    if (listedKind(memberOf(item, 'kind'), memberOf(item, 'apiVersion')) !== undefined) {
      const place = document.placeOf(prefix)
      const message = 'expected a resource, found a list inside a list'
      report(part, found, { place, path: prefix, message, hint: 'write its items out' })
      continue
    }
    // As kubectl: an item that names neither has both from the list.
    const isBare =
      memberOf(item, 'kind') === undefined && memberOf(item, 'apiVersion') === undefined
    const kindOfList = isBare && ofList !== '' ? { kindOfList: ofList } : {}
    const inherited = isBare && ofList !== '' ? apiVersion : undefined
    readResource({ ...part, prefix, value: item, inherited, ...kindOfList }, found, foreign)
  }
}

/** The kind of a list's items, empty for a list of any; undefined for what is no list that kubectl would take apart. */
function listedKind(kind: unknown, apiVersion: unknown): string | undefined {
  if (typeof kind !== 'string') return undefined
  if (kind === 'List') return ''
  const item = kind.replace(/List$/, '')
  return item !== kind && isKind(item) && !isForeign(apiVersion) ? item : undefined
}

type Finding = {
  readonly code?: ErrorCode
  readonly place: Place
  readonly path: Path
  readonly message: string
  readonly hint: string
}

function report(
  part: Part,
  found: Resources,
  finding: Finding,
  to: 'problems' | 'notes' = 'problems'
) {
  const { file, value } = part
  const { code = 'SSMD_E_RESOURCE_SYNTAX', place, path, message, hint } = finding
  const { line, column } = place
  const kind = memberOf(value, 'kind') ?? part.kindOfList
  const name = memberOf(memberOf(value, 'metadata'), 'name')
  found[to].push({
    code,
    file,
    line,
    column,
    kind: typeof kind === 'string' ? kind : '',
    name: typeof name === 'string' ? name : '',
    field: formatPath(path),
    message,
    hint,
  })
}

function readResource(part: Part, found: Resources, foreign: Foreign[]): void {
  const { document, file, prefix, value } = part
  const start = prefix.length === 0 ? document.start : document.placeOf(prefix)
  const apiVersion = memberOf(value, 'apiVersion') ?? part.inherited
  const kind = memberOf(value, 'kind') ?? part.kindOfList
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    const message = `expected a resource with apiVersion, kind, metadata and spec, found ${describeValue(value)}`
    report(part, found, { place: start, path: prefix, message, hint: '' })
    return
  }
  // Kustomizations and the like stand beside our resources in many repositories, and some have a kind of our names.
  if (isForeign(apiVersion) && !(isKind(kind) && !String(apiVersion).includes('/'))) {
    // One of a kustomization is expected in a folder of resources.
    if (kind !== 'Kustomization')
      foreign.push({ ...start, kind: typeof kind === 'string' ? kind : 'no kind' })
    return
  }
  if (!isKind(kind)) {
    const near = typeof kind === 'string' ? nearest(kind, KINDS) : undefined
    const message = `expected ${listWords(KINDS)}, found ${kind === undefined ? 'none' : describeValue(kind)}`
    const hint = near
      ? `did you mean ${near}?`
      : `begin with apiVersion: ${API_VERSION} and kind: Feed`
    const path = [...prefix, 'kind']
    report(part, found, { place: document.placeOf(path), path, message, hint })
    return
  }
  const doubted = reportDoubts(part, found)
  if (apiVersion !== undefined && !('apiVersion' in value) && part.kindOfList === undefined) {
    const message = 'kubectl needs the apiVersion in each document, found none'
    const hint = `write apiVersion: ${describePlain(apiVersion)}`
    report(part, found, { place: start, path: [...prefix, 'apiVersion'], message, hint }, 'notes')
  }
  const whole = { kind, ...(apiVersion === undefined ? {} : { apiVersion }), ...value }
  const { resource, findings } = judge(kind, whole)
  let refused = doubted.size > 0
  for (const { path: inner, at, message, hint, quote } of findings) {
    refused = true
    const path = [...prefix, ...inner]
    // One word a field: that kubectl reads another value explains it better.
    if (doubted.has(formatPath(path))) continue
    const place = at === 'key' ? document.placeOfKey(path) : document.placeOf(path)
    const text = quote ? document.textOf(path) : undefined
    const written =
      text === undefined
        ? hint
        : `put it in quotes: ${JSON.stringify(shorten(withoutSecrets(text)))}`
    report(part, found, { code: 'SSMD_E_RESOURCE_INVALID', place, path, message, hint: written })
  }
  if (resource === undefined || refused) return
  const located = {
    file,
    line: start.line,
    fieldAt: (path: string) => document.placeOf([...prefix, ...parsePath(path)]),
  }
  switch (resource.kind) {
    case 'Feed':
      found.feeds.push({ resource, ...located })
      return
    case 'Environment':
      found.environments.push({ resource, ...located })
      return
    case 'Archive':
      found.archives.push({ resource, ...located })
      return
    case 'Signal':
      found.signals.push({ resource, ...located })
  }
}

/** Reports where kubectl would read another resource; returns the fields. */
function reportDoubts(part: Part, found: Resources): Set<string> {
  const doubted = new Set<string>()
  for (const doubt of part.document.doubts) {
    if (!part.prefix.every((step, i) => doubt.path[i] === step)) continue
    if (doubt.kind === 'problem') doubted.add(formatPath(doubt.path))
    const to = doubt.kind === 'problem' ? 'problems' : 'notes'
    report(part, found, { code: 'SSMD_E_RESOURCE_INVALID', place: doubt, ...doubt }, to)
  }
  return doubted
}

function foreignNote(foreign: readonly Foreign[], file: string): Problem {
  const kinds = [...new Set(foreign.map(({ kind }) => shorten(kind, 40)))]
  const more = kinds.length > 5 ? [...kinds.slice(0, 5), 'others'] : kinds
  const { line, column } = foreign[0]!
  const count = foreign.length === 1 ? 'a resource' : `${foreign.length} resources`
  return {
    code: 'SSMD_E_RESOURCE_SYNTAX',
    file,
    line,
    column,
    kind: '',
    name: '',
    field: '',
    message: `passed over ${count} that ssmd does not read: ${listWords(more, 'and')}`,
    hint: '',
  }
}

const describePlain = (value: unknown): string =>
  typeof value === 'string' ? shorten(value) : describeValue(value)

const isKind = (kind: unknown): kind is Kind => (KINDS as readonly unknown[]).includes(kind)

/** Whether an apiVersion is of another group than ours, and not our misspelt one. */
function isForeign(apiVersion: unknown): boolean {
  if (typeof apiVersion !== 'string') return false
  const group = apiVersion.includes('/') ? apiVersion.split('/')[0]! : ''
  return !group.startsWith('ssmd') && nearest(group, [API_GROUP]) === undefined
}
