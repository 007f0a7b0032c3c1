// What Argo CD is given: health of every state that the operator writes, actions, and the settings that hold both.

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { parse, stringify } from 'yaml'
import { KINDS } from '#crds/kinds.ts'
import { skip } from '#testing/skip.ts'
import { missingLua, runLua } from './testing/lua.ts'
import { STATES, type StateName } from './testing/states.ts'

const missing = await missingLua()
const test = suite('argo cd')
const real = (name: string, body: () => Promise<void>) =>
  test(name, missing === undefined ? body : () => skip(missing))

const FOLDER = new URL('argocd/', import.meta.url).pathname
const TESTDATA = `${FOLDER}testdata/`
const read = (path: string) => readFileSync(`${FOLDER}${path}`, 'utf8')

type Health = 'Healthy' | 'Progressing' | 'Degraded' | 'Suspended'

/** The health of each state, and what its message has to say. */
const EXPECTED: Readonly<Record<StateName, readonly [Health, RegExp]>> = {
  'feed-unseen': ['Progressing', /^Waiting for the operator$/],
  'feed-captured': ['Healthy', /^in lab$/],
  'feed-changed': ['Progressing', /^Waiting for the operator$/],
  'feed-unnamed': ['Progressing', /name it in spec\.feeds of an Environment/],
  'feed-invalid': ['Degraded', /spec\.channels: expected at least 1 entry/],
  'feed-invalid-and-paused': ['Degraded', /spec\.channels/],
  'feed-disabled': ['Healthy', /spec\.state to active/],
  'feed-suspended': ['Suspended', /remove spec\.suspend/],
  'feed-paused': ['Suspended', /remove the annotation ssmd\.io\/paused/],
  'feed-paused-before-it-ran': ['Suspended', /remove the annotation/],
  'feed-environment-invalid': ['Progressing', /correct the Environment/],
  'feed-secret-missing': ['Progressing', /create the Secret/],
  'feed-key-is-local': ['Degraded', /name a Secret/],
  'feed-starting': ['Progressing', /no pod of Deployment/],
  'feed-workload-failed': ['Degraded', /timed out progressing/],
  'feed-forbidden': ['Progressing', /roles/],
  'feed-name-taken': ['Degraded', /rename one of the two/],
  'feed-just-started': ['Healthy', /^in lab$/],
  'feed-connecting': ['Healthy', /^in lab; 0 of 2 connections/],
  'feed-nats-away': ['Healthy', /^in lab$/],
  'feed-stream-refused': ['Degraded', /insufficient storage/],
  'feed-troubled': ['Degraded', /the exchange bars us/],
  'feed-not-durable': ['Degraded', /no space left on device .*delete the NATS pod once/],
  'feed-channel-refused': ['Degraded', /channel fills .*correct spec\.channels/],
  'feed-symbols-refused': ['Healthy', /^in lab; .*KXGOLD-1/],
  'feed-proof-lost': ['Healthy', /^in lab; .*no longer has the field seq/],
  'feed-trouble-unknown': ['Degraded', /SunSpots: bits flip/],
  'feed-credentials-refused': ['Degraded', /apiKey .*correct the key/],
  'feed-rollout-pending': ['Healthy', /^in lab; .*ssmd\.io\/rollout/],
  'environment-unseen': ['Progressing', /^Waiting for the operator$/],
  'environment-running': ['Healthy', /^$/],
  'environment-changed': ['Progressing', /^Waiting for the operator$/],
  'environment-feed-missing': ['Progressing', /there is no Feed kalshi/],
  'environment-invalid': ['Degraded', /spec\.channels/],
  'environment-suspended': ['Suspended', /remove spec\.suspend/],
  'environment-invalid-and-suspended': ['Degraded', /spec\.channels/],
  'environment-paused': ['Suspended', /remove the annotation/],
  'environment-simulator-starting': ['Progressing', /does not exist yet/],
  'environment-simulator-failed': ['Degraded', /timed out progressing/],
  'environment-secret-missing': ['Progressing', /create the Secret/],
  'environment-not-connected': ['Healthy', /not connected: kalshi/],
  'environment-nats-away': ['Healthy', /^$/],
  'environment-rollout-pending': ['Healthy', /simulators wait with config/],
  'archive-unseen': ['Progressing', /^Waiting for the operator$/],
  'archive-archived': ['Healthy', /^kalshi$/],
  'archive-changed': ['Progressing', /^Waiting for the operator$/],
  'archive-environment-missing': ['Progressing', /there is no Environment lab/],
  'archive-invalid': ['Degraded', /spec\.channels/],
  'archive-paused': ['Suspended', /remove the annotation/],
  'archive-starting': ['Progressing', /does not exist yet/],
  'archive-claim-in-use': ['Progressing', /in use by pod archiver-old-1-2/],
  'archive-workload-failed': ['Degraded', /timed out progressing/],
  'archive-secret-missing': ['Progressing', /create the Secret/],
  'archive-immutable-field': ['Degraded', /undo the change/],
  'archive-quiet': ['Healthy', /^kalshi$/],
  'archive-nats-away': ['Healthy', /^kalshi$/],
  'archive-stream-refused': ['Degraded', /insufficient storage/],
  'archive-troubled': ['Degraded', /no space left/],
  'archive-clock-stepped': ['Healthy', /^kalshi; .*set back 90 s/],
  'archive-rollout-pending': ['Healthy', /the archiver waits with secret nats/],
  'signal-unseen': ['Progressing', /^Waiting for the operator$/],
  'signal-running': ['Healthy', /^kalshi$/],
  'signal-changed': ['Progressing', /^Waiting for the operator$/],
  'signal-invalid': ['Degraded', /spec\.channels/],
  'signal-feed-missing': ['Progressing', /there is no Feed kalshi/],
  'signal-secret-missing': ['Progressing', /create the Secret/],
  'signal-starting': ['Progressing', /does not exist yet/],
  'signal-suspended': ['Suspended', /remove spec\.suspend/],
  'signal-paused': ['Suspended', /remove the annotation/],
  'signal-workload-failed': ['Degraded', /timed out progressing/],
  'signal-quiet': ['Healthy', /^kalshi$/],
  'signal-catching-up': ['Healthy', /^kalshi; 3 h behind/],
  'signal-refused': ['Degraded', /wide-spread\.ts:4: fetch.*correct the program/],
  'signal-sink-failing': ['Healthy', /^kalshi; sink hook: status 503/],
  'signal-nats-away': ['Healthy', /^kalshi$/],
  'signal-stream-refused': ['Degraded', /insufficient storage/],
  'signal-rollout-pending': ['Healthy', /the signal waits with image/],
}
const names = Object.keys(STATES) as StateName[]

