// What the source of a signal must not say, with name and line: an early and readable answer. The sandbox holds without it.
//
// A name counts as declared if the source declares it anywhere: one that is used outside of its scope throws when it runs.

import type { Finding } from './findings.ts'
import { GLOBALS } from './globals.ts'
import { moduleState } from './module-state.ts'
import { lineOf, type Node, namesIn, nodesIn, walk } from './syntax.ts'

const CLOCK = 'a signal has no clock: ctx.now is the time at which the event was received'
const CHANCE = 'a signal has no randomness: two runs must give the same fires'
const CODE = 'a signal makes no code while it runs'
const NETWORK = 'a signal has no network'
const PROMISE = 'a signal has no promises: `on` must be finished when it returns'
const IMPORTS = 'a signal imports nothing: it is one file'
const MODULE_STATE = 'the engine keeps state: return it from `init`, and use `const` here'
const NO_GLOBAL = 'a signal has no such global'

const WHY: ReadonlyMap<string, string> = new Map([
  ...names('Date Temporal performance setTimeout setInterval setImmediate queueMicrotask', CLOCK),
  ...names('crypto', CHANCE),
  ...names('eval Function constructor __proto__', CODE),
  ...names('fetch WebSocket XMLHttpRequest EventSource', NETWORK),
  ...names('Promise', PROMISE),
  ...names('require', IMPORTS),
  // Outside of a function of the source they are those of the sandbox.
  ...names('arguments', 'name the parameters instead'),
])

function names(list: string, why: string): [string, string][] {
  return list.split(' ').map((name) => [name, why])
}

/** Names that the sandbox gives to what it adds to the source. */
export const RESERVED = '$ssmd'

/** In the order of the source. */
export function checkStatically(program: Node): Finding[] {
  const declared = declaredNames(program)
  const findings: Finding[] = []
  const refuse = (node: Node, identifier: string, why: string): void => {
    findings.push({ identifier, line: lineOf(node), why })
  }
  walk(program, (node, parent, field) => {
    const name = node.name as string
    if (node.type === 'Identifier') {
      if (name.startsWith(RESERVED)) refuse(node, name, 'names of this form belong to the sandbox')
      if (isReference(node, parent, field) && !declared.has(name) && !GLOBALS.has(name)) {
        refuse(node, name, WHY.get(name) ?? NO_GLOBAL)
      }
      return
    }
    const refused = refusedSyntax(node)
    if (refused !== undefined) refuse(node, ...refused)
  })
  for (const node of nodesIn(program.body)) {
    if (node.type === 'VariableDeclaration' && node.kind !== 'const') {
      refuse(node, String(node.kind), MODULE_STATE)
    }
  }
  findings.push(...moduleState(program, declared))
  return findings
}

function refusedSyntax(node: Node): [identifier: string, why: string] | undefined {
  switch (node.type) {
    case 'ImportDeclaration':
      return [String((node.source as { value?: unknown }).value), IMPORTS]
    case 'ImportExpression':
      return ['import', CODE]
    case 'MetaProperty':
      return (node.meta as Node).name === 'import' ? ['import.meta', IMPORTS] : undefined
    case 'ExportNamedDeclaration':
    case 'ExportAllDeclaration':
      return ['export', 'a signal exports its default alone']
    case 'AwaitExpression':
      return ['await', PROMISE]
    case 'DebuggerStatement':
      return ['debugger', 'a signal cannot be halted']
    case 'FunctionDeclaration':
    case 'FunctionExpression':
    case 'ArrowFunctionExpression':
      return node.async === true ? ['async', PROMISE] : undefined
    case 'MemberExpression':
      return refusedMember(node)
    default:
      return undefined
  }
}

function refusedMember(node: Node): [identifier: string, why: string] | undefined {
  const property = node.property as Node
  const name = node.computed === true ? property.value : property.name
  if (name === 'constructor' || name === '__proto__') return [name, CODE]
  const isMath = (node.object as Node).name === 'Math'
  return isMath && name === 'random' ? ['Math.random', CHANCE] : undefined
}

/** False for names of members and labels. */
function isReference(node: Node, parent: Node | undefined, field: string): boolean {
  switch (parent?.type) {
    case 'MemberExpression':
      return field !== 'property' || parent.computed === true
    case 'Property':
    case 'MethodDefinition':
    case 'PropertyDefinition':
      return field !== 'key' || parent.computed === true || parent.value === node
    case 'LabeledStatement':
    case 'BreakStatement':
    case 'ContinueStatement':
    case 'MetaProperty':
      return false
    default:
      return true
  }
}

function declaredNames(program: Node): Set<string> {
  const declared = new Set<string>()
  walk(program, ({ type, id, params, param }) => {
    const isNamed = /^(VariableDeclarator|Function|Class)/.test(type)
    for (const one of isNamed ? nodesIn(id) : []) namesIn(one, declared)
    for (const one of [...nodesIn(params), ...nodesIn(param)]) namesIn(one, declared)
  })
  return declared
}
