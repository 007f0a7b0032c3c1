// Phrases that a reader has to translate before they can be understood, each with what to write instead. They are refused in
// text that users meet: documents, shipped YAML, the chart, and string literals of what ships, such as help, errors, hints,
// conditions and log lines; and in comments of what ships. There are no exceptions: rephrase the sentence. Pure; one line
// for each finding.

import { isForTests } from './arrows.ts'

/** A phrase, a space in it standing for any white space, and the replacement. */
type Denied = readonly [phrase: string, instead: string]

export const DENIED: readonly Denied[] = [
  ['who(m?)ever', 'name the reader, client or process'],
  ['(some|any)(body|one)', 'name the person or program: "you", "another writer"'],
  ['nobody|no one', 'name the person or program: "no client", "no archiver"'],
  ['(go|goes|going|went|gone) on', '"continue"'],
  ['at once', '"immediately", or "at the same time"'],
  ['by (itself|themselves)', '"automatically", or "alone"'],
  ['(is|are|was|were|be) (not )?there', '"exists", "is missing", "is running"'],
  ['as (it|they) stands?', '"unchanged", or "now"'],
  ['of (theirs|ours|yours)', 'the owner first: "our Deployment", "your own server"'],
  ['nothing but', '"only"'],
  ['(give|gives|given|giving|gave) back', '"return", "release"'],
  ['look(s|ed|ing)? (around|after)', '"diagnose", "check"'],
  ['for ever', '"forever", "without limit", "permanently"'],
  ['anew', '"again"'],
  ['in place of', '"instead of"'],
  ['(is|are|be) at work|at work (on|in)', '"running"'],
  ['put(s|ting)? right', '"correct", "repair", "revert"'],
  ['so many', 'the number: "up to 10", "at most 1,000"'],
  ['all else', '"everything else", or name it'],
  ['let(s|ting)? in', '"admit", "accept"'],
  ['heal(s|ed|ing)?', '"recover"'],
  ['(fell|fallen) silent', '"stopped answering"'],
  ['the very', '"the same", or nothing'],
  ['without a word', '"without reporting it"'],
  ['(is|are|was|were) away', '"cannot be reached", "is down"'],
  ['made again|(make|makes|making) (it|them) again', '"create again", "recreate"'],
  ['in (our|its|their) words', '"quoted", "as text"'],
]

// A line break may be in the middle of a phrase, with the comment sign of YAML or the bar of a table in front of the rest.
const PATTERNS = DENIED.map(([phrase, instead]) => ({
  pattern: new RegExp(`(?<![\\w-])(?:${phrase.replaceAll(' ', '[\\s#>*/]+')})(?![\\w-])`, 'gi'),
  instead,
}))

const TEXTS = [
  /^[A-Z]+\.md$/,
  /^docs\/.*\.md$/,
  /^charts\/.*\.(md|ya?ml|txt|tpl|lua)$/,
  /^(exchanges|crds)\/.*\.ya?ml$/,
  /^(workloads|operator|cli)\/.*\.md$/,
]
const PROGRAMS = /^(crds|operator|workloads|cli)\/.*\.(ts|mjs)$/
const FOR_TESTS = /(^|\/)testdata[^/]*\/|\.gen\./

/** Whether users read a file as it is, or only what it says when it runs; undefined if they do not meet it. */
export function readBy(path: string): 'text' | 'program' | undefined {
  if (FOR_TESTS.test(path) || isForTests(path)) return undefined
  if (TEXTS.some((pattern) => pattern.test(path))) return 'text'
  return PROGRAMS.test(path) ? 'program' : undefined
}

/** Findings in a text of which every word is read by users, such as a document. */
export function checkEnglish(path: string, text: string): string[] {
  return findDenied(text).map(
    ({ at, found, instead }) => `${path}:${lineOf(text, at)}: "${found}": write ${instead}`
  )
}

/** The same for a program: only its string literals are read by users. */
export const checkLiterals = (path: string, source: string): string[] =>
  checkEnglish(path, blankCode(source))

/** The same for the comments of a program, which its maintainers read. */
export const checkComments = (path: string, source: string): string[] =>
  checkEnglish(path, blankCode(source, 'comments'))

function findDenied(text: string): { at: number; found: string; instead: string }[] {
  return PATTERNS.flatMap(({ pattern, instead }) =>
    [...text.matchAll(pattern)].map((match) => ({
      at: match.index,
      found: match[0].replaceAll(/\s+/g, ' '),
      instead,
    }))
  ).sort((a, b) => a.at - b.at)
}

const lineOf = (text: string, at: number): number => text.slice(0, at).split('\n').length

/** A source with all but its string literals, or all but its comments, replaced by spaces; line breaks stay, so that lines
 * keep their numbers. */
export function blankCode(source: string, kept: 'literals' | 'comments' = 'literals'): string {
  const out: string[] = []
  let at = 0
  /** Braces open inside each `${` of a template that has begun. */
  const templates: number[] = []
  let last = ''
  const take = (to: number, kind?: 'literals' | 'comments') => {
    const text = source.slice(at, to)
    out.push(kind === kept ? text : text.replaceAll(/[^\n]/g, ' '))
    at = to
  }
  while (at < source.length) {
    const char = source[at]!
    const next = source[at + 1]
    if (char === '/' && next === '/') take(endOf(source, '\n', at), 'comments')
    else if (char === '/' && next === '*') take(endOf(source, '*/', at + 2) + 2, 'comments')
    else if (char === '/' && /[=(,:?&|!{};[>]|^$/.test(last)) take(endOfPattern(source, at))
    else if (char === "'" || char === '"') take(endOfString(source, at, char), 'literals')
    else if (char === '`' || (char === '}' && templates.at(-1) === 0)) {
      if (char === '}') templates.pop()
      const end = endOfTemplatePart(source, at + 1)
      if (source[end - 1] === '{') templates.push(0)
      take(end, 'literals')
    } else {
      if (char === '{' && templates.length > 0) templates[templates.length - 1]!++
      if (char === '}' && templates.length > 0) templates[templates.length - 1]!--
      if (!/\s/.test(char)) last = char
      take(at + 1)
      continue
    }
    last = 'x'
  }
  return out.join('')
}

function endOf(source: string, mark: string, from: number): number {
  const at = source.indexOf(mark, from)
  return at < 0 ? source.length : at
}

function endOfString(source: string, from: number, quote: string): number {
  let at = from + 1
  while (at < source.length && source[at] !== quote && source[at] !== '\n') {
    at += source[at] === '\\' ? 2 : 1
  }
  return at + 1
}

/** Behind the closing back-tick, or behind the `${` of the next expression. */
function endOfTemplatePart(source: string, from: number): number {
  for (let at = from; at < source.length; at++) {
    if (source[at] === '\\') at++
    else if (source[at] === '`') return at + 1
    else if (source[at] === '$' && source[at + 1] === '{') return at + 2
  }
  return source.length
}

function endOfPattern(source: string, from: number): number {
  let isClass = false
  for (let at = from + 1; at < source.length && source[at] !== '\n'; at++) {
    if (source[at] === '\\') at++
    else if (source[at] === '[') isClass = true
    else if (source[at] === ']') isClass = false
    else if (source[at] === '/' && !isClass) return at + 1
  }
  return from + 1
}
