import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { BINANCE, linesOf } from '#testing/recordings.ts'
import { simulatedFrames } from './testing/simulated.ts'

const test = suite('binance simulated')

type Shape = {
  count: number
  bytes: number
  levels: number
  readonly keys: Set<string>
  readonly forms: Set<string>
}

/** Of each kind of frame: its members, the forms of its values, how large it is. */
function shapesOf(texts: readonly string[]): Map<string, Shape> {
  const shapes = new Map<string, Shape>()
  for (const text of texts) {
    const { stream, data } = JSON.parse(text) as { stream: string; data: Record<string, unknown> }
    const kind = stream.slice(stream.indexOf('@') + 1)
    const shape = shapes.get(kind) ?? {
      count: 0,
      bytes: 0,
      levels: 0,
      keys: new Set(),
      forms: new Set(),
    }
    shapes.set(kind, shape)
    shape.count++
    shape.bytes += text.length
    shape.keys.add(Object.keys(data).join(' '))
    for (const [key, value] of Object.entries(data)) {
      const levels = Array.isArray(value) ? (value as [string, string][]) : []
      shape.levels += levels.length
      for (const [price, size] of levels) shape.forms.add(`${key} ${formOf(price)} ${formOf(size)}`)
      if (!Array.isArray(value)) shape.forms.add(`${key} ${formOf(value)}`)
    }
  }
  return shapes
}

/** `61837.63000000` is a text with 8 decimals, whatever its digits. */
const formOf = (value: unknown): string =>
  typeof value === 'string'
    ? `text ${/\.(\d+)$/.exec(value)?.[1]?.length ?? 'without decimals'}`
    : typeof value

test('frames of the simulator have the shape of recorded ones', () => {
  const lines = linesOf(BINANCE.at(-1)!).map((line) => line.slice(line.indexOf(' ') + 1))
  const recorded = shapesOf(lines.filter((text) => text.startsWith('{"stream"')))
  const made = shapesOf(simulatedFrames(20_000).map((frame) => frame.toString()))
  assert.equal([...made.keys()].sort(), [...recorded.keys()].sort())
  for (const [kind, one] of made) {
    const other = recorded.get(kind)!
    assert.equal([...one.keys], [...other.keys], kind)
    // Names may differ in their length, and no text of a symbol has decimals.
    for (const form of one.forms) assert.ok(other.forms.has(form), `${kind}: ${form}`)
    const [bytes, otherBytes] = [one.bytes / one.count, other.bytes / other.count]
    assert.ok(
      bytes > otherBytes / 1.5 && bytes < otherBytes * 1.5,
      `${kind}: ${bytes}, ${otherBytes}`
    )
  }
})

test.run()
