// The reader against JSON.parse: the same verdict and the same values on anything at all.

import { isUtf8 } from 'node:buffer'
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { textOf, unescaped } from './bytes.ts'
import { END, JsonReader, OTHER } from './json-reader.ts'
import { NAME_TWICE, NO_LIST, NO_OBJECT, NOT_JSON } from './json-reasons.ts'
import { type Field, KIND, Shape } from './json-shape.ts'
import { textAt } from './words.ts'

const seed = Date.now() & 0x7fffffff
const options = { seed, numRuns: 1000 }
console.log(`json-reader.test: seed ${seed}`)

const INNER = new Shape(['price', 'type', 'n'])
const TOP = new Shape(['type', 'seq', 'msg', 'rows'], { msg: INNER })
const reader = new JsonReader()

type Value = null | boolean | number | string | Value[] | { [name: string]: Value }

/** What JSON.parse says: undefined if it refuses, or if the bytes are not UTF-8. */
function oracle(bytes: Uint8Array): { value: Value } | undefined {
  if (!isUtf8(bytes)) return undefined
  try {
    return { value: JSON.parse(Buffer.from(bytes).toString('utf8')) as Value }
  } catch {
    return undefined
  }
}

const KINDS: Readonly<Record<string, readonly number[]>> = {
  string: [KIND.text, KIND.escaped],
  number: [KIND.number],
  boolean: [KIND.true, KIND.false],
  undefined: [KIND.none],
  null: [KIND.null],
  list: [KIND.list],
  object: [KIND.object],
}

/** Fails unless what stands at a field is `value`. */
function compareField(field: Field, value: Value | undefined, bytes: Uint8Array): void {
  const { kind } = field
  const type = value === null ? 'null' : Array.isArray(value) ? 'list' : typeof value
  assert.ok(KINDS[type]?.includes(kind), `${type} as ${kind}`)
  if (typeof value === 'string') assert.is(textAt(field, reader), value)
  if (typeof value === 'number') {
    const raw = textOf(bytes, field.start, field.end)
    assert.is(Number(raw), value)
    assert.match(raw, /^[-0-9.eE+]+$/)
  }
}

function compareObject(shape: Shape, value: { [name: string]: Value }, bytes: Uint8Array): void {
  for (const field of shape.fields) {
    const own = Object.hasOwn(value, field.name) ? value[field.name] : undefined
    compareField(field, own, bytes)
    const isObject = typeof own === 'object' && own !== null && !Array.isArray(own)
    if (field.inner) compareObject(field.inner, isObject ? own : {}, bytes)
  }
}

/** The number that `value` has read. */
const numberAt = (): number =>
  Number(Buffer.from(reader.bytes.subarray(reader.start, reader.end)).toString())

/** Builds what the pull calls see, as JSON.parse would. */
function pull(bytes: Uint8Array): Value | undefined {
  switch (reader.peek()) {
    case KIND.object: {
      const fields = new Shape(['type', 'seq', 'msg', 'rows', 'price', 'n'])
      const object: Record<string, Value> = {}
      if (!reader.open(fields)) return undefined
      for (let field = reader.key(fields); field !== END; field = reader.key(fields)) {
        if (field === OTHER) {
          if (!reader.skip()) return undefined
          continue
        }
        const value = pull(bytes)
        if (value === undefined) return undefined
        object[field.name] = value
      }
      return reader.error === '' ? object : undefined
    }
    case KIND.list: {
      const list: Value[] = []
      if (!reader.list()) return undefined
      while (reader.more()) {
        const value = pull(bytes)
        if (value === undefined) return undefined
        list.push(value)
      }
      return reader.error === '' ? list : undefined
    }
    default: {
      const kind = reader.value()
      if (kind === KIND.none) return undefined
      const { start, end } = reader
      if (kind === KIND.text) return textOf(bytes, start, end)
      if (kind === KIND.escaped) return unescaped(bytes, start, end)
      return JSON.parse(textOf(bytes, start, end)) as Value
    }
  }
}

/** Without the members that `pull` skips. */
function wanted(value: Value): Value {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(wanted)
  const names = ['type', 'seq', 'msg', 'rows', 'price', 'n']
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => names.includes(name))
      .map(([name, own]) => [name, wanted(own)])
  )
}

