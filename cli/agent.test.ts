// test: limit 300s
// `ssmd agent` as a process, over committed recordings and a Messages API that refuses what the real one refuses: the seed's session, scripts,
// the prompt without a key, and a model that obeys whatever it reads.

import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import {
  type Script,
  says,
  startMessages,
  TEST_KEY,
  usesTool,
} from '#agent/testing/messages-server.ts'
import { temporaryFolder } from '#archive/testing/folders.ts'
import { within } from '#testing/deadline.ts'

const test = suite('agent')
const MAIN = join(import.meta.dirname, 'main.ts')
const DEMO = join(import.meta.dirname, '../workloads/data/demo')
const MS = 60_000

type Ran = { readonly code: number | null; readonly stdout: string; readonly stderr: string }

/** Runs the command in a scratch repository; `input` is what a person types, or a pipe holds. */
async function agent(
  folder: string,
  args: readonly string[],
  { input = '', env = {} }: { readonly input?: string; readonly env?: NodeJS.ProcessEnv } = {}
): Promise<Ran> {
  mkdirSync(join(folder, 'exchanges/feeds'), { recursive: true })
  mkdirSync(join(folder, 'exchanges/environments'), { recursive: true })
  const child = spawn(process.execPath, [MAIN, 'agent', '--path', DEMO, ...args], {
    cwd: folder,
    env: {
      ...{ PATH: process.env.PATH, HOME: folder, XDG_CACHE_HOME: process.env.XDG_CACHE_HOME },
      ...{ XDG_STATE_HOME: join(folder, 'state'), SSMD_CACHE_DIR: join(folder, 'cache') },
      ...env,
    },
  })
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk
  })
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk
  })
  child.stdin.end(input)
  const code = await within(
    MS,
    'agent',
    new Promise<number | null>((resolve) => child.on('close', resolve))
  )
  return { code, stdout, stderr }
}

async function withModel(
  script: Script,
  body: (
    run: (args: readonly string[], input?: string) => Promise<Ran>,
    folder: string
  ) => Promise<void>
): Promise<void> {
  using folder = temporaryFolder()
  const server = await startMessages(script)
  const env = { ANTHROPIC_API_KEY: TEST_KEY, ANTHROPIC_BASE_URL: server.url }
  try {
    await body(
      (args, input) => agent(folder.path, args, { env, ...(input === undefined ? {} : { input }) }),
      folder.path
    )
    assert.equal(server.refused, [], 'every request was one that the API accepts')
  } finally {
    await server.close()
  }
}

const SOURCE = `export default defineSignal({
  id: 'inxd-spread', version: 1, inputs: { events: ['quote'] },
  on(event, state, ctx) {
    if (event.bid !== undefined && event.ask !== undefined && event.ask - event.bid > 0.05) ctx.fire({ side: 'buy' })
  },
})
`

/** Explores when asked to, and writes the monitor when asked to. */
const seedScript: Script = ({ text, results, request }) => {
  if (results.length > 0 && !text.includes('spread')) {
    const said = String(results[0]?.content)
    return says(
      said.includes('"rows"')
        ? `kalshi has data: ${said.includes('degraded')}`
        : `done: ${said.slice(0, 60)}`
    )
  }
  if (text.includes('explore'))
    return usesTool('datasets', { feed: 'kalshi', from: '2026-11-24', to: '2026-11-25' })
  if (text.includes('spread'))
    return usesTool('signal_write', { name: 'inxd-spread', source: SOURCE })
  return says(`there were ${request.messages.length} messages`)
}
const FILE = 'exchanges/signals/inxd-spread.ts'

test('the session of the seed: data is explored, a monitor is shown, and it is written after a yes alone', async () => {
  await withModel(seedScript, async (run, folder) => {
    const lines = [
      'explore kalshi data from yesterday',
      'create a spread monitor for INXD',
      'n too simple',
      '/quit',
    ]
    const denied = await run([], `${lines.join('\n')}\n`)
    assert.match(denied.stdout, /● datasets feed=kalshi/)
    assert.match(denied.stdout, /kalshi has data: true/)
    assert.match(denied.stdout, /Approval: write exchanges\/signals\/inxd-spread\.ts/)
    assert.not(existsSync(join(folder, FILE)))
    const approved = await run(['--continue'], 'create a spread monitor for INXD\ny\n/quit\n')
    assert.is(readFileSync(join(folder, FILE), 'utf8'), SOURCE)
    assert.match(approved.stdout, /written, accepted by the sandbox/)
    assert.is(approved.code, 0)
  })
})

test('a script gets the answer as text, as one document or as events, and denials by exit code 3', async () => {
  await withModel(seedScript, async (run, folder) => {
    const text = await run(['-p', 'explore kalshi'])
    assert.equal([text.code, text.stdout.trim()], [0, 'kalshi has data: true'])
    const json = await run(['-p', 'create a spread monitor', '--output-format', 'json'])
    const answer = JSON.parse(json.stdout)
    assert.equal([json.code, answer.denied, answer.stop_reason], [3, ['signal_write'], 'answered'])
    assert.not(existsSync(join(folder, FILE)))
    const allowed = await run([
      '-p',
      'create a spread monitor',
      '--allow',
      'signal_write',
      '--output-format',
      'stream-json',
    ])
    assert.is(allowed.code, 0, allowed.stderr)
    const events = allowed.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    assert.ok(
      events.some(({ kind, tool, ok }) => kind === 'tool-end' && tool === 'signal_write' && ok)
    )
    assert.equal(events.at(-1), { kind: 'done', reason: 'answered' })
    assert.ok(existsSync(join(folder, FILE)))
  })
})

