// What is missing when the number of shards changes, told from what the stream brought, in its order.

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { rfc3339 } from '#crds/rfc3339.ts'
import { slotOf } from '#wire/shards.ts'
import { at } from '../testing/blocks.ts'
import { ConnectionState } from './connection.ts'
import { endGaps, retired } from './end-gaps.ts'

const test = suite('gaps of shards')
const t = (minute: number): bigint => at('2026-11-24T12:00:00Z') + BigInt(minute) * 60_000_000_000n

/** One block each: the connection, the minute, and what it brought. `open 1/3` is shard 1 of 3, `open 1/3 2` its slot 2. */
type Step = readonly [id: string, minute: number, what: string]

/** Connections as a stream of such blocks leaves them. */
function after(steps: readonly Step[]): ConnectionState[] {
  const known = new Map<string, ConnectionState>()
  for (const [serial, [id, minute, what]] of steps.entries()) {
    const [word, share = '0/1', connection = '0'] = what.split(' ')
    let state = known.get(id)
    if (state === undefined) {
      const [shard, of] = share.split('/').map(Number)
      state = new ConnectionState(id, slotOf(shard!, Number(connection)), false)
      state.shards = of!
      state.openedAt = t(minute)
      known.set(id, state)
    }
    state.arrived(serial + 1, false)
    if (word === 'data') state.seen(t(minute))
    if (word === 'ready' || word === 'complete') {
      state.readyAt = t(minute)
      state.readyOrder = serial + 1
      state.isComplete = word === 'complete'
      state.symbols = 10
    }
    if (word === 'stop' || word === 'lost') {
      const isStop = word === 'stop'
      state.close = {
        at: t(minute),
        cause: isStop ? 'connector-stopped' : 'disconnected',
        fault: isStop ? 'user' : 'network',
        code: 0,
        reason: '',
      }
    }
  }
  return [...known.values()]
}

const show = (time: bigint | null) => (time === null ? '-' : rfc3339(time).slice(14, 16))

const gapsAfter = (steps: readonly Step[]): string[] =>
  endGaps(after(steps))
    .map(({ cause, connection, from, to }) => `${cause} ${connection} ${show(from)} ${show(to)}`)
    .sort()

/** A connector that captures from one minute to another. */
const run = (id: string, share: string, from: number, last: number, end = 'stop'): Step[] => [
  [id, from, `open ${share}`],
  [id, from + 1, 'complete'],
  [id, last, 'data'],
  ...(end === '' ? [] : [[id, last, end] as const]),
]
const start = (id: string, share: string, from: number): Step[] =>
  run(id, share, from, from + 1, '')

const TWO = [...run('a', '0/2', 0, 9), ...run('b', '1/2', 0, 9)]

