import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { within } from '#testing/deadline.ts'

type Line = Record<string, unknown> & { msg: string; health?: string; code?: string; hint?: string }

const test = suite('role')
const children: ChildProcess[] = []
test.after.each(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})

function start(...args: string[]) {
  const child = spawn(
    process.execPath,
    [new URL('./testing/role-fixture.ts', import.meta.url).pathname, ...args],
    { stdio: ['ignore', 'pipe', 'inherit'] }
  )
  children.push(child)
  const lines: Line[] = []
  const waiting: { match: (line: Line) => boolean; resolve: (line: Line) => void }[] = []
  createInterface({ input: child.stdout! }).on('line', (text) => {
    const line = JSON.parse(text) as Line
    lines.push(line)
    for (const waiter of waiting) if (waiter.match(line)) waiter.resolve(line)
  })
  const line = (match: (line: Line) => boolean) =>
    within(
      10_000,
      'log line',
      new Promise<Line>((resolve) => {
        const there = lines.find(match)
        if (there) resolve(there)
        else waiting.push({ match, resolve })
      })
    )
  const exit = within(15_000, 'exit', once(child, 'exit')).then(([code]) => code as number | null)
  return { child, line, exit }
}

test('its last words are in the termination log of its container, and none is made where there is none', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ssmd-words-'))
  try {
    const log = join(folder, 'termination-log')
    const { exit: without } = start('throws', '127.0.0.1:0', log)
    assert.is(await without, 3)
    assert.not(existsSync(log))
    writeFileSync(log, 'of before, and longer than what comes now'.repeat(20))
    const { exit } = start('throws', '127.0.0.1:0', log)
    assert.is(await exit, 3)
    assert.equal(JSON.parse(readFileSync(log, 'utf8')), {
      code: 'SSMD_E_REFERENCE',
      message: 'nothing of that name',
      hint: 'name another',
    })
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('says in one line when it is ready and where it listens, and ends with 0 on SIGTERM', async () => {
  const { child, line, exit } = start('waits')
  const ready = await line((l) => l.msg === 'ready')
  assert.is(ready.extra, 1)
  for (const [path, status] of [
    ['/livez', 200],
    ['/readyz', 200],
    ['/metrics', 200],
    ['/other', 404],
  ] as const) {
    const answer = await fetch(`http://${ready.health}${path}`)
    assert.is(answer.status, status, path)
    const body = await answer.text()
    if (path === '/metrics') assert.match(body, /process_cpu_seconds_total/)
  }
  assert.is((await fetch(`http://${ready.health}/livez`, { method: 'POST' })).status, 405)
  child.kill('SIGTERM')
  assert.is(await exit, 0)
})

test('ends with 0 on SIGINT too', async () => {
  const { child, line, exit } = start('waits')
  await line((l) => l.msg === 'ready')
  child.kill('SIGINT')
  assert.is(await exit, 0)
})

test('answers 503 with the reason once it is dead', async () => {
  const { line } = start('dies')
  const ready = await line((l) => l.msg === 'ready')
  const answer = await fetch(`http://${ready.health}/livez`)
  assert.is(answer.status, 503)
  assert.is(await answer.text(), 'broken beyond repair\n')
})

test('an error ends it with its exit code and one line with code and hint', async () => {
  const { line, exit } = start('throws')
  const last = await line((l) => l.level === 'fatal')
  assert.is(last.code, 'SSMD_E_REFERENCE')
  assert.is(last.hint, 'name another')
  assert.is(last.msg, 'nothing of that name')
  assert.is(await exit, 3)
})

test('a rejection that nobody handles ends it with 1 instead of being swallowed', async () => {
  const { line, exit } = start('rejects')
  const last = await line((l) => l.level === 'fatal')
  assert.is(last.msg, 'left alone')
  assert.is(await exit, 1)
})

test('a health address in use is named', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  const { port } = other.address() as { port: number }
  const { line, exit } = start('waits', `127.0.0.1:${port}`)
  const last = await line((l) => l.level === 'fatal')
  assert.is(last.code, 'SSMD_E_PORT_IN_USE')
  assert.match(last.msg, String(port))
  assert.is(await exit, 1)
  other.close()
})

test.run()
