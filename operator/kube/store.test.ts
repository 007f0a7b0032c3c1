import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type KubeObject, keyOf } from './objects.ts'
import { Store } from './store.ts'

const test = suite('store')

const feed = (
  name: string,
  uid: string,
  version: number,
  environments: string[] = []
): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Feed',
  metadata: { name, namespace: 'n', uid, resourceVersion: String(version) },
  spec: { environments },
})

const environmentsOf = (object: KubeObject): string[] =>
  (object.spec as { environments: string[] }).environments

const make = () => new Store({ environment: environmentsOf })

test('an object that was deleted and made again is reported as both (client-node defect 5)', () => {
  const store = make()
  store.set(feed('a', 'u1', 1))
  const kinds = store.set(feed('a', 'u2', 5)).map(({ kind }) => kind)
  assert.equal(kinds, ['deleted', 'added'])
})

test('a new list reports an object of the same name and another uid as deleted and added', () => {
  const store = make()
  store.replace([feed('a', 'u1', 1), feed('b', 'u2', 2)])
  const changes = store.replace([feed('a', 'u9', 9), feed('b', 'u2', 2)])
  assert.equal(
    changes.map(({ kind, key }) => `${kind} ${key}`),
    ['deleted n/a', 'added n/a']
  )
})

test('a new list reports what is gone, and says nothing of what is the same', () => {
  const store = make()
  store.replace([feed('a', 'u1', 1), feed('b', 'u2', 2), feed('c', 'u3', 3)])
  const changes = store.replace([feed('a', 'u1', 1), feed('c', 'u3', 7)])
  assert.equal(
    changes.map(({ kind, key }) => `${kind} ${key}`),
    ['updated n/c', 'deleted n/b']
  )
})

test('only the first list is an initial one', () => {
  const store = make()
  const first = store.replace([feed('a', 'u1', 1)])
  const second = store.replace([feed('a', 'u1', 1), feed('b', 'u2', 2)])
  assert.equal(first[0]?.kind === 'added' && first[0].initial, true)
  assert.equal(second[0]?.kind === 'added' && second[0].initial, false)
})

test('a throwing index function leaves the store as it was', () => {
  const store = new Store<KubeObject>({
    bad: (object) => {
      if (object.metadata.name === 'bad') throw new Error('bad')
      return ['x']
    },
  })
  store.set(feed('a', 'u1', 1))
  assert.throws(() => store.set(feed('bad', 'u2', 2)))
  assert.equal([...store.keys()], ['n/a'])
  assert.equal(store.keysBy('bad', 'x'), ['n/a'])
})

const object = fc.record({
  name: fc.constantFrom('a', 'b', 'c', 'd'),
  uid: fc.constantFrom('u1', 'u2'),
  version: fc.nat(5),
  environments: fc.uniqueArray(fc.constantFrom('x', 'y', 'z')),
})
const command = fc.oneof(
  fc.record({ do: fc.constant('set' as const), object }),
  fc.record({ do: fc.constant('delete' as const), name: fc.constantFrom('a', 'b', 'c', 'd') }),
  fc.record({
    do: fc.constant('replace' as const),
    objects: fc.uniqueArray(object, { selector: ({ name }) => name }),
  })
)

test('for any course of changes: indexes are those of the objects, and the changes retell it', () => {
  fc.assert(
    fc.property(fc.array(command, { maxLength: 40 }), (commands) => {
      const store = make()
      /** What somebody knows who only hears the changes. */
      const told = new Map<string, KubeObject>()
      for (const each of commands) {
        const before = new Map([...store.keys()].map((key) => [key, store.get(key)]))
        const changes =
          each.do === 'set'
            ? store.set(
                feed(
                  each.object.name,
                  each.object.uid,
                  each.object.version,
                  each.object.environments
                )
              )
            : each.do === 'delete'
              ? store.delete(`n/${each.name}`)
              : store.replace(
                  each.objects.map(({ name, uid, version, environments }) =>
                    feed(name, uid, version, environments)
                  )
                )
        for (const change of changes) {
          if (change.kind !== 'added') {
            assert.is(change.old, told.get(change.key))
            assert.is(before.has(change.key), true)
          }
          if (change.kind === 'updated')
            assert.is(change.old.metadata.uid, change.object.metadata.uid)
          if (change.kind === 'deleted') told.delete(change.key)
          else told.set(change.key, change.object)
        }
        assert.equal([...told.keys()].sort(), [...store.keys()].sort())
        for (const [key, value] of told) assert.is(store.get(key), value)
        for (const environment of ['x', 'y', 'z'])
          assert.equal(
            [...store.keysBy('environment', environment)].sort(),
            [...store.values()]
              .filter((value) => environmentsOf(value).includes(environment))
              .map(keyOf)
              .sort()
          )
      }
    }),
    { numRuns: 500 }
  )
})

test.run()