/** Fails if reader and oracle differ about `bytes`. A name that stands twice is refused by the reader alone. */
function compare(bytes: Uint8Array): void {
  const expected = oracle(bytes)
  const shownBytes = JSON.stringify(Buffer.from(bytes).toString('latin1'))
  reader.begin(bytes)
  const isSkipped = reader.skip() && reader.finish()
  assert.is(isSkipped, expected !== undefined, `validity of ${shownBytes}: ${reader.error}`)
  const value = expected?.value
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
  reader.begin(bytes)
  const isRead = reader.object(TOP) && reader.finish()
  if (reader.error !== NAME_TWICE) {
    assert.is(isRead, isObject, `object ${shownBytes}: ${reader.error}`)
    if (isRead && isObject) compareObject(TOP, value, reader.bytes)
  }
  if (!isRead) assert.is.not(reader.error, '')
  reader.begin(bytes)
  const pulled = pull(bytes)
  const isWhole = pulled !== undefined && reader.finish()
  if (reader.error === NAME_TWICE) return
  assert.is(isWhole, expected !== undefined, `pulled ${shownBytes}: ${reader.error}`)
  if (isWhole && expected !== undefined) {
    assert.equal(normal(pulled), normal(wanted(expected.value)), shownBytes)
  }
}
/** -0 and 0 are one here. */
const normal = (value: Value): unknown => JSON.parse(JSON.stringify(value))

const space = fc.stringMatching(/^[ \t\n\r]{0,2}$/)
const name = fc.constantFrom(
  'type',
  'seq',
  'msg',
  'rows',
  'price',
  'n',
  'other',
  'typ',
  '__proto__',
  'ty\\u0070e'
)
const text = fc.letrec<{ value: string; object: string; list: string; string: string }>((tie) => ({
  string: fc.oneof(
    fc.string().map((s) => JSON.stringify(s)),
    fc.constantFrom('"\\u00e9"', '"\\ud800"', '"é€"', '"\\"\\\\\\/"', '""', '"\\n"')
  ),
  value: fc.oneof(
    { depthSize: 'small' },
    tie('string'),
    fc.oneof(
      fc.integer().map(String),
      fc.constantFrom('-0', '0', '1.50', '1e5', '-1.5E-7', '10', '12345678901234567890'),
      fc.constantFrom('true', 'false', 'null')
    ),
    tie('object'),
    tie('list')
  ),
  object: fc
    .array(fc.tuple(space, name, space, tie('value'), space), { maxLength: 5 })
    .map((items) => `{${items.map(([a, k, b, v, c]) => `${a}"${k}"${b}:${b}${v}${c}`).join(',')}}`),
  list: fc
    .array(fc.tuple(space, tie('value'), space), { maxLength: 4 })
    .map((items) => `[${items.map((parts) => parts.join('')).join(',')}]`),
})).value

test('reads what JSON.parse reads, with the same values', () => {
  fc.assert(
    fc.property(space, text, space, (a, value, b) => compare(Buffer.from(a + value + b))),
    options
  )
})

test('refuses what JSON.parse refuses: one byte changed, left out or added', () => {
  const change = fc.tuple(
    fc.nat(),
    fc.nat(2),
    fc.oneof(fc.nat(255), fc.constantFrom(0x22, 0x2c, 0x7d, 0x5d, 0x5c))
  )
  fc.assert(
    fc.property(text, fc.array(change, { minLength: 1, maxLength: 2 }), (value, changes) => {
      const bytes = [...Buffer.from(value)]
      for (const [at, what, byte] of changes) {
        const p = at % (bytes.length + 1)
        if (what === 0) bytes.splice(p, 1)
        else if (what === 1) bytes.splice(p, 1, byte)
        else bytes.splice(p, 0, byte)
      }
      compare(Uint8Array.from(bytes))
    }),
    options
  )
})

test('any bytes end in a verdict', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => compare(bytes)),
    options
  )
})

test('bytes that are no UTF-8 are refused, wherever they stand in a text', () => {
  for (const text of ['X', 'aX', 'aaX', 'aaaX', 'aaaaX', 'Xa', 'aaaaaXa', 'X\\n', '\\nX']) {
    for (const name of ['type', 'other']) {
      const bytes = Buffer.from(`{"${name}":"${text}","seq":1}`)
      const at = bytes.indexOf(0x58)
      for (let byte = 0x80; byte <= 0xff; byte++) {
        bytes[at] = byte
        compare(bytes)
      }
    }
  }
})

