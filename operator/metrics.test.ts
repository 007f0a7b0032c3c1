import { Registry } from 'prom-client'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { KubeObject } from './kube/objects.ts'
import { Store } from './kube/store.ts'
import { resourceMetrics } from './metrics.ts'
import type { Context } from './reconcile/context.ts'

const test = suite('metrics of resources')

const object = (kind: string, name: string, ready?: readonly [status: string, reason: string]) =>
  ({
    apiVersion: 'ssmd.io/v1alpha1',
    kind,
    metadata: { name, namespace: 'prod', uid: `${kind} ${name}` },
    ...(ready === undefined
      ? {}
      : {
          status: {
            conditions: [
              {
                ...{ type: 'Ready', status: ready[0], reason: ready[1], message: '' },
                lastTransitionTime: '2026-11-30T00:00:00Z',
              },
            ],
          },
        }),
  }) as KubeObject

test('each resource says whether it is ready and why not; one that is gone says nothing', async () => {
  const feeds = new Store()
  const environments = new Store()
  const archives = new Store()
  const signals = new Store()
  const registry = new Registry()
  const caches = {
    feeds: { store: feeds },
    environments: { store: environments },
    archives: { store: archives },
    signals: { store: signals },
  }
  resourceMetrics(registry, caches as unknown as Context)
  const told = async () =>
    (await registry.metrics())
      .split('\n')
      .filter((line) => line.startsWith('ssmd_operator_resource_ready'))
      .map((line) =>
        line
          .replaceAll(/[a-z_]+="|namespace="prod",|"/g, '')
          .replace('ssmd_operator_resource_ready', '')
      )
  feeds.set(object('Feed', 'kalshi', ['True', 'Captured']))
  feeds.set(object('Feed', 'kraken', ['False', 'SecretNotFound']))
  archives.set(object('Archive', 'new'))
  signals.set(object('Signal', 'wide', ['False', 'SignalRefused']))
  assert.equal(await told(), [
    '{Feed,prod,kalshi,Captured} 1',
    '{Feed,prod,kraken,SecretNotFound} 0',
    '{Archive,prod,new,Waiting} 0',
    '{Signal,prod,wide,SignalRefused} 0',
  ])
  // Another reason takes the place of the one before.
  feeds.set(object('Feed', 'kraken', ['True', 'Captured']))
  archives.delete('prod/new')
  signals.delete('prod/wide')
  assert.equal(await told(), ['{Feed,prod,kalshi,Captured} 1', '{Feed,prod,kraken,Captured} 1'])
})

test.run()
