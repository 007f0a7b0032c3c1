// What we ship for Argo CD, as a person takes it over: folders of charts/ into a repository, and the two Applications.

import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'yaml'
import type { KubeObject } from '../../operator/kube/objects.ts'

const CHARTS = new URL('../../charts/', import.meta.url).pathname

/** A folder of charts/ as a change of a repository. */
export async function shippedFolder(from: string, to: string): Promise<Record<string, string>> {
  const change: Record<string, string> = {}
  for (const entry of await readdir(join(CHARTS, from), { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    const below = path.slice(join(CHARTS, from).length + 1)
    change[`${to}/${below}`] = await readFile(path, 'utf8')
  }
  return change
}

/** An Application with the address of the repository put in, which is all that a person has to do. */
export async function shippedApplication(
  name: 'operator' | 'feeds',
  repository: string
): Promise<KubeObject> {
  const text = await readFile(join(CHARTS, 'argocd', 'applications', `${name}.yaml`), 'utf8')
  return parse(text.replace(/repoURL: .*/, `repoURL: ${repository}`)) as KubeObject
}