const CASES: readonly (readonly [string, readonly Step[], string[]])[] = [
  [
    'one shard more: what moved is missing until the new one is complete, the rest until its own is',
    [...TWO, ...start('c', '0/3', 11), ...start('d', '1/3', 12), ...start('e', '2/3', 20)],
    [
      'connector-stopped a 09 12',
      'connector-stopped b 09 13',
      'resharded a 09 21',
      'resharded b 09 21',
    ],
  ],
  [
    'as long as the new one is not complete, what moved is missing',
    [...TWO, ...start('c', '0/3', 11), ...start('d', '1/3', 12), ['e', 20, 'open 2/3']],
    [
      'connector-stopped a 09 12',
      'connector-stopped b 09 13',
      'resharded a 09 -',
      'resharded b 09 -',
    ],
  ],
  [
    'a connection that is ready is not yet a connector that is',
    [
      ...TWO,
      ...start('c', '0/3', 11),
      ...start('d', '1/3', 12),
      ['e', 20, 'open 2/3'],
      ['e', 21, 'ready'],
    ],
    [
      'connector-stopped a 09 12',
      'connector-stopped b 09 13',
      'resharded a 09 -',
      'resharded b 09 -',
    ],
  ],
  [
    'what moved to one that was complete before has no gap',
    [
      ...run('a', '0/2', 0, 5, ''),
      ...run('e', '2/3', 3, 6, ''),
      ['a', 9, 'data'],
      ['a', 9, 'stop'],
      ...start('c', '0/3', 11),
    ],
    ['connector-stopped a 09 12'],
  ],
  [
    'one shard less: all of its symbols are missing until every other is complete',
    [
      ...run('a', '0/3', 0, 9),
      ...run('b', '1/3', 0, 9),
      ...run('c', '2/3', 0, 8),
      ...start('d', '0/2', 11),
      ...start('e', '1/2', 15),
    ],
    ['connector-stopped a 09 12', 'connector-stopped b 09 16', 'resharded c 08 16'],
  ],
  [
    'a shard that is gone has an open gap only until the others say so',
    [...run('a', '0/2', 0, 20, ''), ...run('b', '1/2', 0, 9)],
    ['connector-stopped b 09 -'],
  ],
  [
    'from many to one, whose connections are ready one by one',
    [
      ...TWO,
      ['c', 11, 'open 0/1'],
      ['c', 12, 'ready'],
      ['d', 11, 'open 0/1 1'],
      ['d', 15, 'complete'],
    ],
    ['connector-stopped a 09 15', 'resharded b 09 15'],
  ],
  [
    'from one to two',
    [...run('a', '0/1', 0, 9), ...start('b', '0/2', 11), ...start('c', '1/2', 14)],
    ['connector-stopped a 09 12', 'resharded a 09 15'],
  ],
  [
    'a slot that the connector needs no more ends when all of its connections are ready',
    [
      ['a', 0, 'open 0/1'],
      ['a', 1, 'ready'],
      ['b', 0, 'open 0/1 1'],
      ['b', 1, 'complete'],
      ['a', 9, 'stop'],
      ['b', 9, 'stop'],
      ...start('c', '0/2', 11),
      ...start('d', '1/2', 11),
    ].map(([id, minute, what]) => [id, minute, what] as Step),
    [
      'connector-stopped a 00 12',
      'connector-stopped b 00 12',
      'resharded a 00 12',
      'resharded b 00 12',
    ],
  ],
  [
    'a connector that is killed for good leaves a gap from its last record',
    [...run('a', '0/2', 0, 9), ...run('b', '1/2', 0, 9, ''), ...start('c', '0/1', 11)],
    ['connector-lost b 09 12', 'connector-stopped a 09 12'],
  ],
  [
    'a connector that still sends while the others begin has lost nothing',
    [
      ...run('a', '0/2', 0, 9),
      ...run('b', '1/2', 0, 9, ''),
      ...start('c', '0/1', 11),
      ['b', 14, 'data'],
      ['b', 14, 'stop'],
    ],
    ['connector-stopped a 09 12'],
  ],
  [
    'a new connector that is killed before it is complete leaves the gap open until the next one is',
    [
      ...TWO,
      ...start('c', '0/3', 11),
      ...start('d', '1/3', 11),
      ['e', 12, 'open 2/3'],
      ['f', 20, 'open 2/3'],
      ['f', 25, 'complete'],
    ],
    [
      'connector-lost e 12 25',
      'connector-stopped a 09 12',
      'connector-stopped b 09 12',
      'resharded a 09 25',
      'resharded b 09 25',
    ],
  ],
  [
    'a change that is taken back before it was complete',
    [
      ...TWO,
      ...run('c', '0/3', 11, 13),
      ...run('d', '1/3', 11, 13),
      ...start('e', '0/2', 20),
      ...start('f', '1/2', 22),
    ],
    [
      'connector-stopped a 09 12',
      'connector-stopped b 09 12',
      'connector-stopped c 13 21',
      'connector-stopped d 13 23',
      'resharded a 09 21',
      'resharded b 09 23',
    ],
  ],
  [
    'a socket that was down when its shard went keeps its cause',
    [...run('a', '0/2', 0, 9), ...run('b', '1/2', 0, 9, 'lost'), ...start('c', '0/1', 11)],
    ['connector-stopped a 09 12', 'disconnected b 09 12'],
  ],
  [
    'a reconnect after the change is a gap of its own',
    [
      ...run('a', '0/1', 0, 9),
      ...run('b', '0/2', 9, 30, 'lost'),
      ...start('c', '1/2', 9),
      ...start('d', '0/2', 31),
    ],
    ['connector-stopped a 09 10', 'disconnected b 30 32', 'resharded a 09 10'],
  ],
]

for (const [name, steps, expected] of CASES) {
  test(name, () => {
    assert.equal(gapsAfter(steps), expected)
  })
}

test('what moved is named with the shards and how many symbols they have', () => {
  const grown = endGaps(
    after([...TWO, ...start('c', '0/3', 11), ...start('d', '1/3', 11), ...start('e', '2/3', 11)])
  )
  const details = (gaps: typeof grown) =>
    gaps
      .filter(({ cause }) => cause === 'resharded')
      .map(({ detail, fault }) => `${fault}: ${detail}`)
  assert.equal(details(grown), [
    'ours: symbols of shard 0 of 2 went to shard 2 of 3, which has 10',
    'ours: symbols of shard 1 of 2 went to shard 2 of 3, which has 10',
  ])
  const shrunk = endGaps(after([...TWO, ...start('c', '0/1', 11)]))
  assert.equal(details(shrunk), [
    'ours: all 10 symbols of the connection, of shard 1 of 2, went to shard 0 of 1',
  ])
})

test('an older connector, which knows no shards, ends the gap of a shard that went', () => {
  const states = after([...TWO, ['c', 11, 'open 0/1'], ['c', 12, 'ready']])
  const old = states.find(({ id }) => id === 'c')!
  old.shards = null
  assert.equal(
    endGaps(states)
      .map(({ connection, to }) => `${connection} ${show(to)}`)
      .sort(),
    ['a 12', 'b 12']
  )
})

test('the last connection of a slot that is gone need not be remembered, that of a live one must', () => {
  const ids = (steps: readonly Step[]) => [...retired(after(steps))].sort()
  assert.equal(ids([...TWO, ['c', 11, 'open 0/1'], ['c', 12, 'ready']]), [])
  assert.equal(ids([...TWO, ...start('c', '0/1', 11)]), ['b'])
  assert.equal(
    ids([...run('a', '0/1', 0, 9, ''), ['b', 0, 'open 0/1 1'], ['b', 1, 'complete']]),
    []
  )
  assert.equal(ids([...run('a', '0/1', 0, 9, 'lost')]), [])
})

test('what is known of shards is the same after a restart of the archiver', () => {
  const states = after([...TWO, ...start('c', '0/3', 11), ...start('d', '1/3', 12)])
  const again = states.map((state) =>
    ConnectionState.fromJSON(JSON.parse(JSON.stringify(state.toJSON())))
  )
  assert.equal(endGaps(again), endGaps(states))
})

test.run()
