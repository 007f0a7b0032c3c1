// test: limit 300s
// tour.sh, which speaks to the cluster with kubectl only, against a whole control plane and the operator as a process.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { patience } from '#testing/deadline.ts'
import { skip } from '#testing/skip.ts'
import { run } from '../../operator/local/nats-server/run.ts'
import { missingPlaneTools } from '../../operator/testing/control-plane.ts'
import { startDeveloperCluster } from './cluster.ts'

const missing = await missingPlaneTools()
const test = suite('the tour')

test('with kubectl only, everything does what a user of Kubernetes expects', async () => {
  if (missing !== undefined) return skip(missing)
  const cluster = await startDeveloperCluster({
    step: (_what, work) => work(),
    operator: true,
    natsPort: 0,
  })
  try {
    const { folder } = cluster.plane
    const tour = new URL('./tour.sh', import.meta.url).pathname
    const { code, output } = await run('bash', [tour, join(folder, 'exchanges')], {
      env: {
        PATH: `${cluster.bin}:${process.env.PATH}`,
        KUBECONFIG: cluster.kubeconfig,
        HOME: folder,
      },
      limitMs: patience(240_000),
    })
    assert.is(code, 0, output)
    assert.match(output, /all \d+ steps went/)
  } finally {
    await cluster.stop()
  }
  assert.not(existsSync(cluster.plane.folder))
})

test.run()
