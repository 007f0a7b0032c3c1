// Where a path leads in the text of a YAML document: the entry of a map or a list, or the place where it would be added. Pure.

import {
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  type Scalar,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml'

type Collection = YAMLMap | YAMLSeq

export type Existing = {
  readonly kind: 'existing'
  readonly parent: Collection
  /** Behind the colon of the key whose value `parent` is; undefined if it has none. */
  readonly parentBehindKey: number | undefined
  readonly node: Node
  /** Null in a list. */
  readonly key: string | null
  /** Where the entry begins: its key, or the value of an item. */
  readonly start: number
  /** Of a map: behind its colon. */
  readonly behindKey: number
  /** Of an item of a block list. */
  readonly dash: number | undefined
  /** Where the next entry begins. */
  readonly nextStart: number | undefined
  readonly isOnly: boolean
  readonly isInFlow: boolean
}

export type Missing = {
  readonly kind: 'missing'
  /** What it is added to; a scalar without a value becomes a map. */
  readonly parent: Collection | Scalar
  /** The keys that are missing, at least one. */
  readonly rest: readonly (string | number)[]
  /** Of a block: the column of its entries, and where the last one ends. */
  readonly column: number
  readonly lastEnd: number
  /** Of a scalar without a value: its key. */
  readonly keyStart: number
  readonly behindKey: number
}

export type Slot = Existing | Missing

type Key = string | number

/** Undefined if the path leads through an alias or a value, or the text is written in a form that is not known. */
export function placeOf(text: string, root: Node | null, path: readonly Key[]): Slot | undefined {
  let node: Node | null = root
  let slot: Existing | undefined
  for (const [depth, key] of path.entries()) {
    if (isScalar(node) && node.value === null && slot?.key != null && !slot.isInFlow) {
      return missingAt(text, node, path.slice(depth), slot)
    }
    if (!isMap(node) && !isSeq(node)) return undefined
    const next: Existing | undefined = isMap(node)
      ? entryOf(text, node, String(key), slot)
      : itemOf(text, node, Number(key), slot)
    if (next === undefined) {
      if (isSeq(node) && key !== node.items.length) return undefined
      return missingAt(text, node, path.slice(depth), slot)
    }
    slot = next
    node = next.node
  }
  return slot
}

const startOf = (node: unknown): number => (node as Node).range?.[0] ?? -1

function entryOf(
  text: string,
  parent: YAMLMap,
  name: string,
  above: Existing | undefined
): Existing | undefined {
  const pairs = parent.items as Pair<Node, Node | null>[]
  const index = pairs.findIndex(({ key }) => isScalar(key) && String(key.value) === name)
  const pair = pairs[index]
  if (pair === undefined || pair.value === null) return undefined
  const colon = text.indexOf(':', pair.key.range?.[1])
  const next = pairs[index + 1]
  return {
    kind: 'existing',
    parent,
    parentBehindKey: above?.key == null ? undefined : above.behindKey,
    node: pair.value,
    key: name,
    start: startOf(pair.key),
    behindKey: colon + 1,
    dash: undefined,
    nextStart: next === undefined ? undefined : startOf(next.key),
    isOnly: pairs.length === 1,
    isInFlow: parent.flow === true,
  }
}

function itemOf(
  text: string,
  parent: YAMLSeq,
  index: number,
  above: Existing | undefined
): Existing | undefined {
  const items = parent.items as Node[]
  const node = items[index]
  if (node === undefined) return undefined
  const isInFlow = parent.flow === true
  const start = startOf(node)
  return {
    kind: 'existing',
    parent,
    parentBehindKey: above?.key == null ? undefined : above.behindKey,
    node,
    key: null,
    start,
    behindKey: start,
    dash: isInFlow ? undefined : text.lastIndexOf('-', start - 1),
    nextStart: undefined,
    isOnly: items.length === 1,
    isInFlow,
  }
}

function missingAt(
  text: string,
  parent: Collection | Scalar,
  rest: readonly Key[],
  slot: Existing | undefined
): Missing | undefined {
  const own = { kind: 'missing', parent, rest } as const
  const keyStart = slot?.start ?? 0
  const behindKey = slot?.behindKey ?? 0
  if (isScalar(parent) || parent.flow === true) {
    return { ...own, column: 0, lastEnd: 0, keyStart, behindKey }
  }
  const last = parent.items.at(-1)
  if (last === undefined) return undefined
  const first = parent.items[0]
  const start = isMap(parent)
    ? startOf((first as Pair<Node>).key)
    : text.lastIndexOf('-', startOf(first) - 1)
  const lineStart = text.lastIndexOf('\n', start - 1) + 1
  const lastEnd = isMap(parent)
    ? endOf(text, last as Pair<Node, Node | null>)
    : contentEnd(text, last as Node)
  return { ...own, column: start - lineStart, lastEnd, keyStart, behindKey }
}

const endOf = (text: string, { key, value }: Pair<Node, Node | null>): number =>
  value === null || value.range?.[0] === value.range?.[1]
    ? text.indexOf(':', key.range?.[1]) + 1
    : contentEnd(text, value)

/** The end of the content of a node: a block ends behind the line break of its last line. */
export function contentEnd(text: string, node: Node): number {
  const last = lastOf(node)
  const [start, end] = last.range ?? [0, 0]
  let at = end
  while (at > start && /[\r\n]/.test(text[at - 1] ?? '')) at--
  return at
}

/** The node that ends last inside a block collection. */
function lastOf(node: Node): Node {
  if ((isMap(node) || isSeq(node)) && node.flow !== true) {
    const last = node.items.at(-1)
    if (isMap(node)) {
      const { key, value } = last as Pair<Node, Node | null>
      return value === null || value.range?.[0] === value.range?.[1] ? key : lastOf(value)
    }
    return lastOf(last as Node)
  }
  return node
}
