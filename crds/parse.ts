// A YAML text as resources. Pure, and it never throws: what is wrong is a problem with its place, and everything
// else in the text is read all the same.

import type { Archive } from './archive.gen.ts'
import type { Environment } from './environment.gen.ts'
import type { ErrorCode } from './errors.ts'
import type { Feed } from './feed.gen.ts'
import type { Kind } from './kinds.ts'
import { API_GROUP, API_VERSION, KINDS } from './kinds.ts'
import type { Located, Resources } from './located.ts'
import { noResources, problemAt } from './located.ts'
import type { Path } from './paths.ts'
import { formatPath, memberOf, parsePath } from './paths.ts'
import type { Problem } from './problems.ts'
import { byPlace, describeValue, listWords } from './problems.ts'
import type { Place, SourceDocument } from './source.ts'
import { readSource } from './source.ts'
import { nearest } from './suggest.ts'
import { judge } from './validate.ts'

/** Every resource of the text, and every problem in it, by their places. */
export function parseResources(text: string, file: string): Resources {
  const source = readSource(text)
  const found = noResources()
  for (const { line, column, message, hint } of source.flaws) {
    const code = 'SSMD_E_RESOURCE_SYNTAX'
    found.problems.push({ code, file, line, column, kind: '', name: '', field: '', message, hint })
  }
  // The document that gave it may be the one that could not be read: that is told once, not for each that follows.
  let apiVersion: unknown = source.flaws.length > 0 ? API_VERSION : undefined
  for (const document of source.documents) {
    apiVersion = memberOf(document.value, 'apiVersion') ?? apiVersion
    readResource(document, apiVersion, file, found)
  }
  return mergeResources([found])
}

/** All of them together; a name that is taken already is a problem of the later one, which is left out. */
export function mergeResources(parts: readonly Resources[]): Resources {
  const problems = parts.flatMap((part) => part.problems)
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
    problems,
  }
  problems.sort(byPlace)
  return merged
}

function distinct<T extends Feed | Environment | Archive>(
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

function readResource(
  document: SourceDocument,
  apiVersion: unknown,
  file: string,
  found: Resources
): void {
  const { value } = document
  const kind = memberOf(value, 'kind')
  const name = memberOf(memberOf(value, 'metadata'), 'name')
  const report = (
    code: ErrorCode,
    place: Place,
    path: Path,
    message: string,
    hint: string
  ): void => {
    found.problems.push({
      code,
      file,
      line: place.line,
      column: place.column,
      kind: typeof kind === 'string' ? kind : '',
      name: typeof name === 'string' ? name : '',
      field: formatPath(path),
      message,
      hint,
    })
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    const message = `expected a resource with apiVersion, kind, metadata and spec, found ${describeValue(value)}`
    report('SSMD_E_RESOURCE_SYNTAX', document.start, [], message, '')
    return
  }
  if (!isKind(kind)) {
    // Kustomizations and the like stand beside our resources in many repositories.
    if (isForeign(apiVersion)) return
    const near = typeof kind === 'string' ? nearest(kind, KINDS) : undefined
    const message = `expected ${listWords(KINDS)}, found ${kind === undefined ? 'none' : describeValue(kind)}`
    const hint = near
      ? `did you mean ${near}?`
      : `begin with apiVersion: ${API_VERSION} and kind: Feed`
    report('SSMD_E_RESOURCE_SYNTAX', document.placeOf(['kind']), ['kind'], message, hint)
    return
  }
  const { resource, findings } = judge(kind, withApiVersion(value, apiVersion))
  for (const { path, at, message, hint } of findings) {
    const place = at === 'key' ? document.placeOfKey(path) : document.placeOf(path)
    report('SSMD_E_RESOURCE_INVALID', place, path, message, hint)
  }
  if (resource === undefined) return
  const located = {
    file,
    line: document.start.line,
    fieldAt: (path: string) => document.placeOf(parsePath(path)),
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
  }
}

const isKind = (kind: unknown): kind is Kind => (KINDS as readonly unknown[]).includes(kind)

/** Whether an apiVersion is of another group than ours, and not just a slip of ours. */
function isForeign(apiVersion: unknown): boolean {
  if (typeof apiVersion !== 'string') return false
  const group = apiVersion.includes('/') ? apiVersion.split('/')[0]! : ''
  return !group.startsWith('ssmd') && nearest(group, [API_GROUP]) === undefined
}

const withApiVersion = (value: object, apiVersion: unknown): object =>
  'apiVersion' in value || apiVersion === undefined ? value : { apiVersion, ...value }
