// Rules on files that no other tool checks: the names at the top of the repository, the length of a file, the one way to
// dial NATS, and that every uvu suite of a test file is run. Pure; each returns its broken rules, one line each.

import { isForTests } from './arrows.ts'

const FOLDERS = 'crds exchanges operator workloads charts cli docs node_modules data'.split(' ')
const FILES =
  'package.json package-lock.json tsconfig.json README.md LICENSE Dockerfile CONTRIBUTING.md SECURITY.md CHANGELOG.md'.split(
    ' '
  )
const LINES = 400

/** Names ending in `/` are folders. Dot-files are free; `data` and `node_modules` are ignored by git. */
export function checkTopLevel(names: readonly string[]): string[] {
  return names
    .filter((name) => !name.startsWith('.') && !name.endsWith('.log'))
    .filter((name) =>
      name.endsWith('/') ? !FOLDERS.includes(name.slice(0, -1)) : !FILES.includes(name)
    )
    .map((name) => `${name}: not one of the top-level names of the design`)
}

export function checkLength(path: string, text: string): string[] {
  if (/\.(test|cluster|gen)(\.d)?\.m?ts$|\.gen\.mjs$/.test(path)) return []
  const lines = text.split('\n').length - 1
  return lines > LINES ? [`${path}: ${lines} lines, more than ${LINES}: one idea a file`] : []
}

const COLUMNS = 100

/** Lines of prose that a person wrote; tables, code and what cannot be broken may be longer. */
export function checkColumns(path: string, text: string): string[] {
  if (/^<!-- Generated from /m.test(text)) return []
  let isCode = false
  return text.split('\n').flatMap((line, i) => {
    if (line.trimStart().startsWith('```')) isCode = !isCode
    const isFree = isCode || /^ *(\||#|<!--)|^ {4}|^\S+$/.test(line)
    return isFree || line.length <= COLUMNS
      ? []
      : [`${path}:${i + 1}: ${line.length} columns, more than ${COLUMNS}: wrap it`]
  })
}

/** A suite without `.run()` passes in silence; the runner sees it too, this sees it without running anything. */
export function checkSuites(path: string, text: string): string[] {
  const suites = [...text.matchAll(/^(?:export )?const (\w+) = suite\b/gm)].map((match) => match[1])
  if (/^import \{[^}]*\btest\b[^}]*\} from 'uvu'/m.test(text)) suites.push('test')
  if (suites.length === 0) return [`${path}: has no uvu suite`]
  return suites
    .filter((name) => !new RegExp(`^\\s*${name}\\.run\\(\\)`, 'm').test(text))
    .map((name) => `${path}: ${name}.run() is missing`)
}

const DIALS = 'workloads/bus/connect.ts'

/** What ships dials NATS through the bus alone, so that TLS, lists of servers and users mean the same everywhere. */
export function checkDialling(path: string, text: string): string[] {
  if (path === DIALS || path.startsWith('.ci/') || isForTests(path)) return []
  return /import \{[^}]*\bconnect\b[^}]*\} from 'nats'|import \* as \w+ from 'nats'/.test(text)
    ? [`${path}: dials NATS itself: use ${DIALS}`]
    : []
}

/** Patterns whose text a person writes, or is cut to a length before. */
const BOUNDED: readonly string[] = [
  'crds/paths.ts',
  'crds/yaml11.ts',
  'cli/day.ts',
  'cli/text.ts',
  'workloads/role/',
]
const LITERAL =
  /(?<=[=(,:?&|!]\s*|^\s*)\/(?![/*])(?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[dgimsuvy]*/gm

/**
 * A pattern that repeats a group, or `.`, takes stack for each time it may have to go back: 4 MB of a frame overflowed it.
 * Data is read with loops; what stays is named here.
 */
export function checkPatterns(path: string, text: string): string[] {
  if (
    /\.(test|faults|bench|gen)\.|\/(testing|bench)\/|bench\.ts$/.test(path) ||
    !/^(workloads|cli|crds)\//.test(path)
  )
    return []
  if (/^crds\/(generat|policy)/.test(path) || BOUNDED.some((room) => path.startsWith(room)))
    return []
  return [...text.matchAll(LITERAL)]
    .filter(([literal]) => /\)[*+]|\)\{\d+,\}/.test(literal.replace(/\[(?:[^\]\\]|\\.)*\]/g, 'x')))
    .map(([literal]) => `${path}: the pattern ${literal} repeats a group: read data with a loop`)
}
