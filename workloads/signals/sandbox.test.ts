// What a signal may try, and the verdict on each attempt, with real processes.

import { spawnSync } from 'node:child_process'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { within } from '#testing/deadline.ts'
import { type Finding, Refusal } from './findings.ts'
import type { RawFire } from './messages.ts'
import { childArguments, LIMITS, Sandbox, type SandboxLimits } from './sandbox.ts'
import { readProgram } from './source.ts'
import { addGap, quotes } from './testing/batches.ts'

const test = suite('sandbox of signals')

/** The body of `on` begins in line 5. */
const signalOf = (on: string, more = ''): string => `${more}
export default defineSignal({
  id: 'bait', version: 1, inputs: { events: ['quote'] },
  on(event, state, ctx) {
    ${on}
  },
})
`
const QUOTES = quotes([
  { bid: 40, ask: 44 },
  { bid: 41, ask: 48 },
  { bid: 42, ask: 45 },
])

async function fired(
  source: string,
  batch = QUOTES,
  params = {},
  limits: SandboxLimits = LIMITS
): Promise<RawFire[]> {
  const program = readProgram(source)
  await using sandbox = await within(
    60_000,
    'load',
    Sandbox.open({ program, name: 'bait.ts', params, limits })
  )
  const { fires } = await within(60_000, 'batch', sandbox.run(batch))
  return [...fires]
}

async function verdict(source: string, limits: SandboxLimits = LIMITS): Promise<Finding> {
  try {
    const fires = await fired(source, QUOTES, {}, limits)
    throw new Error(`was not refused, and fired ${JSON.stringify(fires)}`)
  } catch (thrown) {
    if (thrown instanceof Refusal) return thrown.finding
    throw thrown
  }
}

test('a signal sees its events with both clocks, and fires', async () => {
  const source = signalOf(
    'if (event.ask - event.bid > 0.05) ctx.fire({ bid: event.bid, ahead: event.receivedMs - event.timeMs })'
  )
  const [fire, ...others] = await fired(source)
  assert.equal(others, [])
  assert.is(fire!.at, 1)
  assert.is(fire!.recv, '2026-11-24T12:00:01.000000000Z')
  assert.is(fire!.time, '2026-11-24T12:00:00.995000000Z')
  assert.is(fire!.payload, '{"ahead":5,"bid":0.41}')
})

test('a signal is shown gaps of its symbols, and a gap of the whole feed once for each', async () => {
  const batch = quotes([
    { symbol: 'A', bid: 1, ask: 2 },
    { symbol: 'B', bid: 1, ask: 2 },
  ])
  addGap(batch, 'B')
  addGap(batch, 'C')
  addGap(batch, '')
  const fires = await fired(
    signalOf("if (event.kind === 'gap') ctx.fire({ why: event.reason, to: ctx.symbol })"),
    batch
  )
  const shown = fires.map(({ at, payload }) => [at, JSON.parse(payload).to])
  assert.equal(shown, [
    [2, 'B'],
    [4, 'A'],
    [4, 'B'],
  ])
})

