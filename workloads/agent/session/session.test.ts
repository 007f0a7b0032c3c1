// A session against a Messages API that refuses what the real one refuses: memory, approvals, aborts, crashes, damaged files.

import { appendFile, mkdtemp, readFile, rm, truncate } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { AgentEvent, Decision } from '../agent-events.ts'
import { Model } from '../model/messages.ts'
import {
  type MessagesServer,
  type Script,
  says,
  startMessages,
  TEST_KEY,
  usesTool,
} from '../testing/messages-server.ts'
import { testTools, type Written } from '../testing/tools.ts'
import { Tools } from '../tools/call.ts'
import { Session } from './session.ts'

const test = suite('session')
const NEVER = new AbortController().signal

type World = {
  readonly server: MessagesServer
  readonly written: Written[]
  readonly folder: string
  readonly open: (more?: object) => Promise<Session>
}

async function world(script: Script, body: (world: World) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'ssmd-session-'))
  const server = await startMessages(script)
  const written: Written[] = []
  const sessions: Session[] = []
  const model = await Model.open({
    env: { ANTHROPIC_API_KEY: TEST_KEY, ANTHROPIC_BASE_URL: server.url },
    wait: async () => {},
    random: () => 0,
    log: () => {},
  })
  const open = async (more: object = {}): Promise<Session> => {
    const session = await Session.open({
      folder,
      tools: new Tools(testTools(written)),
      ask: (ask) => model.ask(ask),
      settings: () => ({ model: 'claude-sonnet-5-5', maxTokens: 1000, system: 'You help.' }),
      compact: async () => undefined,
      nowMs: () => Date.UTC(2026, 10, 24),
      log: () => {},
      ...more,
    })
    sessions.push(session)
    return session
  }
  try {
    await body({ server, written, folder, open })
    assert.equal(server.refused, [], 'every request was one that the API accepts')
    assert.equal(server.cacheMisses, [], 'tools and system are the same bytes in every request')
  } finally {
    for (const session of sessions) await session.close()
    await server.close()
    await rm(folder, { recursive: true })
  }
}

async function all(events: AsyncGenerator<AgentEvent>): Promise<AgentEvent[]> {
  const list: AgentEvent[] = []
  for await (const event of events) list.push(event)
  return list
}
const textOf = (events: readonly AgentEvent[]): string =>
  events.map((event) => (event.kind === 'text' ? event.text : '')).join('')
const endOf = (events: readonly AgentEvent[]): unknown => {
  const last = events.at(-1)
  return last?.kind === 'done' ? last.reason : last
}

const approve: Decision = { decision: 'approve', scope: 'once' }
/** Asks for a write at the first word, and says what came of it. */
const writes: Script = ({ results, text }) =>
  results.length > 0
    ? says(`result: ${String(results[0]?.content)}`)
    : text.includes('write')
      ? usesTool('write_file', { name: 'a', text: text })
      : says('hello')

test('a second prompt remembers the first, and still does in another process', async () => {
  const script: Script = ({ request, text }) => says(`${request.messages.length} ${text}`)
  await world(script, async ({ open, server }) => {
    const first = await open()
    assert.is(textOf(await all(first.send('one', NEVER))), '1 one')
    await first.close()
    const second = await open()
    assert.is(textOf(await all(second.send('two', NEVER))), '3 two')
    assert.match(JSON.stringify(server.asked[1]?.request.messages), /"one"/)
  })
})

test('tools that read run without asking, and their results reach the model', async () => {
  const script: Script = ({ results }) =>
    results.length === 0 ? usesTool('feeds', { feed: 'kalshi' }) : says(String(results[0]?.content))
  await world(script, async ({ open }) => {
    const events = await all((await open()).send('which feeds?', NEVER))
    assert.is(textOf(events), '{"feeds":["kalshi"]}')
    assert.is(endOf(events), 'answered')
    const end = events.find((event) => event.kind === 'tool-end')
    assert.is(end?.summary, '1 feed')
  })
})

test('a tool that writes runs only after an approval of what was shown, in this process or another', async () => {
  await world(writes, async ({ open, written }) => {
    const first = await open()
    const asked = await all(first.send('write it', NEVER))
    assert.is(endOf(asked), 'approval')
    const [call] = await first.pending()
    assert.is(call?.text, 'write it')
    assert.equal(written, [])
    await first.close()
    const second = await open()
    assert.equal(await second.pending(), [call])
    const events = await all(second.decide({ [call!.id]: approve }, NEVER))
    assert.equal(written, [{ name: 'a', text: 'write it' }])
    assert.is(endOf(events), 'answered')
  })
})

