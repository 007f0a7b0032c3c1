// The namespaces of a node without a node in them: what a program inside can do to the rest of the computer is nothing,
// and nothing of it stays, whether it ends or is ended.

import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { until } from '#testing/deadline.ts'
import { skip } from '#testing/skip.ts'
import { lookAround, whatIsNew } from './left-behind.ts'
import { enclose } from './namespaces.ts'
import { whyNoNode } from './requirements.ts'

const missing = await whyNoNode()
const test = suite('namespaces of a node')
const real = (name: string, body: () => Promise<void>) =>
  test(name, missing === undefined ? body : () => skip(missing))

type Ended = { readonly code: number | null; readonly output: string; readonly behind: string[] }

const inShell = (script: string) => ['sh', '-c', script]

/** Runs a program inside; `during` may end it. */
async function runInside(
  program: readonly string[],
  during: (name: string, kill: () => void) => Promise<void> = async () => {}
): Promise<Ended> {
  const before = await lookAround(undefined)
  const place = await enclose(program)
  try {
    const child = spawn(place.file, place.args, { env: place.env })
    const exit = once(child, 'close')
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        output += chunk
      })
    }
    await during(place.name, () => child.kill('SIGKILL'))
    const [code] = (await exit) as [number | null]
    await place.leave()
    return { code, output, behind: whatIsNew(before, await lookAround(place.name)) }
  } finally {
    await place.leave()
  }
}

real('a program sees a network and processes of its own, and sets nothing outside', async () => {
  const script = [
    'ls /sys/class/net >/dev/null',
    'cat /proc/net/dev | grep -c :',
    'echo $$',
    'echo 7 > /proc/sys/vm/overcommit_memory && cat /proc/sys/vm/overcommit_memory',
    'touch /run/mine /var/lib/kubelet/mine /var/lib/mine && ip link add extra type bridge',
    'exit 3',
  ].join('\n')
  const { code, output, behind } = await runInside(inShell(script))
  const [links, pid, setting] = output.split('\n')
  assert.equal([links, setting, code], ['1', '7', 3], output)
  assert.ok(Number(pid) < 100, 'numbers of processes begin anew')
  assert.equal(behind, [])
})

real('what ends there and has no parent any more is no zombie', async () => {
  // The child of a child that ended belongs to the first process, which has to wait for it. Node would not.
  const script = `const { spawnSync } = require('node:child_process')
    const shell = (text) => console.log(spawnSync('sh', ['-c', text]).stdout.toString())
    shell('sleep 0.1 >/dev/null & echo $!')
    setTimeout(() => shell('grep -l "State:.Z" /proc/[0-9]*/status'), 500)`
  const { output } = await runInside([process.execPath, '-e', script])
  assert.match(output, /^\d+\n\s*$/)
})

real('when it is ended by force, all that it started ends', async () => {
  const { behind } = await runInside(
    inShell('setsid sleep 1000 & setsid sleep 1000'),
    async (name, kill) => {
      const here = async () =>
        [...(await lookAround(name))].filter((thing) => /sleep 1000/.test(thing))
      await until(10_000, 'two programs inside', async () => (await here()).length >= 2)
      kill()
    }
  )
  assert.equal(behind, [])
})

real(
  'the disk that another test mounts meanwhile is not taken for something left behind',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ssmd-other-'))
    try {
      const { behind } = await runInside(inShell('sleep 0.1'), async () => {
        execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', folder])
      })
      assert.equal(behind, [])
    } finally {
      execFileSync('umount', [folder])
      rmdirSync(folder)
    }
  }
)

real('a mount in its own folder that outlives it is seen', async () => {
  const before = await lookAround(undefined)
  const place = await enclose(inShell('true'))
  const point = join(place.folder, 'work')
  try {
    execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', point])
    const seen = whatIsNew(before, await lookAround(place.name))
    assert.ok(seen.some((thing) => thing.startsWith('mount ') && thing.endsWith(point)))
  } finally {
    execFileSync('umount', [point])
    await place.leave()
  }
})

test.run()