/** What is tried in `on`, at line 5, and the identifier of the verdict. */
const REFUSED_EARLY: readonly (readonly [attempt: string, identifier: string])[] = [
  ['process.exit(0)', 'process'],
  ['globalThis.process', 'globalThis'],
  ["require('fs')", 'require'],
  ["import('node:fs')", 'import'],
  ['import.meta.url', 'import.meta'],
  ["eval('1')", 'eval'],
  ["new Function('return 1')", 'Function'],
  ["(() => {}).constructor('return process')()", 'constructor'],
  ["(() => {})['constructor']", 'constructor'],
  ['event.__proto__ = {}', '__proto__'],
  ['Date.now()', 'Date'],
  ['new Date()', 'Date'],
  ['performance.now()', 'performance'],
  ['setTimeout(() => {}, 1)', 'setTimeout'],
  ['Math.random()', 'Math.random'],
  ['crypto.randomUUID()', 'crypto'],
  ["fetch('http://127.0.0.1')", 'fetch'],
  ["new WebSocket('ws://127.0.0.1')", 'WebSocket'],
  ['Promise.resolve().then(() => {})', 'Promise'],
  ['(async () => {})()', 'async'],
  ['console.log(1)', 'console'],
  ['Buffer.alloc(1)', 'Buffer'],
  ['new WeakRef({})', 'WeakRef'],
  ['new SharedArrayBuffer(8)', 'SharedArrayBuffer'],
  ['WebAssembly.compile', 'WebAssembly'],
  ['$ssmdSteps[0] = 2 ** 30', '$ssmdSteps'],
  ['debugger', 'debugger'],
  ['arguments[0]', 'arguments'],
  ['(() => \\u0024ssmdStop(1))()', '$ssmdStop'],
]

test('what a source must not say is refused with identifier and line, before it runs', () => {
  for (const [attempt, identifier] of REFUSED_EARLY) {
    try {
      readProgram(signalOf(attempt))
      assert.unreachable(`${attempt} was not refused`)
    } catch (thrown) {
      assert.instance(thrown, Refusal, `${attempt}: ${String(thrown)}`)
      const { finding } = thrown as Refusal
      assert.is(finding.identifier, identifier, attempt)
      assert.is(finding.line, 5, attempt)
    }
  }
})

test('imports, state of a module, what TypeScript cannot strip, and large sources are refused', () => {
  const refused: [source: string, identifier: string, line: number][] = [
    ["import fs from 'node:fs'\nexport default {}", 'node:fs', 1],
    ['const a = 1\nconst b = arguments\nexport default {}', 'arguments', 2],
    ['const a = 1\nlet seen = 0\nexport default {}', 'let', 2],
    ['const seen = new Map()\nexport default {}', 'new Map', 1],
    ['const next = (() => { let n = 0; return () => ++n })()\nexport default {}', 'function', 1],
    ['const f = Array.of(() => 1)\nexport default {}', 'Array.of', 1],
    ['const Number = (f) => f\nconst g = Number(1)\nexport default {}', 'Number', 2],
    ['const o = { get f() { let n = 0; return () => ++n } }\nexport default {}', 'get', 1],
    ['const o = {\n*[Symbol.iterator]() { yield 1 } }\nexport default {}', 'computed name', 2],
    ['class A {\n  static #n = 0\n}\nexport default {}', 'static', 2],
    ['const t = String.raw`x`\nexport default {}', 'String.raw', 1],
    ['const seen = new Map()\nexport default {}', 'new Map', 1],
    ['const count = (() => { let n = 0; return () => ++n })()\nexport default {}', 'function', 1],
    ['const f = Array.of(() => 1)\nexport default {}', 'Array.of', 1],
    ['const Number = (f) => f\nconst g = Number(1)\nexport default {}', 'Number', 2],
    ['const o = { get f() { let n = 0; return () => ++n } }\nexport default {}', 'get', 1],
    [
      'const o = {\n  *[Symbol.iterator]() { yield () => 1 } }\nexport default {}',
      'computed name',
      2,
    ],
    ['class A {\n  static #n = 0\n}\nexport default {}', 'static', 2],
    ['const t = String.raw`x`\nexport default {}', 'String.raw', 1],
    ['export const a = 1\nexport default {}', 'export', 1],
    ['\nenum A { b }\nexport default {}', 'TypeScript', 2],
    ['const a = 1', 'export default', 1],
    ['\nexport default function on() {}', 'export default', 2],
    ['const a = {\n  b: }\n', 'TypeScript', 2],
    [`export default {}\n//${'x'.repeat(64 * 1024)}`, 'size', 1],
  ]
  for (const [source, identifier, line] of refused) {
    try {
      readProgram(source)
      assert.unreachable(`${source} was not refused`)
    } catch (thrown) {
      assert.instance(thrown, Refusal, `${source}: ${String(thrown)}`)
      assert.is((thrown as Refusal).finding.identifier, identifier, source)
      assert.is((thrown as Refusal).finding.line, line, source)
    }
  }
})

