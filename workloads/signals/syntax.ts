// The syntax tree of a signal, as plain nodes, and a walk over all of them in the order of the source.

import { parse } from 'acorn'
import { Refusal } from './findings.ts'

export type Node = {
  readonly type: string
  readonly start: number
  readonly end: number
  readonly loc: { readonly start: { readonly line: number } }
  readonly [field: string]: unknown
}

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && typeof (value as Node).type === 'string'

/** Throws a Refusal that names the line if the source is no JavaScript. */
export function parseModule(text: string): Node {
  try {
    const options = { ecmaVersion: 2025, sourceType: 'module', locations: true } as const
    return parse(text, options) as unknown as Node
  } catch (thrown) {
    if (thrown instanceof RangeError) {
      throw new Refusal({ identifier: 'syntax', line: 1, why: 'is nested too deeply' })
    }
    const { message, loc } = thrown as SyntaxError & { readonly loc?: { readonly line: number } }
    const why = message.replace(/ \(\d+:\d+\)$/, '')
    throw new Refusal({ identifier: 'syntax', line: loc?.line ?? 1, why })
  }
}

/** The nodes that a field of a node holds: one, several or none. */
export function nodesIn(value: unknown): readonly Node[] {
  if (Array.isArray(value)) return value.filter(isNode)
  return isNode(value) ? [value] : []
}

/** Calls `visit` for each node before those in it; `field` is where its parent has it. */
export function walk(
  node: Node,
  visit: (node: Node, parent: Node | undefined, field: string) => void,
  parent?: Node,
  field = ''
): void {
  visit(node, parent, field)
  for (const [name, value] of Object.entries(node)) {
    for (const child of nodesIn(value)) walk(child, visit, node, name)
  }
}

/** Adds the names that a pattern binds. */
export function namesIn(pattern: Node, names: Set<string>): void {
  if (pattern.type === 'Identifier') names.add(pattern.name as string)
  const { left, value, argument, elements, properties } = pattern
  // Of a default its name, not its value; of a property what it is bound to.
  for (const part of [left, value, argument, elements, properties].flatMap(nodesIn)) {
    namesIn(part, names)
  }
}

export const lineOf = (node: Node): number => node.loc.start.line
