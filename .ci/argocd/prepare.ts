// What has to be in a cluster before Argo CD's programs start: their kinds, their namespace, and their settings.

import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseAllDocuments } from 'yaml'
import { SsmdError } from '#crds/errors.ts'
import { Client } from '../../operator/kube/client.ts'
import { loadConnection } from '../../operator/kube/config.ts'
import {
  CONFIG_MAPS,
  CUSTOM_RESOURCE_DEFINITIONS,
  type KubeObject,
  NAMESPACES,
  type Resource,
  SECRETS,
} from '../../operator/kube/objects.ts'
import { systemTimers } from '../../operator/kube/timers.ts'
import { Transport } from '../../operator/kube/transport.ts'
import { APPLICATIONS, PROJECTS } from './applications.ts'

const NAMESPACE = 'argocd'
const MANAGER = 'ssmd-ci'
const ESTABLISHED_MS = 30_000

export async function clientOf(kubeconfig: string): Promise<Client> {
  return new Client(
    new Transport({
      connection: await loadConnection({ kubeconfig }),
      userAgent: 'ssmd-ci',
      timers: systemTimers,
      random: Math.random,
      perSecond: 10_000,
      burst: 10_000,
    })
  )
}

export async function prepareCluster(
  client: Client,
  o: { readonly crds: string; readonly config: Readonly<Record<string, string>> }
): Promise<void> {
  await applyKinds(client, o.crds)
  for (const [resource, object] of settingObjects(o.config)) {
    await client.apply(resource, object, { manager: MANAGER, force: true })
  }
}

/** Server-side, because the kind Application is larger than what an annotation can hold. */
async function applyKinds(client: Client, folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    for (const document of parseAllDocuments(await readFile(join(folder, name), 'utf8'))) {
      const object = document.toJS() as KubeObject
      await client.apply(CUSTOM_RESOURCE_DEFINITIONS, object, { manager: MANAGER, force: true })
    }
  }
  const end = performance.now() + ESTABLISHED_MS
  for (;;) {
    const lists = [APPLICATIONS, PROJECTS].map((kind) => client.list(kind))
    const why = await Promise.all(lists).then(
      () => undefined,
      (thrown: unknown) => thrown
    )
    if (why === undefined) return
    if (performance.now() > end) {
      throw new SsmdError('SSMD_E_KUBERNETES', "Argo CD's kinds are not served", { cause: why })
    }
    await sleep(50)
  }
}

function settingObjects(config: Readonly<Record<string, string>>): [Resource, KubeObject][] {
  // Argo CD looks for its settings by this label, not by name alone.
  const metadata = (name: string) => ({
    name,
    namespace: NAMESPACE,
    labels: { 'app.kubernetes.io/name': name, 'app.kubernetes.io/part-of': 'argocd' },
  })
  const core = { apiVersion: 'v1' }
  const project = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AppProject',
    metadata: { name: 'default', namespace: NAMESPACE },
    spec: {
      sourceRepos: ['*'],
      destinations: [{ server: '*', namespace: '*' }],
      clusterResourceWhitelist: [{ group: '*', kind: '*' }],
    },
  }
  return [
    [NAMESPACES, { ...core, kind: 'Namespace', metadata: { name: NAMESPACE } }],
    [CONFIG_MAPS, { ...core, kind: 'ConfigMap', metadata: metadata('argocd-cm'), data: config }],
    [CONFIG_MAPS, { ...core, kind: 'ConfigMap', metadata: metadata('argocd-rbac-cm') }],
    [SECRETS, { ...core, kind: 'Secret', metadata: metadata('argocd-secret'), type: 'Opaque' }],
    [PROJECTS, project],
  ]
}
