import { chmodSync, mkdirSync, readdirSync } from 'node:fs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { LogFile } from './log-file.ts'
import { TestFolder } from './testing/folder.ts'

const test = suite('log file')

test('never grows beyond its bound, keeps the newest lines, and goes on where it was', () => {
  using folder = new TestFolder()
  const path = `${folder.path}/logs/x.log`
  for (let run = 0; run < 2; run++) {
    const log = new LogFile(path, 100)
    for (let i = 0; i < 50; i++) log.write(`line ${run}.${i}`)
    log.close()
  }
  assert.equal(readdirSync(`${folder.path}/logs`).sort(), ['x.log', 'x.log.1', 'x.log.2'])
  const text = ['x.log.2', 'x.log.1', 'x.log'].map((name) => folder.read(`logs/${name}`)).join('')
  for (const name of ['x.log', 'x.log.1', 'x.log.2'])
    assert.ok(folder.read(`logs/${name}`).length <= 100)
  assert.match(text, /line 1\.48\nline 1\.49\n$/)
})

test('trouble with the log is remembered, never thrown, and over when it is over', () => {
  using folder = new TestFolder()
  // A folder stands where the file should be.
  mkdirSync(`${folder.path}/x.log`)
  const log = new LogFile(`${folder.path}/x.log`)
  log.write('lost')
  assert.match(log.trouble ?? '', /cannot write .*x\.log/)
  chmodSync(folder.path, 0o700)
  folder.remove('x.log')
  log.write('kept')
  assert.is(log.trouble, undefined)
  assert.is(folder.read('x.log'), 'kept\n')
  log.close()
})

test.run()
