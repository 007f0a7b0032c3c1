// Problems of resources for other programs: SARIF 2.1.0, which code hosts read, and the annotations of GitHub's workflows. Pure.

import type { Problem } from '#crds/problems.ts'
import { readVersion } from './version.ts'

export function sarifOf(problems: readonly Problem[], notes: readonly Problem[]): object {
  const codes = [...new Set([...problems, ...notes].map(({ code }) => code))].sort()
  const result = (level: 'error' | 'note') => (problem: Problem) => ({
    ruleId: problem.code,
    level,
    message: { text: textOf(problem) },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: uriOf(problem.file) },
          region: { startLine: problem.line, startColumn: problem.column },
        },
      },
    ],
  })
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: { name: 'ssmd', version: readVersion(), rules: codes.map((id) => ({ id })) },
        },
        results: [...problems.map(result('error')), ...notes.map(result('note'))],
      },
    ],
  }
}

const uriOf = (file: string): string => file.split('/').map(encodeURIComponent).join('/')

const textOf = ({ field, message, hint }: Problem): string =>
  `${field === '' ? '' : `${field}: `}${message}${hint === '' ? '' : ` (${hint})`}`

/** As a workflow prints them, to appear beside the lines of a pull request. */
export const githubLines = (problems: readonly Problem[], notes: readonly Problem[]): string[] => [
  ...problems.map((problem) => annotation('error', problem)),
  ...notes.map((note) => annotation('notice', note)),
]

function annotation(kind: 'error' | 'notice', problem: Problem): string {
  const { file, line, column, code } = problem
  const places = { file, line: String(line), col: String(column), title: code }
  const properties = Object.entries(places).map(([name, value]) => `${name}=${escaped(value)}`)
  return `::${kind} ${properties.join(',')}::${escapedText(textOf(problem))}`
}

const escapedText = (text: string): string =>
  text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
const escaped = (text: string): string =>
  escapedText(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