/** What the check of the source cannot see, at line 5; part of the verdict's reason. */
const CONTAINED: readonly (readonly [attempt: string, identifier: string, why: RegExp])[] = [
  [
    "const k = 'constr' + 'uctor'; (() => {})[k]('return process')()",
    'on',
    /not a valid constructor/,
  ],
  [
    "const k = 'constr' + 'uctor'; ctx.fire[k]('return process')()",
    'on',
    /not a valid constructor/,
  ],
  [
    "const k = 'constr' + 'uctor'; event[k][k]('return process')()",
    'on',
    /not a valid constructor/,
  ],
  [
    "const k = 'constr' + 'uctor'; (function*(){})[k]('yield process')",
    'on',
    /not a valid constructor/,
  ],
  ["const k = 'ran' + 'dom'; Math[k]()", 'on', /random\(\) throws/],
  ["const k = '__pro' + 'to__'; ({})[k].polluted = 1", 'on', /polluted/],
  ['Object.getPrototypeOf([]).push = () => 1', 'on', /push/],
  ['event.bid = 1', 'on', /bid/],
  ['ctx.params.x = 1', 'on', /x/],
  ['ctx.fire = () => 1', 'on', /fire/],
  ['{ const Date = 1 } new Date()', 'on', /Date is not a constructor/],
  ['{ const Function = 1 } new Function("return 1")', 'on', /Function is not a constructor/],
  ['{ const globalThis = 1 } globalThis.a = 1', 'on', /of undefined/],
  ['{ const Promise = 1 } Promise.resolve().then(() => { for (;;); })', 'on', /of undefined/],
  ['throw null', 'on', /threw null/],
  ['throw { toString() { throw 1 } }', 'on', /what has no text/],
  ['const f = () => f(); f()', 'on', /call stack/],
  ['ctx.fire({ a: NaN })', 'ctx.fire', /a is NaN/],
  ['ctx.fire({ a: 1 / 0 })', 'ctx.fire', /a is Infinity/],
  ['ctx.fire({ a: [{ b: () => 1 }] })', 'ctx.fire', /a\.0\.b is function/],
  ["ctx.fire({ a: 'x'.repeat(1e6) })", 'ctx.fire', /more than 4096 characters/],
  ['ctx.fire({ a: new Array(1e8) })', 'ctx.fire', /a\.0 is undefined/],
  ['try { ctx.fire({ a: NaN }) } catch {}', 'ctx.fire', /a is NaN/],
  ['const a = {}; a.a = a; ctx.fire(a)', 'ctx.fire', /nested too deeply/],
  ['ctx.fire({ toJSON() { return 1 } })', 'ctx.fire', /toJSON is function/],
  ['for (;;) {}', 'loop', /more than 5000000 turns/],
  ['for (;;) { try { for (;;); } catch {} }', 'loop', /more than 5000000 turns/],
  ['do {} while (true)', 'loop', /more than 5000000 turns/],
  [
    'for (const k of (function* () { while (true) yield 1 })()) ;',
    'loop',
    /more than 5000000 turns/,
  ],
  ['const a = []; for (;;) a.push(new Int32Array(1000))', 'memory', /MiB/],
  ['for (let i = 0; i < 200000; i++) ctx.fire({})', 'ctx.fire', /more than 100000 fires/],
]

for (const [attempt, identifier, why] of CONTAINED) {
  test(`contained, with its line: ${attempt}`, async () => {
    const source = signalOf(attempt)
    const found = await verdict(source)
    assert.is(found.identifier, identifier, JSON.stringify(found))
    assert.match(found.why, why)
    // A value that is no error does not say where it was thrown: the line of `on`.
    assert.is(found.line, attempt.startsWith('throw') ? 4 : 5)
  })
}