test('a denial keeps the tool from running, and its note reaches the model', async () => {
  await world(writes, async ({ open, written }) => {
    const session = await open()
    await all(session.send('write it', NEVER))
    const [call] = await session.pending()
    const events = await all(
      session.decide({ [call!.id]: { decision: 'deny', note: 'not today' } }, NEVER)
    )
    assert.equal(written, [])
    assert.match(textOf(events), /denied it: not today/)
  })
})

test('an edited call is shown again, and runs as edited', async () => {
  await world(writes, async ({ open, written }) => {
    const session = await open()
    await all(session.send('write it', NEVER))
    const [call] = await session.pending()
    const edit: Decision = { decision: 'edit', input: { name: 'b', text: 'other' } }
    const again = await all(session.decide({ [call!.id]: edit }, NEVER))
    assert.is(endOf(again), 'approval')
    assert.equal(written, [])
    const [edited] = await session.pending()
    assert.is(edited?.text, 'other')
    await all(session.decide({ [call!.id]: approve }, NEVER))
    assert.equal(written, [{ name: 'b', text: 'other' }])
  })
})

test('an approval for the session holds for this tool and target, and for no other', async () => {
  const script: Script = ({ results, text }) =>
    results.length > 0 ? says('ok') : usesTool('write_file', { name: text, text })
  await world(script, async ({ open, written }) => {
    const session = await open()
    await all(session.send('a', NEVER))
    const [call] = await session.pending()
    await all(session.decide({ [call!.id]: { decision: 'approve', scope: 'session' } }, NEVER))
    assert.is(endOf(await all(session.send('a', NEVER))), 'answered')
    assert.is(written.length, 2)
    assert.is(endOf(await all(session.send('b', NEVER))), 'approval')
    assert.is(written.length, 2)
  })
})

test('what the person says instead of a decision drops the call', async () => {
  await world(writes, async ({ open, written }) => {
    const session = await open()
    await all(session.send('write it', NEVER))
    const events = await all(session.send('never mind', NEVER))
    assert.is(endOf(events), 'answered')
    assert.equal(await session.pending(), [])
    assert.equal(written, [])
  })
})

test('an abort in a tool leaves a session that continues', async () => {
  const script: Script = ({ text }) => (text === 'wait' ? usesTool('slow', {}) : says('fine'))
  await world(script, async ({ open }) => {
    const session = await open()
    const controller = new AbortController()
    const events: AgentEvent[] = []
    for await (const event of session.send('wait', controller.signal)) {
      events.push(event)
      if (event.kind === 'tool-start') controller.abort()
    }
    assert.is(endOf(events), 'interrupted')
    assert.is(await session.isUnfinished(), true)
    assert.is(textOf(await all(session.send('and now?', NEVER))), 'fine')
  })
})

test('a session whose file was cut at any byte continues', async () => {
  await world(writes, async ({ open, folder }) => {
    const session = await open()
    await all(session.send('one', NEVER))
    await all(session.send('write it', NEVER))
    await session.close()
    const path = join(folder, 'checkpoints.jsonl')
    const { length } = await readFile(path)
    for (let at = length; at > 0; at -= Math.ceil(length / 12)) {
      await truncate(path, at)
      const cut = await open()
      // With what it was asked before and never answered, the model may ask for the write again.
      const end = endOf(await all(cut.send('hello', NEVER)))
      assert.ok(end === 'answered' || end === 'approval', `cut at ${at} of ${length}: ${end}`)
      await cut.close()
    }
  })
})

test('a line that is damaged in the middle of its file does not end the session', async () => {
  await world(writes, async ({ open, folder }) => {
    const session = await open()
    await all(session.send('one', NEVER))
    await session.close()
    await appendFile(join(folder, 'checkpoints.jsonl'), '{"op":"put","conf\n')
    const next = await open()
    assert.is(endOf(await all(next.send('two', NEVER))), 'answered')
  })
})

