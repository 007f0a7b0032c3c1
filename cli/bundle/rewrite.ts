// A module as the body of a function, so that many modules can stand in one script: imports become calls, exports what the function returns.
// For modules as this repository and its packages write them; throws an Error for anything else. Pure.

import { type AnyNode, type Node, type Program, parse } from 'acorn'

export type Rewritten = {
  readonly text: string
  /** CommonJS sets `module.exports`, everything else returns its exports. */
  readonly isCommonJs: boolean
}

export type Links = {
  /** The address of the module itself, `import.meta.url`. */
  readonly url: string
  /** An expression for the exports of a module that is imported. */
  exportsOf(specifier: string): string
  /** An expression for the promise of a module that is imported when it is needed. */
  later(specifier: string): string
}

type Edit = { readonly start: number; readonly end: number; readonly text: string }

export function rewriteCommonJs(source: string, links: Links): Rewritten {
  const program = parse(source, { ecmaVersion: 'latest', sourceType: 'script' })
  const edits: Edit[] = []
  for (const node of nodesOf(program)) {
    if (node.type !== 'CallExpression') continue
    const { callee, arguments: given } = node
    const [first] = given
    if (callee.type !== 'Identifier' || callee.name !== 'require') continue
    if (first?.type !== 'Literal' || typeof first.value !== 'string')
      throw new Error('require without a plain text')
    edits.push({ start: node.start, end: node.end, text: links.exportsOf(first.value) })
  }
  return { text: edited(source, edits), isCommonJs: true }
}

export function rewriteModule(source: string, links: Links): Rewritten {
  const program = parse(source, { ecmaVersion: 'latest', sourceType: 'module' })
  const edits: Edit[] = []
  const exported: string[] = []
  const put = (node: Node, text: string) => edits.push({ start: node.start, end: node.end, text })
  for (const statement of program.body) {
    switch (statement.type) {
      case 'ImportDeclaration':
        put(statement, importOf(statement, links.exportsOf(textOf(statement.source.value))))
        break
      case 'ExportNamedDeclaration': {
        const { declaration, source: from, specifiers } = statement
        if (declaration) {
          edits.push({ start: statement.start, end: declaration.start, text: '' })
          exported.push(...namesOf(declaration))
          break
        }
        const holder = from ? `${links.exportsOf(textOf(from.value))}.` : ''
        for (const { local, exported: as } of specifiers)
          exported.push(`${nameOf(as)}: ${holder}${nameOf(local)}`)
        put(statement, '')
        break
      }
      case 'ExportDefaultDeclaration':
      case 'ExportAllDeclaration':
        throw new Error(`${statement.type} is not expected`)
      default:
    }
  }
  for (const node of nodesOf(program)) {
    if (node.type === 'ImportExpression') {
      if (node.source.type !== 'Literal') throw new Error('import() without a plain text')
      put(node, links.later(textOf(node.source.value)))
    } else if (node.type === 'MemberExpression' && node.object.type === 'MetaProperty') {
      if (node.property.type !== 'Identifier' || node.property.name !== 'url')
        throw new Error('of import.meta only url is expected')
      put(node, JSON.stringify(links.url))
    } else if (node.type === 'AwaitExpression' && isAtTop(program, node)) {
      throw new Error('await outside of a function')
    }
  }
  return { text: `${edited(source, edits)}\nreturn { ${exported.join(', ')} }`, isCommonJs: false }
}

type ImportDeclaration = Extract<Program['body'][number], { type: 'ImportDeclaration' }>

function importOf({ specifiers }: ImportDeclaration, exports: string): string {
  if (specifiers.length === 0) return exports
  const named: string[] = []
  const lines: string[] = []
  for (const one of specifiers) {
    const { name } = one.local
    if (one.type === 'ImportNamespaceSpecifier') lines.push(`const ${name} = ${exports}`)
    // As Node has it: the default of CommonJS, and of what is Node's own, is what it exports.
    else if (one.type === 'ImportDefaultSpecifier')
      lines.push(`const ${name} = ${exports.replace(/^node\(/, 'lazy(')}`)
    else named.push(`${nameOf(one.imported)}: ${name}`)
  }
  if (named.length > 0) lines.push(`const { ${named.join(', ')} } = ${exports}`)
  return lines.join('; ')
}

const textOf = (value: unknown): string => {
  if (typeof value !== 'string') throw new Error('an import of something that is no text')
  return value
}

const nameOf = (node: { readonly type: string; readonly name?: string }): string => {
  if (node.name === undefined) throw new Error(`${node.type} instead of a name`)
  return node.name
}

type Declaration = NonNullable<
  Extract<Program['body'][number], { type: 'ExportNamedDeclaration' }>['declaration']
>

function namesOf(declaration: Declaration): string[] {
  if (declaration.type !== 'VariableDeclaration') return [declaration.id.name]
  // A value that changes later would be read too early.
  if (declaration.kind === 'let' || declaration.kind === 'var')
    throw new Error('an export that can change')
  return declaration.declarations.map(({ id }) => nameOf(id))
}

/** Every node below. */
function* nodesOf(node: Node): Generator<AnyNode> {
  yield node as AnyNode
  for (const value of Object.values(node)) {
    const children: readonly unknown[] = Array.isArray(value) ? value : [value]
    for (const child of children) if (isNode(child)) yield* nodesOf(child)
  }
}

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && typeof (value as Node).type === 'string'

const FUNCTIONS = ['ArrowFunctionExpression', 'FunctionDeclaration', 'FunctionExpression']

function isAtTop(program: Program, wanted: Node): boolean {
  const isBelow = (node: Node): boolean =>
    node === wanted ||
    (!FUNCTIONS.includes(node.type) &&
      Object.values(node).some((value) =>
        (Array.isArray(value) ? value : [value]).some((child) => isNode(child) && isBelow(child))
      ))
  return isBelow(program)
}

function edited(source: string, edits: readonly Edit[]): string {
  let text = source
  for (const { start, end, text: next } of edits.toSorted((a, b) => b.start - a.start))
    text = text.slice(0, start) + next + text.slice(end)
  return text
}
