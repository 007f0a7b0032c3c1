// Puts several sources into one, in the order in which they give something. Of each one value is held, so that none runs ahead of
// the reader.

import { Waking } from '#events/waking.ts'

export type FromSource<T> = { readonly source: number; readonly value: T }

/** Ends with the first source that ends, or throws what a source throws; then `end` is called, which must end all of them. */
export async function* asTheyCome<T>(
  sources: readonly AsyncIterable<T>[],
  end: () => void
): AsyncGenerator<FromSource<T>, void> {
  const waking = new Waking(undefined)
  const ready: FromSource<T>[] = []
  let isOver = false
  const read = async (source: number): Promise<void> => {
    for await (const value of sources[source]!) {
      const item = { source, value }
      ready.push(item)
      waking.wake()
      while (!isOver && ready.includes(item)) await waking.eased()
      if (isOver) return
    }
    isOver = true
    waking.wake()
  }
  const reading = sources.map((_, source) => read(source).catch((thrown) => waking.fail(thrown)))
  try {
    for (;;) {
      const item = ready.shift()
      if (item !== undefined) {
        yield item
        waking.ease()
      } else if (isOver) return
      else await waking.next()
    }
  } finally {
    isOver = true
    end()
    waking.close()
    await Promise.all(reading)
  }
}