test('a second process is refused while the first has the session open', async () => {
  await world(writes, async ({ open }) => {
    await open()
    const refused = await open().then(
      () => undefined,
      (thrown) => thrown
    )
    assert.is(refused?.code, 'SSMD_E_LOCKED')
  })
})

test('a write that was begun and never ended is not run again', async () => {
  await world(writes, async ({ open, written, folder }) => {
    const session = await open()
    await all(session.send('write it', NEVER))
    const [call] = await session.pending()
    await session.close()
    await appendFile(join(folder, 'calls.jsonl'), `{"call":"${call!.id}","state":"begun"}\n`)
    const next = await open()
    const events = await all(next.decide({ [call!.id]: approve }, NEVER))
    assert.equal(written, [])
    assert.match(textOf(events), /begun before/)
  })
})

test('input of a tool that was cut at the limit of tokens is never run', async () => {
  const script: Script = () => ({
    blocks: [{ type: 'tool_use', id: 'x', name: 'feeds', input: {}, json: '{"feed":"kal' }],
    stopReason: 'max_tokens',
  })
  await world(script, async ({ open }) => {
    const events = await all((await open()).send('go', NEVER))
    assert.is(endOf(events), 'max-tokens')
    assert.not(events.some(({ kind }) => kind === 'tool-start'))
  })
})

test('a model that never stops calling tools is stopped, and the session continues', async () => {
  const script: Script = ({ text }) => (text === 'stop' ? says('stopped') : usesTool('feeds', {}))
  await world(script, async ({ open, server }) => {
    const session = await open({ maxRounds: 5 })
    assert.is(endOf(await all(session.send('go', NEVER))), 'max-turns')
    assert.is(server.asked.length, 5)
    assert.is(textOf(await all(session.send('stop', NEVER))), 'stopped')
  })
})

test('fifty rounds of tools run in one turn', async () => {
  const script: Script = ({ number }) => (number < 50 ? usesTool('feeds', {}) : says('done'))
  await world(script, async ({ open }) => {
    const events = await all((await open({ maxRounds: 60 })).send('go', NEVER))
    assert.is(endOf(events), 'answered')
    assert.is(events.filter(({ kind }) => kind === 'tool-end').length, 50)
  })
})

test('unknown tools and wrong arguments are told to the model with what there is', async () => {
  const script: Script = ({ number, results }) =>
    number === 0
      ? usesTool('delete_everything', {})
      : number === 1
        ? usesTool('feeds', { fed: 1 })
        : says(String(results[0]?.content))
  await world(script, async ({ open, server }) => {
    const text = textOf(await all((await open()).send('go', NEVER)))
    assert.match(text, /there is no member \\"fed\\"/)
    assert.match(JSON.stringify(server.asked[1]?.results), /there is no tool/)
  })
})

test('an error of the model is said, and the session continues with what was said before', async () => {
  const script: Script = ({ number }) =>
    number === 0
      ? { ...says(''), fault: { kind: 'status', status: 403, type: 'permission_error' } }
      : says('back')
  await world(script, async ({ open }) => {
    const session = await open()
    const events = await all(session.send('one', NEVER))
    assert.is(endOf(events), 'failed')
    assert.ok(events.some((event) => event.kind === 'notice' && /--model/.test(event.text)))
    assert.is(textOf(await all(session.resume(NEVER))), 'back')
  })
})

test('a session of 100 turns of 2 KB stays below 5 MB', async () => {
  await world(
    () => says('y'.repeat(1000)),
    async ({ open, folder }) => {
      const session = await open()
      for (let i = 0; i < 100; i++) await all(session.send('x'.repeat(1000), NEVER))
      const { length } = await readFile(join(folder, 'checkpoints.jsonl'))
      assert.ok(length < 5e6, `${length} bytes`)
    }
  )
})

test('costs are summed over processes, and end the session at their bound', async () => {
  await world(
    () => ({ ...says('x'), usage: { input_tokens: 1_000_000, output_tokens: 0 } }),
    async ({ open }) => {
      const first = await open({ maxCostUsd: 3 })
      await all(first.send('one', NEVER))
      assert.is(first.costUsd, 2)
      await first.close()
      const second = await open({ maxCostUsd: 3 })
      assert.is(second.costUsd, 2)
      await all(second.send('two', NEVER))
      assert.is(endOf(await all(second.send('three', NEVER))), 'budget')
    }
  )
})

test.run()
