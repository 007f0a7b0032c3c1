// CEL to JavaScript, for the part of CEL that rules of our CRDs use. The part is written as JavaScript is, so its parser reads it; the
// functions of crds/cel.ts give it the meaning of CEL. Throws an Error that quotes what it does not know.

import { type Expression, type Node, parseExpressionAt } from 'acorn'

/** An expression over `self`, and `oldSelf` if the rule names it; functions are members of `cel`. */
export function translateCel(rule: string): string {
  const refuse = (node: Node, why = 'is nothing that is translated'): never => {
    throw new Error(`CEL: ${rule.slice(node.start, node.end)} ${why}, in the rule ${rule}`)
  }
  // Parentheses are kept, to see where CEL and JavaScript would group otherwise.
  const root = parseExpressionAt(rule, 0, { ecmaVersion: 2023, preserveParens: true })
  if (rule.slice(root.end).trim() !== '') refuse(root, 'ends before the rule does')

  /** CEL has comparisons on one level, JavaScript on two. */
  const operand = (node: Expression): Expression =>
    node.type === 'BinaryExpression' ? refuse(node, 'stands in another comparison: use ( )') : node

  const translate = (node: Expression, names: readonly string[]): string => {
    const of = (inner: Expression) => translate(inner, names)
    switch (node.type) {
      case 'ParenthesizedExpression':
        return of(node.expression)
      case 'Literal':
        return isLiteral(node.value) ? JSON.stringify(node.value) : refuse(node)
      case 'Identifier':
        return names.includes(node.name) ? node.name : refuse(node, 'is not known')
      case 'MemberExpression': {
        const { object, property } = node
        if (object.type === 'Super' || property.type === 'PrivateIdentifier' || node.optional)
          return refuse(node)
        if (node.computed) return `cel.at(${of(object)}, ${of(property)})`
        return property.type === 'Identifier'
          ? `cel.member(${of(object)}, ${JSON.stringify(property.name)})`
          : refuse(node)
      }
      case 'ArrayExpression':
        return `[${node.elements.map((one) => (one === null || one.type === 'SpreadElement' ? refuse(node) : of(one))).join(', ')}]`
      case 'UnaryExpression':
        return node.operator === '!' ? `!cel.bool(${of(node.argument)})` : refuse(node)
      case 'LogicalExpression': {
        const name = { '&&': 'and', '||': 'or', '??': undefined }[node.operator]
        if (name === undefined) return refuse(node)
        return `cel.${name}(() => ${of(node.left)}, () => ${of(node.right)})`
      }
      case 'ConditionalExpression':
        return `(cel.bool(${of(node.test)}) ? ${of(node.consequent)} : ${of(node.alternate)})`
      case 'BinaryExpression': {
        if (node.left.type === 'PrivateIdentifier') return refuse(node)
        const [left, right] = [of(operand(node.left)), of(operand(node.right))]
        switch (node.operator) {
          case '==':
            return `cel.equal(${left}, ${right})`
          case '!=':
            return `!cel.equal(${left}, ${right})`
          case 'in':
            return `cel.isIn(${left}, ${right})`
          case '<':
          case '<=':
          case '>':
          case '>=':
            return `cel.compare(${left}, ${right}) ${node.operator} 0`
          default:
            return refuse(node)
        }
      }
      case 'CallExpression':
        return call(node)
      default:
        return refuse(node)
    }

    function call({ callee, arguments: given }: Extract<Expression, { type: 'CallExpression' }>) {
      const args = given.map((one) => (one.type === 'SpreadElement' ? refuse(one) : one))
      const [first, second] = args
      if (callee.type === 'Identifier') {
        if (args.length !== 1 || first === undefined) return refuse(node)
        switch (callee.name) {
          case 'has': {
            if (first.type !== 'MemberExpression' || first.computed) return refuse(first)
            const { object, property } = first
            if (object.type === 'Super' || property.type !== 'Identifier') return refuse(first)
            return `cel.has(${of(object)}, ${JSON.stringify(property.name)})`
          }
          case 'size':
          case 'bytes':
          case 'duration':
            return `cel.${callee.name}(${of(first)})`
          default:
            return refuse(node)
        }
      }
      if (callee.type !== 'MemberExpression' || callee.computed) return refuse(node)
      const { object, property } = callee
      if (object.type === 'Super' || property.type !== 'Identifier') return refuse(node)
      const target = of(object)
      const macro = MACROS[property.name]
      if (macro !== undefined) {
        if (args.length !== 2 || first?.type !== 'Identifier' || second === undefined)
          return refuse(node)
        const body = translate(second, [...names, first.name])
        return `cel.${macro}(${target}, (${first.name}) => ${body})`
      }
      switch (`${property.name}/${args.length}`) {
        case 'size/0':
          return `cel.size(${target})`
        case 'startsWith/1':
        case 'endsWith/1':
        case 'contains/1':
          return `cel.${property.name}(${target}, ${of(first!)})`
        case 'matches/1': {
          const pattern = first?.type === 'Literal' ? first.value : undefined
          // Of a pattern that is in the text the syntax can be tried here.
          if (typeof pattern !== 'string') return refuse(node, 'has a pattern that is no text')
          return `cel.matches(${target}, ${new RegExp(pattern, 'u')})`
        }
        default:
          return refuse(node)
      }
    }
  }
  return translate(root, rule.includes('oldSelf') ? ['self', 'oldSelf'] : ['self'])
}

const MACROS: Readonly<Record<string, string>> = {
  all: 'all',
  exists: 'exists',
  exists_one: 'existsOne',
}

const isLiteral = (value: unknown): boolean =>
  typeof value === 'string' || typeof value === 'boolean' || Number.isSafeInteger(value)
