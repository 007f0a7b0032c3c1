// The source of a signal becomes what the sandbox evaluates: types are stripped, the source is checked, the default export becomes a
// value, and every loop counts its turns. No step moves a line.

import { createHash } from 'node:crypto'
import { stripTypeScriptTypes } from 'node:module'
import { type Finding, Refusal } from './findings.ts'
import { GLOBALS } from './globals.ts'
import { checkStatically, RESERVED } from './static-check.ts'
import { lineOf, type Node, namesIn, nodesIn, parseModule, walk } from './syntax.ts'

/** As much as a resource can carry it (etcd takes 1.5 MB in all). */
export const MAX_SOURCE_BYTES = 64 * 1024

export type Program = {
  /** Of the source as it was written. */
  readonly sha256: string
  /** A function expression of `($ssmdSteps, $ssmdStop, $ssmdGlobals, $ssmdHarden)` that returns the default export. */
  readonly code: string
  /** Where fields of the signal begin: named where no line is known. `source`: the default export. */
  readonly lines: Readonly<Record<string, number>>
}

/** Throws a Refusal with the first finding. */
export function readProgram(source: string): Program {
  const bytes = Buffer.byteLength(source)
  if (bytes > MAX_SOURCE_BYTES) {
    const why = `the source has ${bytes} bytes, and ${MAX_SOURCE_BYTES} are the most`
    throw new Refusal({ identifier: 'size', line: 1, why })
  }
  const text = stripTypes(source)
  const program = parseModule(text)
  const [finding] = findingsOf(program)
  if (finding !== undefined) throw new Refusal(finding)
  const exported = nodesIn(program.body).find(({ type }) => type === 'ExportDefaultDeclaration')
  if (exported === undefined) {
    throw new Refusal({
      identifier: 'export default',
      line: 1,
      why: 'the source has no default export',
    })
  }
  const value = exported.declaration as Node
  if (/Declaration$/.test(value.type)) {
    const why = 'the default export must be an object: export default defineSignal({ … })'
    throw new Refusal({ identifier: 'export default', line: lineOf(exported), why })
  }
  return {
    sha256: createHash('sha256').update(source).digest('hex'),
    code: evaluated(text, program, exported, value),
    lines: fieldLines(exported),
  }
}

const findingsOf = (program: Node): Finding[] =>
  checkStatically(program).sort((a, b) => a.line - b.line)

function stripTypes(source: string): string {
  const { emitWarning } = process
  try {
    // Node says on standard error that this may change; our version of Node is fixed.
    process.emitWarning = () => {}
    return stripTypeScriptTypes(source, { mode: 'strip' })
  } catch (thrown) {
    const { message, stack } = thrown as Error
    const line = lineOfUnstripped(stack)
    throw new Refusal({ identifier: 'TypeScript', line, why: message.split('\n')[0] ?? '' })
  } finally {
    process.emitWarning = emitWarning
  }
}

/** Node says it only at the beginning of the stack: `:2`, and the line of the source below. */
const lineOfUnstripped = (stack = ''): number => Number(/^[^\n]*:(\d+)\n/.exec(stack)?.[1] ?? 1)

type Insertion = { readonly at: number; readonly order: number; readonly text: string }

function evaluated(text: string, program: Node, exported: Node, value: Node): string {
  const out = `${RESERVED}Out`
  const insertions: Insertion[] = []
  walk(program, (node) => {
    if (!/^(For|While|DoWhile)/.test(node.type)) return
    const body = node.body as Node
    const step = `if(--${RESERVED}Steps[0]<0)${RESERVED}Stop(${lineOf(node)});`
    if (body.type === 'BlockStatement')
      insertions.push({ at: body.start + 1, order: 1, text: step })
    else {
      insertions.push({ at: body.start, order: 0, text: `{${step}` })
      insertions.push({ at: body.end, order: 2, text: '}' })
    }
  })
  let code = ''
  let from = 0
  const parts = [
    ...insertions.map((one) => ({ ...one, to: one.at })),
    // "export default" becomes an assignment.
    { at: exported.start, order: 1, text: `${out}=`, to: value.start },
  ].sort((a, b) => a.at - b.at || a.order - b.order)
  for (const { at, text: added, to } of parts) {
    const gap = text.slice(at, to).replace(/[^\n]/g, '')
    code += text.slice(from, at) + added + gap
    from = to
  }
  code += text.slice(from)
  // Names of a compartment are looked up through a proxy at each use: as constants of a function they cost nothing.
  const globals = `const {${[...GLOBALS].join(',')}}=${RESERVED}Globals`
  const head = `(function(${RESERVED}Steps,${RESERVED}Stop,${RESERVED}Globals,${RESERVED}Harden){'use strict';${globals};let ${out};(()=>{`
  const frozen = `;${RESERVED}Harden([${[...topNames(program)].join(',')}])`
  return `${head}${code}\n${frozen}})();return ${out}})`
}

/** What the module declares: all of it is frozen before anything runs. */
function topNames(program: Node): Set<string> {
  const names = new Set<string>()
  for (const { declarations, id } of nodesIn(program.body)) {
    for (const one of nodesIn(id)) namesIn(one, names)
    for (const one of nodesIn(declarations)) namesIn(one.id as Node, names)
  }
  return names
}

/** Lines of fields: by their path, such as `builders.book.kind`, and by their name alone where that is not a path. */
function fieldLines(exported: Node): Record<string, number> {
  const lines: Record<string, number> = { source: lineOf(exported) }
  const byPath = (node: Node | undefined, path: string): void => {
    if (node?.type !== 'ObjectExpression') return
    for (const { type, key, value, loc } of nodesIn(node.properties)) {
      if (type !== 'Property') continue
      const { name, value: text } = key as Node
      const place = `${path}${String(name ?? text)}`
      lines[place] ??= loc.start.line
      byPath(value as Node, `${place}.`)
    }
  }
  const declared = exported.declaration as Node
  byPath(declared.type === 'CallExpression' ? nodesIn(declared.arguments)[0] : declared, '')
  walk(exported, ({ type, key, loc }) => {
    if (type === 'Property') lines[String((key as Node).name)] ??= loc.start.line
  })
  return lines
}
