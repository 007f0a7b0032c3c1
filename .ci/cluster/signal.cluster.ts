// test: limit 600s
// A Signal on a real node: from a program in git to its fires at a webhook outside of the cluster. An edit restarts its pod alone, and a new
// version of the operator restarts none.

import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { appendFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { patience, until } from '#testing/deadline.ts'
import { skip } from '#testing/skip.ts'
import { NODE_ADDRESS } from '../node/network.ts'
import { missingNode } from '../node/tools.ts'
import { OPERATOR } from '../scenario/cluster-view.ts'
import { upgrade } from '../scenario/install.ts'
import { kalshi, writeResource } from '../scenario/resources.ts'
import { tellStory } from '../scenario/story.ts'
import { explain, makeWorld, type World } from '../scenario/world.ts'

const CLI = join(import.meta.dirname, '../../cli/main.ts')
const SELECTOR = 'app.kubernetes.io/component=signal'
/** Connector, simulator, signal. */
const PODS = 3

const program = (words: string): string => `// Says what is traded, once in a while.
export default defineSignal({
  id: 'traded',
  version: 1,
  inputs: { events: ['trade'] },
  cooldown: { perSymbol: '2s' },
  on: (event, state, ctx) => ctx.fire({ words: '${words}', price: event.price }),
})
`

const missing = await missingNode()
const test = suite('a signal on a real cluster')
const real = (name: string, body: () => Promise<void>) =>
  test(name, missing === undefined ? body : () => skip(missing))

let folder = ''
let world: World
let hook: Server
/** What came to the webhook. */
const fires: { readonly id: string; readonly payload: { readonly words: string } }[] = []

const run = promisify(execFile)
const git = (...args: string[]) => run('git', args, { cwd: world.checkout })
const file = () => join(world.checkout, 'signals/traded.ts')

/** Deploys what the file says, and applies what the remote repository holds. */
async function deploy(...more: string[]): Promise<string> {
  const args = [CLI, 'signal', 'deploy', file(), '--push', '--no-guards', ...more]
  const env = { ...process.env, NO_COLOR: '1' }
  const { stdout } = await run(process.execPath, args, {
    ...{ cwd: world.checkout, env },
    timeout: patience(60_000),
  })
  await git('fetch', '--quiet')
  const { stdout: ahead } = await git('rev-list', '--count', 'origin/main..HEAD')
  assert.is(ahead.trim(), '0', 'all is pushed')
  await world.view.kubectl(
    'apply',
    '--server-side',
    '--force-conflicts',
    '-R',
    '-f',
    world.checkout
  )
  return stdout
}

const fired = (words: string) =>
  until(120_000, `a fire that says ${words}`, () =>
    fires.some(({ payload }) => payload.words === words)
  )

test.before(async () => {
  if (missing !== undefined) return
  folder = await mkdtemp(join(tmpdir(), 'signal-node-'))
  const write = (line: string) => void process.stdout.write(`${line}\n`)
  world = await makeWorld(
    folder,
    tellStory(write, () => performance.now())
  )
  hook = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => {
      fires.push(JSON.parse(body))
      response.end()
    })
  })
  hook.listen(0, NODE_ADDRESS)
  await once(hook, 'listening')
})
test.after(async () => {
  hook?.close()
  hook?.closeAllConnections()
  await world?.close()
  if (folder !== '') await rm(folder, { recursive: true, force: true })
})

const explained = async (work: () => Promise<void>): Promise<void> => {
  try {
    await work()
  } catch (thrown) {
    const logs = await world.view.kubectl('logs', '-l', SELECTOR, '--tail=40').catch(String)
    process.stdout.write(`${await explain(world).catch(String)}\n${logs}\n`)
    throw thrown
  }
}

real('from git to a fire at the webhook', () =>
  explained(async () => {
    await upgrade(world, world.images.now, '--create-namespace', '--wait')
    await writeResource(world.checkout, kalshi())
    const environment = {
      ...{ apiVersion: 'ssmd.io/v1alpha1', kind: 'Environment', metadata: { name: 'lab' } },
      spec: {
        feeds: ['kalshi'],
        transport: { url: 'nats://ssmd-nats:4222', stream: { maxAge: '24h', maxBytes: '64Mi' } },
        simulator: { feeds: ['kalshi'], rate: 100 },
      },
    }
    await writeResource(world.checkout, environment)
    await world.push('a feed')
    await git('branch', '--quiet', '--set-upstream-to=origin/main')
    await world.view.flows('kalshi', 90)
    await mkdir(join(world.checkout, 'signals'), { recursive: true })
    await writeFile(file(), program('first'))
    const { port } = hook.address() as AddressInfo
    const sink = `hook=http://${NODE_ADDRESS}:${port}/fires`
    assert.match(await deploy('--feed', 'kalshi', '--sink', sink), 'and pushed')
    await world.view.ready('signal/traded', 90)
    await fired('first')
    await world.view.becomes('signal/traded', 'DataFlowing', { status: 'True', reason: 'Flowing' })
    const row = await world.view.kubectl('get', 'signals')
    assert.match(row, /FIRES TODAY +LAST FIRE +LAG +ERRORS +AGE/)
    assert.match(row, /traded +lab +True +Running +[1-9]/)
    assert.is(new Set(fires.map(({ id }) => id)).size, fires.length, 'each fire once')
  })
)

real('an edit of the program restarts its pod alone', () =>
  explained(async () => {
    await world.view.settled(PODS)
    const before = await world.view.lives()
    const old = await world.view.pod(SELECTOR)
    await writeFile(file(), program('second'))
    await deploy()
    await fired('second')
    await world.view.settled(PODS)
    const after = await world.view.lives()
    const { [old.name]: _old, ...others } = before
    const pod = await world.view.pod(SELECTOR)
    assert.is.not(pod.uid, old.uid)
    const { [pod.name]: _new, ...same } = after
    assert.equal(same, others)
    const at = fires.findIndex(({ payload }) => payload.words === 'second')
    assert.ok(
      fires.slice(at).every(({ payload }) => payload.words === 'second'),
      'never two pods side by side'
    )
  })
)

real('a new version of the operator restarts nothing, and the signal continues to fire', () =>
  explained(async () => {
    const before = await world.view.lives()
    const old = await world.view.pod(OPERATOR)
    await upgrade(world, world.images.next)
    await until(90_000, 'the new operator alone', async () => {
      const pods = await world.view.pods(OPERATOR)
      return pods.length === 1 && pods[0]?.uid !== old.uid && pods[0]?.ready === true
    })
    await world.view.becomes('signal/traded', 'RolloutPending', { status: 'True', words: /image/ })
    const count = fires.length
    await until(60_000, 'further fires', () => fires.length > count)
    assert.equal(await world.view.lives(), before)
    await appendFile(file(), '// with the next edit the image is taken too\n')
    await deploy()
    await until(90_000, 'the new image', async () => {
      const [pod, another] = await world.view.pods(SELECTOR)
      return another === undefined && pod?.image === world.images.next
    })
    await world.view.becomes('signal/traded', 'Ready', { status: 'True' })
  })
)

test.run()
