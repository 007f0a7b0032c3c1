// Who wrote what: the API server's own audit log, which counts also the writes that changed nothing. Dry runs are left out,
// and Leases and Events, which are meant to be written all the time.

import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

export type Write = {
  readonly verb: 'create' | 'update' | 'patch' | 'delete'
  readonly resource: string
  readonly subresource: string | undefined
  readonly namespace: string | undefined
  readonly name: string | undefined
  readonly by: string
  /** Below 300: it was let through. */
  readonly code: number
}

export type Writes = {
  readonly apiServerArgs: readonly string[]
  /** A place in the log, for `since`. */
  mark(): number
  since(mark: number): readonly Write[]
  stop(): void
}

type Audited = {
  readonly verb: Write['verb']
  readonly requestURI: string
  readonly userAgent?: string
  readonly user: { readonly username: string }
  readonly objectRef?: Pick<Write, 'resource' | 'namespace' | 'name' | 'subresource'>
  readonly responseStatus?: { readonly code: number }
}

const POLICY = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived'],
  rules: [
    { level: 'None', resources: [{ group: 'coordination.k8s.io' }, { group: 'events.k8s.io' }] },
    { level: 'None', resources: [{ group: '', resources: ['events'] }] },
    { level: 'Metadata', verbs: ['create', 'update', 'patch', 'delete'] },
  ],
}

export function auditWrites(): Writes {
  const folder = mkdtempSync(join(tmpdir(), 'ssmd-audit-'))
  const policy = join(folder, 'policy.json')
  const log = join(folder, 'audit.log')
  writeFileSync(policy, JSON.stringify(POLICY))
  writeFileSync(log, '', { mode: 0o600 })
  return {
    apiServerArgs: ['--audit-policy-file', policy, '--audit-log-path', log],
    mark: () => statSync(log).size,
    since: (mark) => {
      const text = readFileSync(log).subarray(mark).toString()
      // The last line may be on its way.
      const lines = text.split('\n').slice(0, -1)
      return lines
        .map((line) => JSON.parse(line) as Audited)
        .filter(({ requestURI }) => !requestURI.includes('dryRun='))
        .map(writeOf)
    },
    stop: () => rmSync(folder, { recursive: true, force: true }),
  }
}

function writeOf({ verb, userAgent, user, objectRef, responseStatus }: Audited): Write {
  return {
    verb,
    resource: objectRef?.resource ?? '',
    subresource: objectRef?.subresource,
    namespace: objectRef?.namespace,
    name: objectRef?.name,
    by: userAgent?.split(/[/ ]/)[0] ?? user.username,
    code: responseStatus?.code ?? 0,
  }
}

/** Waits until nothing was written to a namespace for `forMs`; an error says what goes on being written. */
export async function untilQuiet(
  writes: Writes,
  namespace: string,
  o: { readonly forMs: number; readonly ms: number }
): Promise<void> {
  const end = performance.now() + o.ms
  let mark = writes.mark()
  let from = performance.now()
  for (;;) {
    await sleep(200)
    const seen = writes.since(mark).filter((write) => write.namespace === namespace)
    if (seen.length === 0 && performance.now() - from >= o.forMs) return
    if (performance.now() > end) {
      throw new Error(
        `${namespace} is not quiet within ${o.ms} ms: ${countWrites(seen).join('; ')}`
      )
    }
    if (seen.length > 0) {
      mark = writes.mark()
      from = performance.now()
    }
  }
}

/** `3 patch feeds/status a by node`, the most first. */
export function countWrites(writes: readonly Write[]): string[] {
  const counts = new Map<string, number>()
  for (const { verb, resource, subresource, name, by } of writes) {
    const what = `${verb} ${resource}${subresource ? `/${subresource}` : ''} ${name ?? ''} by ${by}`
    counts.set(what, (counts.get(what) ?? 0) + 1)
  }
  return [...counts].sort((a, b) => b[1] - a[1]).map(([what, count]) => `${count} ${what}`)
}
