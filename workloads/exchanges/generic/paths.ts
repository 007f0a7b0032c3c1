// Paths that a Feed writes down, such as `data[].price`, compiled so that one pass over a frame finds the values at all of
// them. What is found stands in a field for each path, as bytes of the frame; nothing is made for a frame.

import type { JsonReader } from '#market/json-reader.ts'
import { Field, KIND, Shape } from '#market/json-shape.ts'

type Step = string | number

/** A path as it is written, cut at `[]`: `list` leads to the list, `item` from an entry of it to the value. */
export type Path = {
  readonly text: string
  /** null: it names one value of the frame. */
  readonly list: string | null
  readonly item: string
}

export const ROOT = ''

/** Reads a path that satisfies the schema; null if it has more than one `[]`. */
export function readPath(text: string): Path | null {
  const at = text.indexOf('[]')
  if (at < 0) return { text, list: null, item: text }
  const item = text.slice(at + 2).replace(/^[.]/, '')
  return item.includes('[]') ? null : { text, list: text.slice(0, at), item }
}

const stepsOf = (path: string): Step[] =>
  Array.from(path.matchAll(/\[(\d+)\]|[^.[\]]+/g), ([name, index]) =>
    index === undefined ? name : Number(index)
  )

class Node {
  readonly members = new Map<string, Node>()
  readonly entries = new Map<number, Node>()
  /** Where the value stands. */
  field: Field
  shape: Shape | null = null
  /** Nodes below, through objects alone, that are lists. */
  lists: Node[] = []
  last = -1

  constructor(path: string) {
    // A field has to have some name, and no frame is compared with this one.
    this.field = new Field(path === ROOT ? 'frame' : path, null)
  }

  child(step: Step, path: string): Node {
    if (typeof step === 'number') {
      const known = this.entries.get(step) ?? new Node(path)
      this.entries.set(step, known)
      this.last = Math.max(this.last, step)
      return known
    }
    const known = this.members.get(step) ?? new Node(path)
    this.members.set(step, known)
    return known
  }

  /** Makes the shapes, innermost first. */
  build(): void {
    const inner: Record<string, Shape> = {}
    for (const [name, child] of this.members) {
      child.build()
      if (child.shape !== null) inner[name] = child.shape
    }
    for (const child of this.entries.values()) child.build()
    if (this.members.size === 0) return
    this.shape = new Shape([...this.members.keys()], inner)
    for (const [name, child] of this.members) {
      child.field = this.shape.field(name)
      if (child.entries.size > 0) this.lists.push(child)
      this.lists.push(...child.lists)
    }
  }

  clear(): void {
    this.field.kind = KIND.none
    this.shape?.clear()
    for (const list of this.lists) for (const entry of list.entries.values()) entry.clear()
    for (const entry of this.entries.values()) entry.clear()
  }
}

export class PathReader {
  readonly #root = new Node(ROOT)
  readonly #nodes: readonly Node[]

  constructor(paths: readonly string[]) {
    this.#nodes = paths.map((path) => {
      let node = this.#root
      for (const step of stepsOf(path)) node = node.child(step, path)
      return node
    })
    this.#root.build()
  }

  /** The field of the path that stands there in the list given to the constructor. */
  field(place: number): Field {
    return this.#nodes[place]!.field
  }

  /** Reads the value at the cursor to its end. False if it cannot be read: `reader.error` says why. */
  read(reader: JsonReader): boolean {
    return read(this.#root, reader)
  }
}

function read(node: Node, reader: JsonReader): boolean {
  const { field, shape, lists } = node
  const kind = reader.peek()
  const start = reader.position
  if (kind === KIND.object && shape !== null) {
    if (node.entries.size > 0) for (const entry of node.entries.values()) entry.clear()
    if (!reader.object(shape)) return false
    field.kind = kind
    field.start = start
    field.end = reader.position
    if (lists.length === 0) return true
    const behind = reader.position
    for (const list of lists) {
      if (list.field.kind !== KIND.list) {
        for (const entry of list.entries.values()) entry.clear()
        continue
      }
      reader.seek(list.field.start)
      if (!readEntries(list, reader)) return false
    }
    reader.seek(behind)
    return true
  }
  if (shape !== null || node.entries.size > 0) node.clear()
  if (kind === KIND.list && node.entries.size > 0) {
    if (!readEntries(node, reader)) return false
    field.kind = kind
    field.start = start
    field.end = reader.position
    return true
  }
  if (reader.value() === KIND.none) return false
  field.kind = reader.kind
  field.start = reader.start
  field.end = reader.end
  return true
}

function readEntries(node: Node, reader: JsonReader): boolean {
  if (!reader.list()) return false
  let index = 0
  for (; reader.more(); index++) {
    const entry = index > node.last ? undefined : node.entries.get(index)
    if (entry === undefined ? !reader.skip() : !read(entry, reader)) return false
  }
  if (index <= node.last) for (const [at, entry] of node.entries) if (at >= index) entry.clear()
  return reader.error === ''
}