test('a comma stands between values and nowhere else', () => {
  for (const json of [
    '{"seq":1,}',
    '{,"seq":1}',
    '{"seq":1,,"type":2}',
    '{"seq":1 "type":2}',
    '{,}',
  ]) {
    compare(Buffer.from(json))
    compare(Buffer.from(`{"msg":${json}}`))
  }
  for (const json of ['[1,]', '[,1]', '[1,,2]', '[1 2]', '[,]', '{"x":1,}', '{"x":[1,]}']) {
    compare(Buffer.from(json))
    compare(Buffer.from(`{"other":${json}}`))
  }
})

test('a long name is compared in its middle too', () => {
  const name = 'price_level_structure_updated'
  const long = new Shape([name])
  for (let at = 0; at < name.length; at++) {
    const other = `${name.slice(0, at)}~${name.slice(at + 1)}`
    reader.begin(Buffer.from(`{"${other}":1}`))
    assert.ok(reader.object(long))
    assert.is(long.field(name).kind, KIND.none, other)
  }
  reader.begin(Buffer.from(`{"${name}":1}`))
  assert.ok(reader.object(long))
  assert.is(long.field(name).kind, KIND.number)
})

test('members are read one by one by their names, whatever came where in the object before', () => {
  const names = ['a_name_with_one_inside', 'a_name_with_two_inside', 'type', 'n']
  const shape = new Shape(names)
  const objects = [
    '{"a_name_with_one_inside":1,"a_name_with_two_inside":2,"type":3,"n":4}',
    '{"a_name_with_two_inside":5,"a_name_with_six_inside":6,"type":7}',
    '{"n" : 8 , "a_name_with_one_inside": 9,"a_name_with_two_inside" :10}',
    '{}',
    '{"type":11,"a_name_with_two_inside":12,"a_name_with_one_inside":13,"o":14,"n":15}',
    '{"a_name_with_one_inside":16,"type":17}',
  ]
  for (const text of objects) {
    reader.begin(Buffer.from(text))
    const found: [string, number][] = []
    reader.open(shape)
    for (let field = reader.key(shape); field !== END; field = reader.key(shape)) {
      const kind = reader.value()
      assert.is(kind, KIND.number)
      if (field !== OTHER) found.push([field.name, numberAt()])
    }
    assert.ok(reader.finish(), text)
    const expected = Object.entries(JSON.parse(text)).filter(([name]) => names.includes(name))
    assert.equal(found, expected)
  }
})

test('an object is read as far as a list, and behind it, whatever the object before had where', () => {
  const shape = new Shape(['type', 'rows', 'n'])
  const rows = shape.field('rows')
  const objects = [
    '{"type":1,"rows":[2,3],"n":4}',
    '{"type":5,"rows":[6]}',
    '{"rows":[],"type":7,"o":{"rows":[1]},"n":8}',
    '{"n":9,"type":10}',
    '{"type":11,"rows":{"rows":[1]},"n":12}',
    '{"type":13,"rows":[14] , "n" : 15 }',
    '{"type":16,"rows":null}',
    '{}',
    '{"type":17,"rows":[18]}',
  ]
  for (const text of objects) {
    reader.begin(Buffer.from(text))
    const list: number[] = []
    const isStopped = reader.until(shape, rows)
    if (isStopped) {
      reader.list()
      while (reader.more() && reader.value() === KIND.number) list.push(numberAt())
      for (let field = reader.key(shape); field !== END; field = reader.key(shape)) {
        const kind = reader.value()
        if (field === OTHER) continue
        field.kind = kind
        field.start = reader.start
        field.end = reader.end
      }
    }
    assert.ok(reader.finish(), text)
    const expected = JSON.parse(text) as Record<string, unknown>
    assert.is(isStopped, Array.isArray(expected.rows), text)
    assert.equal(list, isStopped ? expected.rows : [], text)
    for (const name of ['type', 'n']) {
      const { kind, start, end } = shape.field(name)
      const found = Buffer.from(reader.bytes.subarray(start, end)).toString()
      if (expected[name] === undefined) assert.is(kind, KIND.none, `${text} ${name}`)
      else assert.equal([kind, Number(found)], [KIND.number, expected[name]], `${text} ${name}`)
    }
  }
  for (const text of [
    '[',
    '{"type":1,"rows":[2',
    '{"type":1,"rows":[2],}',
    '{"rows":[],"rows":[]}',
  ]) {
    reader.begin(Buffer.from(text))
    if (reader.until(shape, rows)) {
      reader.list()
      while (reader.more()) reader.value()
      while (reader.key(shape) !== END) reader.skip()
    }
    assert.not(reader.finish(), text)
  }
})

