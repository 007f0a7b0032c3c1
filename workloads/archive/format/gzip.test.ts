import { randomBytes } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { compressor, decompressMember, freeLines, inflateMember } from './gzip.ts'

const test = suite('gzip')

const LINE =
  '{"recv":"2026-11-24T15:01:02.123456789Z","conn":"c","n":1,"type":"trade","frame":{}}\n'

test('a member has the same bytes whether it is compressed in place or on the pool', async () => {
  for (const level of [1, 6]) {
    const compress = compressor(level)
    for (const size of [1, 100, 4_096, 32 * 1024, 32 * 1024 + 1, 1_000_000]) {
      const lines = Buffer.from(LINE.repeat(Math.ceil(size / LINE.length))).subarray(0, size)
      const member = await compress(lines)
      assert.ok(member.equals(gzipSync(lines, { level, memLevel: 9 })), `${size} bytes`)
      assert.ok(decompressMember(member, size).equals(lines))
    }
  }
})

test('what cannot be compressed is larger than its lines, and whole', async () => {
  for (const size of [10, 4_096, 32 * 1024, 300_000]) {
    const lines = randomBytes(size)
    const member = await compressor(6)(lines)
    assert.ok(member.length > size)
    assert.ok(decompressMember(member, size).equals(lines))
  }
})

test('the memory of lines is freed if it is theirs alone', async () => {
  for (const size of [1, 60, 200, 4_096, 40_000, 500_000]) {
    const member = await compressor(6)(Buffer.from('x'.repeat(size)))
    for (const lines of [decompressMember(member, size), await inflateMember(member, size)]) {
      const { buffer } = lines
      const isShared = buffer.byteLength > size + 1
      freeLines(lines)
      assert.is(buffer.byteLength === 0, !isShared, `${size} bytes`)
      if (size > 100_000) assert.not(isShared)
      if (isShared) assert.is(lines.toString(), 'x'.repeat(size))
    }
  }
})

test.run()
