// A problem of a resource: its place, the expected value, the one found, and what to do.

import type { ErrorCode } from './errors.ts'
import { SsmdError } from './errors.ts'

export type Problem = {
  readonly code: ErrorCode
  readonly file: string
  /** Both from 1, and always inside the file. */
  readonly line: number
  readonly column: number
  /** Kind and name of the resource, or empty where the file does not say. */
  readonly kind: string
  readonly name: string
  /** Such as `spec.versions[0].endpoint`, or empty where it is the whole file or resource. */
  readonly field: string
  readonly message: string
  readonly hint: string
}

/** One line for a person: file:line:column, field, what is wrong, and what to do. */
export function describeProblem(problem: Problem): string {
  const { file, line, column, hint } = problem
  return `${file}:${line}:${column}: ${sentence(problem)}${hint === '' ? '' : ` (${hint})`}`
}

/** The problem as an error, for a caller that cannot continue. */
export function toError(problem: Problem): SsmdError {
  const { code, file, line, column, hint } = problem
  const message = `${file}:${line}:${column}: ${sentence(problem)}`
  return new SsmdError(code, message, hint === '' ? {} : { hint })
}

const sentence = ({ field, message }: Problem): string =>
  field === '' ? message : `${field}: ${message}`

/** By file, line and column. */
export function byPlace(a: Problem, b: Problem): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1
  return a.line - b.line || a.column - b.column
}

/** A value as it is shown to a person: short, on one line, and without passwords. */
export function describeValue(value: unknown): string {
  if (value === null || value === undefined) return 'nothing'
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list'
  switch (typeof value) {
    case 'string':
      return value === '' ? 'an empty text' : JSON.stringify(shorten(withoutSecrets(value)))
    case 'number':
      return `the number ${value}`
    case 'boolean':
      return String(value)
    default:
      return 'a map of fields'
  }
}

/** The text with passwords of addresses, and what looks like key material, taken out. */
export function withoutSecrets(text: string): string {
  return text
    .replaceAll(/:\/\/[^/@\s]*@/g, '://…@')
    .replaceAll(/-----BEGIN.*/gs, '…')
    .replaceAll(/[A-Za-z0-9+/=]{64,}/g, '…')
}

export const shorten = (text: string, most = 80): string =>
  text.length <= most ? text : `${text.slice(0, most - 1)}…`

/** `a, b or c`. */
export function listWords(words: readonly string[], last = 'or'): string {
  if (words.length < 2) return words.join('')
  return `${words.slice(0, -1).join(', ')} ${last} ${words.at(-1)}`
}
