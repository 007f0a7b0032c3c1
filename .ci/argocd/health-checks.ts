// The health checks and actions of our kinds exactly as a person applies them: what charts/argocd adds to argocd-cm.

import { readFile } from 'node:fs/promises'
import { parse } from 'yaml'

const FILE = new URL('../../charts/argocd/argocd-cm.yaml', import.meta.url)

export async function healthChecks(): Promise<Readonly<Record<string, string>>> {
  const { data } = parse(await readFile(FILE, 'utf8')) as { data: Record<string, string> }
  return data
}
