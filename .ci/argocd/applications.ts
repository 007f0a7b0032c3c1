// Argo CD's Applications as a test has them: made, asked to look at git again, waited for, and read.

import { until } from '#testing/deadline.ts'
import type { Client } from '../../operator/kube/client.ts'
import { isNotFound } from '../../operator/kube/errors.ts'
import type { KubeObject, Resource } from '../../operator/kube/objects.ts'
import { BRANCH } from '../../operator/testing/git-repository.ts'

const own = (plural: string, kind: string): Resource => ({
  group: 'argoproj.io',
  version: 'v1alpha1',
  plural,
  kind,
  namespaced: true,
})
export const APPLICATIONS: Resource = own('applications', 'Application')
export const PROJECTS: Resource = own('appprojects', 'AppProject')

export type Health = 'Healthy' | 'Progressing' | 'Degraded' | 'Suspended' | 'Missing' | 'Unknown'

export type ResourceState = {
  readonly kind: string
  readonly name: string
  readonly status?: 'Synced' | 'OutOfSync' | 'Unknown'
  readonly health?: { readonly status: Health; readonly message?: string }
  readonly syncWave?: number
}

/** As much of an Application as is read here. */
export type Application = KubeObject & {
  readonly operation?: unknown
  readonly status?: {
    readonly sync?: { readonly status: string; readonly revision?: string }
    readonly health?: { readonly status: Health }
    readonly resources?: readonly ResourceState[]
    readonly conditions?: readonly { readonly type: string; readonly message: string }[]
    readonly operationState?: {
      readonly phase: string
      readonly message?: string
      readonly syncResult?: {
        readonly revision?: string
        readonly resources?: readonly {
          readonly kind: string
          readonly name: string
          readonly status: string
          readonly message: string
        }[]
      }
    }
  }
}

export const fullName = (name: string): string => `argocd/${name}`

export const readApplication = (client: Client, name: string): Promise<Application> =>
  client.get(APPLICATIONS, fullName(name)) as Promise<Application>

/** As a person applies it. */
export const declareApplication = (client: Client, object: KubeObject): Promise<KubeObject> =>
  client.apply(APPLICATIONS, object, { manager: 'kubectl', force: true })

/** Asks Argo CD to look at git now; `hard` also past its cache of rendered files. */
export async function refresh(
  client: Client,
  name: string,
  kind: 'normal' | 'hard' = 'normal'
): Promise<void> {
  const value = { metadata: { annotations: { 'argocd.argoproj.io/refresh': kind } } }
  await client.patch(APPLICATIONS, fullName(name), { kind: 'merge', value })
}

/** Done with this commit: in sync with it, its operation succeeded, and no other one waits. */
export function isSettled(application: Application, revision: string): boolean {
  const { sync, operationState } = application.status ?? {}
  return (
    sync?.status === 'Synced' &&
    sync.revision === revision &&
    operationState?.phase === 'Succeeded' &&
    application.operation === undefined
  )
}

export const stateOf = (
  application: Application,
  kind: string,
  name: string
): ResourceState | undefined =>
  application.status?.resources?.find((entry) => entry.kind === kind && entry.name === name)

export const isHealthy = ({ status }: Application): boolean => status?.health?.status === 'Healthy'

export const healthOf = (application: Application, kind: string, name: string): string =>
  stateOf(application, kind, name)?.health?.status ?? ''

/** Waits until `check` holds; where it does not, says how the Application is. */
export async function untilApplication(
  client: Client,
  name: string,
  what: string,
  check: (application: Application) => boolean,
  ms = 60_000
): Promise<Application> {
  let last: Application | undefined
  try {
    await until(ms, what, async () => {
      last = await readApplication(client, name)
      return check(last)
    })
  } catch (thrown) {
    const { status, operation } = last ?? {}
    const seen = JSON.stringify({ operation, ...status, history: undefined }, null, 1)
    throw new Error(`${(thrown as Error).message}; the Application: ${seen.slice(0, 8000)}`)
  }
  return last as Application
}

/** untilApplication, where only the message of a health changes: Argo CD shows that at its next look, so it is asked to look. */
export async function untilShown(
  ...args: Parameters<typeof untilApplication>
): Promise<Application> {
  const [client, name] = args
  const looks = setInterval(() => void refresh(client, name).catch(() => {}), 2000)
  try {
    return await untilApplication(...args)
  } finally {
    clearInterval(looks)
  }
}

export const untilSettled = (
  client: Client,
  name: string,
  revision: string,
  ms?: number
): Promise<Application> =>
  untilApplication(
    client,
    name,
    `${name} settled at ${revision.slice(0, 7)}`,
    (application) => isSettled(application, revision),
    ms
  )

export async function exists(client: Client, resource: Resource, key: string): Promise<boolean> {
  try {
    await client.get(resource, key)
    return true
  } catch (thrown) {
    if (isNotFound(thrown)) return false
    throw thrown
  }
}

/** Deletes it, and waits until its finalizer has removed what it had applied. */
export async function removeApplication(client: Client, name: string, ms = 60_000): Promise<void> {
  const { metadata } = await readApplication(client, name)
  await client.delete(APPLICATIONS, fullName(name), { uid: metadata.uid ?? '' })
  await until(
    ms,
    `the Application ${name} gone`,
    async () => !(await exists(client, APPLICATIONS, fullName(name)))
  )
}

/** What a forge sends for a push, in GitHub's words. `web`: the address of the repository for people. */
export async function sendPush(
  argoUrl: string,
  push: {
    readonly web: string
    readonly before: string
    readonly after: string
    readonly modified: readonly string[]
  }
): Promise<void> {
  const answer = await fetch(`${argoUrl}/api/webhook`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-github-event': 'push' },
    body: JSON.stringify({
      ref: `refs/heads/${BRANCH}`,
      before: push.before,
      after: push.after,
      repository: { html_url: push.web, default_branch: BRANCH },
      commits: [{ id: push.after, added: [], removed: [], modified: push.modified }],
    }),
    signal: AbortSignal.timeout(10_000),
  })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`the webhook answered ${answer.status}: ${text}`)
}
