import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { viewOf } from './bytes.ts'
import { Symbols } from './symbols.ts'

/** A name between other bytes, which must not matter. */
function get(symbols: Symbols, name: string): string {
  const bytes = Buffer.from(`xyz${name}"tail of the frame`)
  const view = viewOf(bytes)
  return symbols.get({ bytes: new Uint8Array(view.buffer), view }, 3, bytes.length - 18)
}

test('the same bytes give the same name, among many of every length', () => {
  const symbols = new Symbols()
  const names = Array.from({ length: 20_000 }, (_, i) => `${'K'.repeat(i % 13)}${i}`)
  for (const name of [...names, '', 'é€', 'BTC/USD', 'x'.repeat(500), 'AAAA', 'AAAA\0']) {
    assert.is(get(symbols, name), name)
  }
  for (const name of names) assert.is(get(symbols, name), name)
})

test('more names than are kept are still right', () => {
  const symbols = new Symbols()
  const bytes = new Uint8Array(64)
  const frame = { bytes, view: new DataView(bytes.buffer) }
  for (let i = 0; i < 300_000; i++) {
    frame.view.setInt32(
      0,
      0x41414141 + (i & 0xf) + ((i >> 4) & 0xf) * 256 + ((i >> 8) & 0xf) * 65536
    )
    frame.view.setInt32(4, 0x41414141 + ((i >> 12) & 0xf) + ((i >> 16) & 0xf) * 256)
    const name = symbols.get(frame, 0, 8)
    if (i % 997 === 0) assert.is(name, Buffer.from(bytes.subarray(0, 8)).toString())
  }
})

test.run()