test('the fixtures are what the operator writes (SSMD_GOLDEN=write writes them)', () => {
  for (const name of names) {
    const file = `${TESTDATA}${name}.yaml`
    const text = stringify(STATES[name], { aliasDuplicateObjects: false, lineWidth: 0 })
    if (process.env.SSMD_GOLDEN === 'write') writeFileSync(file, text)
    assert.ok(existsSync(file), `${file} is there`)
    assert.is(readFileSync(file, 'utf8'), text, name)
  }
  const files = readdirSync(TESTDATA).map((file) => file.replace('.yaml', ''))
  assert.equal(files.sort(), [...names].sort())
})

real('every state has its health, and a message that says what is so', async () => {
  const script = read('health.lua')
  for (const name of names) {
    const object = parse(readFileSync(`${TESTDATA}${name}.yaml`, 'utf8'))
    const [status, words] = EXPECTED[name]
    const health = (await runLua(script, object)) as { status: string; message: string }
    assert.is(health.status, status, `${name}: ${JSON.stringify(health)}`)
    assert.match(health.message, words, name)
  }
})

real('a status that is no status of ours is waited for, and is never an error', async () => {
  const script = read('health.lua')
  const metadata = { name: 'x', generation: 1 }
  const ready = { type: 'Ready', status: 'True', reason: 'Captured' }
  for (const [status, expected] of [
    [undefined, 'Progressing'],
    [{}, 'Progressing'],
    [{ conditions: null }, 'Progressing'],
    [{ conditions: [] }, 'Progressing'],
    [{ observedGeneration: 1, conditions: [{ type: 'Stalled', status: 'False' }] }, 'Progressing'],
    // Of no generation: it counts as this one.
    [{ conditions: [ready] }, 'Healthy'],
    [{ observedGeneration: 0, conditions: [ready] }, 'Progressing'],
    [{ conditions: [{ ...ready, status: 'Unknown' }] }, 'Progressing'],
  ] as const) {
    const health = (await runLua(script, { metadata, status })) as { status: string }
    assert.is(health.status, expected, JSON.stringify(status))
  }
})