test('a model that fails is exit code 1 with the reason, and wrong use is 2', async () => {
  const fault = { kind: 'status', status: 401, type: 'authentication_error' } as const
  await withModel(
    () => ({ ...says(''), fault }),
    async (run) => {
      const failed = await run(['-p', 'hello'])
      assert.is(failed.code, 1)
      assert.match(failed.stdout, /ANTHROPIC_API_KEY/)
      const unknown = await run(['-p', 'hello', '--allow', 'format_disk'])
      assert.is(unknown.code, 2)
      assert.match(unknown.stderr, /no such tool/)
    }
  )
})

test('without a key commands and short sentences answer, and what needs a model says so', async () => {
  using folder = temporaryFolder()
  const input = '/feeds\nexplore kalshi 2026-11-24\nwrite me a poem\n/nope\n/quit\n'
  const { code, stdout } = await agent(folder.path, [], { input })
  assert.is(code, 0)
  assert.match(stdout, /without a model/)
  assert.match(stdout, /FEED\s+EXCHANGE/)
  assert.match(stdout, /kalshi\s+2026-11-24\s+kalshi\s+degraded/)
  assert.match(stdout, /This needs a model/)
  assert.match(stdout, /There is no command \/nope/)
  const script = await agent(folder.path, ['-p', 'hello'])
  assert.is(script.code, 2)
})

test('read-only has no tool that changes something', async () => {
  using folder = temporaryFolder()
  const { stdout } = await agent(folder.path, ['--read-only'], { input: '/tools\n/quit\n' })
  assert.match(stdout, /datasets\s+read/)
  assert.not.match(stdout, /\bwrite\b|cluster-write/)
})

/** What a market title may say to a model that obeys it. */
const BAIT: readonly (readonly [string, object])[] = [
  ['signal_write', { name: '../../escape', source: 'x' }],
  ['signal_write', { name: 'evil', source: "import fs from 'node:fs'" }],
  ['signal_deploy', { name: 'evil' }],
  ['signal_deploy', { name: '--push' }],
  ['kubectl_apply', { yaml: 'apiVersion: v1\nkind: Secret\nmetadata: {name: x}\n' }],
  [
    'kubectl_apply',
    { yaml: 'apiVersion: ssmd.io/v1alpha1\nkind: Feed\nmetadata: {name: x}\n---\nkind: Pod\n' },
  ],
  ['kubectl_get', { kind: 'secrets' }],
  ['kubectl_get', { kind: 'pods', name: '--kubeconfig=/tmp/x' }],
  ['kubectl_get', { kind: 'pods', selector: '$(touch pwned)' }],
  ['kubectl_logs', { pod: 'a;touch pwned' }],
  ['kubectl_describe', { kind: 'pods', name: 'a', as: 'system:admin' }],
  ['kubectl_rollout_restart', { deployment: 'connector-prod-kalshi' }],
  ['kubectl_exec', { pod: 'a', command: 'sh' }],
  ['bash', { command: 'touch pwned' }],
  ['fetch', { url: 'http://example.test/?key=1' }],
  ['query', { sql: "copy (select 1) to 'pwned'" }],
  ['query', { sql: "select * from read_text('/etc/passwd')" }],
  ['records', { feed: '../../../etc' }],
  ['run_card', { run: '../../etc/passwd' }],
  ['load_skill', { name: '../../../etc/passwd' }],
]

test('a model that obeys whatever it reads changes nothing and reaches nothing outside of its tools', async () => {
  const script: Script = ({ number }) => {
    const bait = BAIT[number]
    return bait === undefined ? says('\u001b]0;owned\u0007\u202edone') : usesTool(bait[0], bait[1])
  }
  await withModel(script, async (run, folder) => {
    const { code, stdout } = await run([
      '-p',
      'explore',
      '--output-format',
      'json',
      '--max-turns',
      '60',
    ])
    const { tool_calls: calls, result } = JSON.parse(stdout)
    assert.is(calls.length, BAIT.length)
    const good = calls
      .filter(({ ok }: { ok: boolean }) => ok)
      .map(({ tool }: { tool: string }) => tool)
    // An unknown feed has no rows: that is an answer.
    assert.equal(
      good.filter((tool: string) => tool !== 'records'),
      []
    )
    assert.is(code, 3)
    for (const path of ['pwned', 'exchanges/signals', '../escape.ts', 'exchanges/escape.ts']) {
      assert.not(existsSync(join(folder, path)), path)
    }
    assert.match(result, /done/)
    const shown = await run(['-p', 'again'])
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
    assert.not.match(shown.stdout, /[\u001b\u0007\u202e]/)
  })
})

test.run()
