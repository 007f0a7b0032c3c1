// Nothing of a signal's module may change, so that instruments share nothing and a state says all: what stands at its level is literals and functions,
// which the sandbox freezes. A call could make what holds state in a closure, and so could whatever calls a function unseen: these are refused
// there. Within functions all of them are free.

import type { Finding } from './findings.ts'
import { lineOf, type Node, nodesIn } from './syntax.ts'

const MODULE_CALL =
  'only literals and functions stand outside of functions: what a call makes could carry state from one instrument to another'

/** Calls that make nothing that can change. */
const PURE = new Set([
  'defineSignal',
  'Number',
  'String',
  'Boolean',
  'BigInt',
  'parseInt',
  'parseFloat',
])

/** `declared`: names that the source declares itself. */
export function moduleState(program: Node, declared: ReadonlySet<string>): Finding[] {
  const findings: Finding[] = []
  const refuse = (node: Node, identifier: string): void => {
    findings.push({ identifier, line: lineOf(node), why: MODULE_CALL })
  }
  const look = (node: Node): void => {
    if (isFunction(node)) return
    const refused = refusedHere(node, declared)
    if (refused !== undefined) refuse(node, refused)
    for (const value of Object.values(node)) for (const child of nodesIn(value)) look(child)
  }
  for (const node of nodesIn(program.body)) look(node)
  return findings
}

const isFunction = ({ type }: Node): boolean =>
  type === 'FunctionDeclaration' ||
  type === 'FunctionExpression' ||
  type === 'ArrowFunctionExpression'

function refusedHere(node: Node, declared: ReadonlySet<string>): string | undefined {
  switch (node.type) {
    case 'CallExpression':
      return isPure(node.callee as Node, declared) ? undefined : nameOf(node.callee as Node)
    case 'NewExpression':
      return `new ${nameOf(node.callee as Node)}`
    case 'TaggedTemplateExpression':
      return nameOf(node.tag as Node)
    case 'Property':
      if (node.kind !== 'init') return String(node.kind)
      return isComputed(node) ? 'computed name' : undefined
    case 'MethodDefinition':
      if (node.static === true && node.kind !== 'method') return String(node.kind)
      return isComputed(node) ? 'computed name' : undefined
    case 'PropertyDefinition':
      if (node.static === true) return 'static'
      return isComputed(node) ? 'computed name' : undefined
    case 'StaticBlock':
      return 'static'
    default:
      return undefined
  }
}

const isComputed = ({ computed, key }: Node): boolean =>
  computed === true && (key as Node).type !== 'Literal'

function isPure(callee: Node, declared: ReadonlySet<string>): boolean {
  if (callee.type === 'Identifier') {
    const name = callee.name as string
    return PURE.has(name) && !declared.has(name)
  }
  if (callee.type !== 'MemberExpression' || callee.computed === true) return false
  const object = callee.object as Node
  const name = object.name as string
  if (object.type !== 'Identifier' || declared.has(name)) return false
  return name === 'Math' || (name === 'Object' && (callee.property as Node).name === 'freeze')
}

function nameOf(node: Node): string {
  if (node.type === 'Identifier') return node.name as string
  if (node.type === 'MemberExpression') {
    const property = node.property as Node
    return `${nameOf(node.object as Node)}.${String(property.name ?? property.value)}`
  }
  return isFunction(node) ? 'function' : 'call'
}