type Actions = Readonly<Record<string, { readonly disabled: boolean }>>
const offered = async (object: unknown): Promise<string[]> =>
  Object.entries((await runLua(read('actions/discovery.lua'), object)) as Actions)
    .filter(([, { disabled }]) => !disabled)
    .map(([name]) => name)
    .sort()

real('an action is offered where it does something', async () => {
  assert.equal(await offered(STATES['feed-captured']), ['pause'])
  assert.equal(await offered(STATES['feed-unseen']), ['pause'])
  assert.equal(await offered(STATES['feed-paused']), ['resume'])
  assert.equal(await offered(STATES['environment-rollout-pending']), ['pause', 'roll-out'])
  assert.equal(await offered(STATES['archive-rollout-pending']), ['pause', 'roll-out'])
})

real('an action changes its annotation and nothing else', async () => {
  const act = (name: string, object: unknown) => runLua(read(`actions/${name}.lua`), object)
  const plain = STATES['archive-rollout-pending']
  const annotated = (annotations: object) => ({
    ...plain,
    metadata: { ...plain.metadata, annotations },
  })
  const kept = { 'example.com/a': 'b' }
  assert.equal(await act('pause', plain), annotated({ 'ssmd.io/paused': 'true' }))
  assert.equal(
    await act('pause', annotated(kept)),
    annotated({ ...kept, 'ssmd.io/paused': 'true' })
  )
  assert.equal(
    await act('resume', annotated({ ...kept, 'ssmd.io/paused': 'true' })),
    annotated(kept)
  )
  assert.equal(await act('resume', plain), plain)
  const rolled = (await act('roll-out', plain)) as typeof plain
  const value = rolled.metadata.annotations?.['ssmd.io/rollout'] ?? ''
  assert.match(value, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
  assert.equal(rolled, annotated({ 'ssmd.io/rollout': value }))
})

test('the settings for argocd-cm hold these very scripts, for each kind', () => {
  const { data } = parse(read('argocd-cm.yaml')) as { data: Record<string, string> }
  const keys: string[] = []
  for (const kind of KINDS) {
    const health = `resource.customizations.health.ssmd.io_${kind}`
    const actions = `resource.customizations.actions.ssmd.io_${kind}`
    keys.push(health, actions)
    assert.is(data[health], read('health.lua'))
    const held = parse(data[actions] ?? '') as {
      'discovery.lua': string
      definitions: { name: string; 'action.lua': string }[]
    }
    assert.is(held['discovery.lua'], read('actions/discovery.lua'))
    assert.equal(
      held.definitions.map(({ name }) => name),
      ['pause', 'resume', 'roll-out']
    )
    for (const definition of held.definitions)
      assert.is(definition['action.lua'], read(`actions/${definition.name}.lua`))
  }
  assert.equal(Object.keys(data).sort(), keys.sort())
})

test.run()
