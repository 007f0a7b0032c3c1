// A process that runs the local runtime on a test's folder until it is killed: says one line when all is ready.
import { setTimeout as sleep } from 'node:timers/promises'
import { toolPath } from '#testing/tools.ts'
import { LocalRuntime } from '../runtime.ts'

const folder = process.argv[2] ?? '.'
const runtime = new LocalRuntime({
  path: `${folder}/exchanges`,
  data: `${folder}/data`,
  environments: [],
  current: folder,
  program: { execPath: process.execPath, entry: `${folder}/program.ts` },
  env: process.env,
  natsServer: () => toolPath('nats-server'),
  nowMs: () => Date.now(),
  onEvent: () => undefined,
  onChange: () => undefined,
})
await runtime.start()
while (runtime.snapshot().processes.some(({ state }) => state.kind !== 'ready')) await sleep(20)
process.stdout.write('ready\n')
