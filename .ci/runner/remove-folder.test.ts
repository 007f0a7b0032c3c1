// What a killed test had mounted is unmounted, said, and stops nothing.

import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { mountImage, temporaryDevice, whyNoDevice } from '#testing/device.ts'
import { skip } from '#testing/skip.ts'
import { removeFolder } from './remove-folder.ts'

const test = suite('removing a test folder')
const newFolder = () => mkdtempSync(join(tmpdir(), 'ssmd-remove-'))

test('a folder without mounts goes, and nothing is said', async () => {
  const folder = newFolder()
  writeFileSync(join(folder, 'file'), 'x')
  assert.equal(await removeFolder(folder), [])
  assert.not.ok(existsSync(folder))
  assert.equal(await removeFolder(folder), [], 'nor of one that is gone')
})

test('disks that are mounted in it, one inside the other, are unmounted and named', async () => {
  const why = await whyNoDevice()
  if (why !== undefined) return skip(why)
  const folder = newFolder()
  const outer = join(folder, 'a name')
  mkdirSync(outer)
  using device = temporaryDevice(8)
  await device.cut(join(folder, 'one.img'))
  await device.cut(join(folder, 'two.img'))
  using _outer = mountImage(join(folder, 'one.img'), outer)
  using _inner = mountImage(join(folder, 'two.img'), join(outer, 'inner'))
  assert.equal(await removeFolder(folder), [`mount ${join(outer, 'inner')}`, `mount ${outer}`])
  assert.not.ok(existsSync(folder))
  assert.not.match(readFileSync('/proc/self/mountinfo', 'utf8'), folder)
})

test.run()
