// Lines of wanted symbols that are found by their bytes, against a look at every line.

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Random, seeded, testSeed } from '#archive/testing/random.ts'
import { LineScan } from './line-scan.ts'

const test = suite('line scan')
const seed = testSeed('line-scan')
/** One is the beginning of another, one has to be escaped. */
const NAMES = ['A', 'AB', 'B', 'say "A"', 'Ärger\\', 'C']

function randomLines(random: Random): Buffer {
  const lines: string[] = []
  const count = random.int(0, 40)
  for (let n = 1; n <= count; n++) {
    const symbol = NAMES[random.int(0, NAMES.length - 1)]!
    // Frames that speak of other symbols in the words of a line.
    const other = NAMES[random.int(0, NAMES.length - 1)]!
    const frame = JSON.stringify(
      random.next() < 0.5 ? { symbol: other, n } : { text: `,"symbol":${JSON.stringify(other)},` }
    )
    const recv = `2026-11-24T12:00:00.${String(n).padStart(9, '0')}Z`
    const names = `"type":"t","symbol":${JSON.stringify(symbol)}`
    lines.push(`{"recv":"${recv}","conn":"01c","n":${n},${names},"frame":${frame}}\n`)
  }
  return Buffer.from(lines.join(''))
}

function scanned(lines: Buffer, symbols: readonly string[], finds: readonly string[] | null) {
  const scan = new LineScan()
  const found: string[] = []
  let looked = 0
  scan.begin(lines, finds)
  while (scan.next()) {
    looked++
    if (symbols.includes(scan.symbol)) {
      found.push(`${scan.n} ${scan.symbol} ${scan.payload.toString('utf8', scan.start, scan.end)}`)
    }
  }
  return { found, looked }
}

test('all lines of wanted symbols are found by their bytes, and others are passed over', () => {
  let [looked, all] = [0, 0]
  for (let round = 0; round < 200; round++) {
    const random = seeded(seed + round)
    const lines = randomLines(random)
    const symbols = NAMES.filter(() => random.next() < 0.3)
    const quick = scanned(lines, symbols, symbols)
    const whole = scanned(lines, symbols, null)
    assert.equal(quick.found, whole.found, `seed ${seed + round}`)
    looked += quick.looked
    all += whole.looked
  }
  assert.ok(looked < 0.7 * all, `${looked} of ${all} lines were looked at`)
})

test.run()
