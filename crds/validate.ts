// Validates one resource as an API server would: schema, unique list entries, rules. Never throws; on success the value has its
// defaults and its type.

import type { ErrorObject } from 'ajv'
import type { Finding } from './expectations.ts'
import { explain } from './expectations.ts'
import { UNIQUE_LISTS } from './fields.gen.ts'
import type { Kind, ResourceOf } from './kinds.ts'
import type { Path } from './paths.ts'
import { formatPath, instancesOf, memberOf, parsePath, pathOfPointer } from './paths.ts'
import { describeValue } from './problems.ts'
import { RULES } from './rules.gen.ts'
import {
  validateArchive,
  validateEnvironment,
  validateFeed,
  validateSignal,
} from './validators.gen.mjs'

const VALIDATORS = {
  Feed: validateFeed,
  Environment: validateEnvironment,
  Archive: validateArchive,
  Signal: validateSignal,
} as const

export type Judged<K extends Kind> =
  | { readonly resource: ResourceOf[K]; readonly findings: readonly [] }
  | { readonly resource: undefined; readonly findings: readonly Finding[] }

/** Validates `written` and returns it with its defaults, without changing the argument. */
export function judge<K extends Kind>(kind: K, written: unknown): Judged<K> {
  const value: unknown = structuredClone(written)
  const validate = VALIDATORS[kind]
  const findings = validate(value)
    ? [...repeatedEntries(kind, value), ...brokenRules(kind, value)]
    : explainAll(kind, written, validate.errors ?? [])
  if (findings.length > 0) return { resource: undefined, findings }
  return { resource: value as ResourceOf[K], findings: [] }
}

/** What a change from `before` to `after` may not do, such as another exchange for the same feed. */
export function judgeChange<K extends Kind>(
  kind: K,
  before: ResourceOf[K],
  after: ResourceOf[K]
): Finding[] {
  const findings: Finding[] = []
  for (const rule of RULES) {
    if (rule.kind !== kind || !rule.changes) continue
    const olds = new Map(
      Array.from(instancesOf(before, rule.at), ({ path, value }) => [formatPath(path), value])
    )
    for (const { path, value } of instancesOf(after, rule.at)) {
      const old = olds.get(formatPath(path))
      if (old !== undefined && !rule.changes(value, old)) {
        findings.push(broken(rule.message, path, rule.field))
      }
    }
  }
  return findings
}

/** One finding a field: the first is the one that helps. A field with a slip in its name is not missing besides. */
function explainAll(kind: Kind, written: unknown, errors: readonly ErrorObject[]): Finding[] {
  const findings = new Map<string, Finding>()
  const meant = new Set<string>()
  for (const error of errors) {
    const finding = explain(kind, written, pathOfPointer(error.instancePath, written), error)
    const field = formatPath(finding.path)
    if (!findings.has(field)) findings.set(field, finding)
    if (finding.meant) meant.add(formatPath([...finding.path.slice(0, -1), finding.meant]))
  }
  return [...findings].flatMap(([field, finding]) =>
    finding.at === 'key' && !finding.meant && meant.has(field) ? [] : [finding]
  )
}

/** One finding for each value that stands more than once, at its second place, as an API server names it. */
function* repeatedEntries(kind: Kind, root: unknown): Generator<Finding> {
  for (const [shape, keys] of Object.entries(UNIQUE_LISTS[kind] ?? {})) {
    for (const { path, value } of instancesOf(root, shape)) {
      if (!Array.isArray(value)) continue
      const mark = (entry: unknown) =>
        JSON.stringify(keys.length === 0 ? entry : keys.map((key) => memberOf(entry, key)))
      const places = Map.groupBy(value.keys(), (i) => mark(value[i]))
      for (const same of places.values()) {
        if (same.length > 1) yield repeated(path, value, same, keys[0])
      }
    }
  }
}

/** The whole entry is named, rather than the field that makes it the same. */
function repeated(
  path: Path,
  list: readonly unknown[],
  [first = 0, second = 0, ...further]: readonly number[],
  key: string | undefined
): Finding {
  const entry = list[first]
  const value = describeValue(key === undefined ? entry : memberOf(entry, key))
  const at = (i: number) => formatPath([...path, i])
  const others = further.length === 0 ? '' : `, and at ${further.map(at).join(', ')}`
  return {
    path: [...path, second],
    at: 'value',
    message: `expected each ${key ?? 'entry'} once, found ${value} again, first at ${at(first)}${others}`,
    hint: further.length === 0 ? 'remove one of the two, or rename it' : 'keep one of them',
  }
}

function* brokenRules(kind: Kind, root: unknown): Generator<Finding> {
  for (const rule of RULES) {
    if (rule.kind !== kind || !rule.holds) continue
    for (const { path, value } of instancesOf(root, rule.at)) {
      if (!rule.holds(value)) yield broken(rule.message, path, rule.field)
    }
  }
}

/** The messages of rules say what is wrong, a colon, and what to do. */
function broken(message: string, path: Path, field: string | undefined): Finding {
  const [, what, todo] = /^(.+?): (.+)$/s.exec(message) ?? [undefined, message, '']
  return {
    path: field === undefined ? path : [...path, ...parsePath(field)],
    at: 'value',
    message: what ?? message,
    hint: todo ?? '',
  }
}