/** The body of `on` begins in line 6; what is tried with builders' views, and with what the module declares. */
const viewer = (on: string): string => `const KEPT = { views: null, list: [] }
export default defineSignal({
  id: 'bait', version: 1, inputs: { events: ['quote'] },
  builders: { book: { kind: 'order-book' }, bars: { kind: 'time-bars', interval: '1s' } },
  on(event, state, { builders, fire, rng }) {
    ${on}
  },
})
`
const KEY =
  "const k = 'constr' + 'uctor'; const p = '__pro' + 'to__'; const of = Object.getPrototypeOf(builders.book); "
const SHARED: readonly (readonly [attempt: string, why: RegExp])[] = [
  ['builders.book.bid = 1', /bid/],
  ['builders.book = 1', /book/],
  ['builders.other = 1', /other/],
  ['delete builders.book', /book/],
  ['builders.book.price.seen = 1', /seen/],
  [`${KEY} of.bid = 1`, /bid/],
  [`${KEY} of.price = () => 1`, /price/],
  [`${KEY} Object.defineProperty(of, 'bid', { value: 1 })`, /bid/],
  [`${KEY} Object.setPrototypeOf(builders.book, null)`, /prototype|extensible/],
  [`${KEY} builders.book[p].polluted = 1`, /polluted/],
  [`${KEY} of[k].seen = 1`, /seen/],
  [`${KEY} of[k].prototype.seen = 1`, /seen/],
  [`${KEY} Object.getOwnPropertyDescriptor(of, 'bid').get.seen = 1`, /seen/],
  [`${KEY} Object.getOwnPropertyDescriptor(of, 'bid').get.call({})`, /not a function/],
  ['Object.getPrototypeOf(event).seen = 1', /seen/],
  ['fire.seen = 1', /seen/],
  ['rng.seen = 1', /seen/],
  ['KEPT.views = builders', /views/],
  ['KEPT.list.push(builders)', /extensible|add property/],
  ['KEPT.views ??= event', /views/],
]

for (const [attempt, why] of SHARED) {
  test(`instruments share nothing: ${attempt.replace(KEY, '')}`, async () => {
    const found = await verdict(viewer(attempt))
    assert.equal([found.identifier, found.line], ['on', 6], JSON.stringify(found))
    assert.match(found.why, why)
  })
}

test('a view that is kept shows nothing of the builder, and a stale book is undefined', async () => {
  const source = viewer(
    `state.kept = state.kept ?? builders.book; const { book, bars } = builders
    fire({ keys: Object.keys(book).length, same: state.kept === book, stale: book.stale, none: book.bid === undefined && book.price('bid', 0) === undefined && book.levels('bid') === 0,
      odd: book.price({}, NaN) === undefined && book.depth('bid', 'x') === undefined, bars: bars.finished })`
  ).replace('on(event', 'init: () => ({}),\n  on(event')
  const [fire] = await fired(source)
  assert.is(fire!.payload, '{"bars":0,"keys":0,"none":true,"odd":true,"same":true,"stale":true}')
})

test('time and memory that no loop of the source takes end the process, with the line of `on`', async () => {
  const limits = { ...LIMITS, cpuMs: 1500 }
  const slow = await verdict(signalOf("/^(a+)+$/.test('a'.repeat(50) + 'b')"), limits)
  assert.equal([slow.identifier, slow.line], ['time', 4])
  const large = await verdict(signalOf('new Array(3e7).fill(0).map((_, i) => ({ i }))'))
  assert.equal([large.identifier, large.line], ['memory', 4])
})

