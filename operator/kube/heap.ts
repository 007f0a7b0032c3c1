// A binary heap of things with a time; the earliest comes out first, and equal times in order of arrival.

type Node<T> = { readonly at: number; readonly order: number; readonly value: T }

export class TimeHeap<T> {
  #nodes: Node<T>[] = []
  #order = 0

  get size(): number {
    return this.#nodes.length
  }

  /** The earliest time in it. */
  get first(): number | undefined {
    return this.#nodes[0]?.at
  }

  push(at: number, value: T): void {
    const nodes = this.#nodes
    const node = { at, order: this.#order++, value }
    nodes.push(node)
    let i = nodes.length - 1
    while (i > 0) {
      const parent = (i - 1) >> 1
      if (!isBefore(node, nodes[parent] as Node<T>)) break
      nodes[i] = nodes[parent] as Node<T>
      i = parent
    }
    nodes[i] = node
  }

  /** Throws out what `keep` does not want. */
  retain(keep: (value: T, at: number) => boolean): void {
    this.#nodes = this.#nodes
      .filter(({ value, at }) => keep(value, at))
      .sort((a, b) => (isBefore(a, b) ? -1 : 1))
  }

  /** Takes the earliest out if its time is not after `now`. */
  popUntil(now: number): T | undefined {
    const nodes = this.#nodes
    const top = nodes[0]
    if (!top || top.at > now) return undefined
    const last = nodes.pop() as Node<T>
    if (nodes.length === 0) return top.value
    let i = 0
    for (;;) {
      let child = 2 * i + 1
      if (child >= nodes.length) break
      const right = child + 1
      if (right < nodes.length && isBefore(nodes[right] as Node<T>, nodes[child] as Node<T>))
        child = right
      if (!isBefore(nodes[child] as Node<T>, last)) break
      nodes[i] = nodes[child] as Node<T>
      i = child
    }
    nodes[i] = last
    return top.value
  }
}

const isBefore = <T>(a: Node<T>, b: Node<T>): boolean =>
  a.at === b.at ? a.order < b.order : a.at < b.at