test('a frame cut anywhere is no JSON', () => {
  const frame = Buffer.from(
    '{"type":"a","seq":12,"msg":{"price":"0.1","n":-1.5},"rows":[["1",2],null]}'
  )
  for (let n = 0; n < frame.length; n++) compare(frame.subarray(0, n))
})

test('deep nesting is read as JSON.parse reads it', () => {
  const deep = 50_000
  reader.begin(Buffer.from('['.repeat(deep) + ']'.repeat(deep)))
  assert.ok(reader.skip() && reader.finish())
  compare(Buffer.from(`${'{"rows":'.repeat(200)}1${'}'.repeat(200)}`))
  reader.begin(Buffer.from('['.repeat(deep)))
  assert.not(reader.skip())
})

test('a byte order mark is skipped', () => {
  reader.begin(Buffer.from('\uFEFF {"seq":1} '))
  assert.ok(reader.object(TOP) && reader.finish())
})

/** Starts with a text and returns what `read` says of it. */
function failure(json: string, read: () => unknown): string {
  reader.begin(Buffer.from(json))
  read()
  assert.not(reader.finish())
  // After an error everything fails, and the first reason stays.
  const first = reader.error
  assert.not(reader.object(TOP))
  assert.not(reader.list())
  assert.not(reader.more())
  assert.not(reader.pair())
  assert.is(reader.value(), KIND.none)
  assert.is(reader.key(TOP), END)
  assert.is(reader.error, first)
  return first
}

test('null or a text in the place of an object or a list is an error with its reason', () => {
  assert.is(
    failure('null', () => reader.object(TOP)),
    NO_OBJECT
  )
  assert.is(
    failure('[]', () => reader.object(TOP)),
    NO_OBJECT
  )
  assert.is(
    failure('null', () => reader.list()),
    NO_LIST
  )
  assert.is(
    failure('{}', () => reader.list()),
    NO_LIST
  )
  assert.is(
    failure('', () => reader.list()),
    NO_LIST
  )
  assert.is(
    failure('{"a" 1}', () => reader.object(TOP)),
    NOT_JSON
  )
})

test('a wanted name that stands twice is an error, because it is not known which one counts', () => {
  assert.is(
    failure('{"seq":1,"seq":2}', () => reader.object(TOP)),
    NAME_TWICE
  )
  assert.is(
    failure('{"seq":1,"s\\u0065q":2}', () => reader.object(TOP)),
    NAME_TWICE
  )
  const keys = (): void => {
    reader.open(TOP)
    while (reader.key(TOP) !== END) reader.skip()
  }
  assert.is(failure('{"seq":1,"x":3,"x":4,"seq":2}', keys), NAME_TWICE)
})

test('an object without members that the last one had does not show theirs', () => {
  const frames = [
    '{"type":"a","seq":1,"msg":{"price":"1","n":2}}',
    '{"type":"a","seq":1,"msg":null}',
    '{"type":"a","seq":1,"msg":7}',
    '{"type":"a","seq":1,"msg":"x"}',
    '{"type":"a","seq":1}',
    '{"type":"a","seq":1,"msg":{"price":"1"}}',
    '{"type":"a","seq":1,"msg":{"n":2}}',
    '{"type":"a","seq":1,"msg":{}}',
    '{}',
    '{"seq":1,"type":"a"}',
    '{"type":"a"}',
    '{"seq":2}',
  ]
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...frames, '{"seq":1,', '[]'), { maxLength: 12 }),
      (list) => {
        for (const frame of list) compare(Buffer.from(frame))
      }
    ),
    options
  )
})

test.run()