test('a field that the engine does not know, or that has no sense, is named with its line', async () => {
  const refused: [text: string, identifier: string, line: number][] = [
    [
      "export default { id: 'a', version: 1,\nbuildrs: {}, inputs: { events: ['quote'] }, on() {} }",
      'buildrs',
      2,
    ],
    [
      "export default { id: 'a', version: 1,\ninputs: { events: ['ticker'] }, on() {} }",
      'inputs.events',
      2,
    ],
    [
      "export default { id: 'a', version: 1, inputs: { events: ['quote'] }, builders: {\nbook: {\nkind: 'orderbook' } }, on() {} }",
      'builders.book.kind',
      3,
    ],
    [
      "export default { id: 'a', version: 1, inputs: { events: ['quote'] }, builders: {\nvolume: { kind: 'volume-profile',\nwindw: '1m' } }, on() {} }",
      'builders.volume.windw',
      3,
    ],
    [
      "export default { id: 'a', version: 1, inputs: { events: ['quote'] },\nedge: 'falling', on() {} }",
      'edge',
      2,
    ],
    [
      "export default { id: 'a', version: 1, inputs: { events: ['quote'] }, warmup: {\nminutes: -1 }, on() {} }",
      'warmup.minutes',
      2,
    ],
    ["export default { id: 'a b', version: 1, inputs: { events: ['quote'] }, on() {} }", 'id', 1],
    ["export default { id: 'a', version: 1, inputs: { events: ['quote'] },\n\non: 1 }", 'on', 3],
    [
      "export default { id: 'a', version: 1, inputs: { events: ['quote'] },\ninit() { return new Map() }, on() {} }",
      'init',
      2,
    ],
  ]
  for (const [source, identifier, line] of refused) {
    const found = await verdict(source)
    assert.equal([found.identifier, found.line], [identifier, line], source)
  }
})

test('state is of a symbol, a cooldown too, and a parameter can be given', async () => {
  const source = `export default defineSignal({
  id: 'counter', version: 1, params: { every: { type: 'number', default: 1 } },
  inputs: { events: ['quote'], symbols: ['B*'] }, cooldown: { perSymbol: '2s' },
  init: () => ({ n: 0 }),
  on(_, state: { n: number }, ctx) { state.n++; if (state.n % ctx.params.every === 0) ctx.fire({ n: state.n }) },
})`
  const names = ['B1', 'A', 'B2', 'B1', 'B1', 'B2', 'B1']
  const batch = quotes(names.map((symbol) => ({ symbol, bid: 1, ask: 2 })))
  const shown = (fires: readonly RawFire[]) =>
    fires.map(({ at, symbol, payload }) => `${at} ${symbol} ${payload}`)
  assert.equal(shown(await fired(source, batch)), [
    '0 B1 {"n":1}',
    '1 B2 {"n":1}',
    '2 B1 {"n":2}',
    '4 B2 {"n":2}',
    '5 B1 {"n":4}',
  ])
  assert.equal(shown(await fired(source, batch, { every: '2' })), [
    '2 B1 {"n":2}',
    '4 B2 {"n":2}',
    '5 B1 {"n":4}',
  ])
})

test('a process of a signal sees no environment and may open no file', async () => {
  // Both are asked from outside of the compartment: the permissions of the process must hold without it.
  const probe = `data:text/javascript,import fs from 'node:fs'; import cp from 'node:child_process';
    const tries = { read: () => fs.readFileSync('/etc/hostname'), write: () => fs.writeFileSync('x', ''), spawn: () => cp.spawnSync('true') };
    for (const [name, f] of Object.entries(tries)) { try { f(); console.log(name, 'done') } catch (e) { console.log(name, e.code) } }
    console.log(Object.keys(process.env).length)`
  const args = [
    ...childArguments().slice(0, -1),
    '--input-type=module',
    '-e',
    `await import(${JSON.stringify(probe)})`,
  ]
  const { stdout } = spawnSync(process.execPath, args, { env: {}, encoding: 'utf8' })
  assert.is(stdout, 'read ERR_ACCESS_DENIED\nwrite ERR_ACCESS_DENIED\nspawn ERR_ACCESS_DENIED\n0\n')
})

test.run()
