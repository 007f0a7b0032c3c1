// What is taken away: a Feed, the whole release. Children go, data stay; and what was archived is held against what was sent.

import { existsSync } from 'node:fs'
import { unlink } from 'node:fs/promises'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { until } from '#testing/deadline.ts'
import { FOLDERS } from '../../cli/repository/folder.ts'
import { gapCauses, verifySent, verifySynthetic } from './archived.ts'
import { connectorOf } from './cluster-view.ts'
import { kept, lab, made, placeOf, writeResource } from './resources.ts'
import type { Chapter } from './world.ts'

export const feedDeleted: Chapter = {
  title: 'a Feed is deleted',
  async run(world) {
    const { step, view } = world
    await step('its children are gone, its data and stream are kept', async () => {
      await unlink(join(world.checkout, placeOf(made())))
      await writeResource(world.checkout, lab({ feeds: ['gold', 'kalshi'] }))
      await writeResource(world.checkout, kept(['gold', 'kalshi']))
      await world.push('Give made up')
      await view.kubectl('delete', 'feed', 'made', '--timeout=30s')
      await until(60_000, 'children of made gone', async () => {
        const left = await view.kubectl(
          ...['get', 'deployments,configmaps,serviceaccounts,networkpolicies,pods'],
          ...['-l', 'ssmd.io/feed=made', '-o', 'name']
        )
        return left.trim() === ''
      })
      assert.ok(existsSync(join(await world.archiveRoot(), 'made')))
      for (const feed of ['gold', 'kalshi']) await view.flows(feed)
    })
  },
}

export const lastWord: Chapter = {
  title: 'all that was sent in the whole run is archived',
  async run(world) {
    const { step, view, exchange } = world
    const root = await world.archiveRoot()
    await step('the captures end, and what is in the streams is archived', async () => {
      await view.kubectl(
        'patch',
        'environment',
        'lab',
        '--type=merge',
        '-p',
        '{"spec":{"suspend":true}}'
      )
      await until(
        60_000,
        'no connector',
        async () => (await view.pods(connectorOf('gold'))).length === 0
      )
      await exchange.stop()
    })
    await step('gold, byte for byte', async () => {
      const verdict = await verifySent(root, 'gold', exchange.journals(), false)
      world.say(
        `${verdict.frames} frames of ${verdict.connections} connections as they were sent; ` +
          `${verdict.unreceived} sent to connections that had ended, all inside of gaps`
      )
      world.say(`gaps by cause: ${JSON.stringify(gapCauses(root, 'gold'))}`)
    })
    await step('made, computed again', async () => {
      world.say(
        `${await verifySynthetic(root, 'made')} frames, ${JSON.stringify(gapCauses(root, 'made'))}`
      )
    })
  },
}

export const uninstall: Chapter = {
  title: 'helm uninstall',
  async run(world) {
    const { step, view } = world
    await step(
      'operator and NATS are gone; kinds, resources, claims and data are kept',
      async () => {
        const root = await world.archiveRoot()
        await world.helm('uninstall', 'ssmd', '--namespace', 'ssmd', '--wait', '--timeout', '60s')
        await until(60_000, 'pods of the release gone', async () => {
          const pods = await view.pods('app.kubernetes.io/instance=ssmd')
          return pods.length === 0
        })
        for (const plural of Object.values(FOLDERS))
          await view.kubectl('get', 'crd', `${plural}.ssmd.io`)
        await view.kubectl('get', 'feed/gold', 'environment/lab', 'archive/kept')
        const claims = await view.kubectl('get', 'pvc', '-o', 'name')
        assert.match(claims, 'archiver-kept')
        assert.match(claims, 'ssmd-nats')
        assert.ok(existsSync(join(root, 'gold')))
        assert.ok(existsSync(join(root, 'made')))
      }
    )
  },
}
